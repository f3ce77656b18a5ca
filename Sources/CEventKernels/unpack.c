#include "event_kernels.h"

#include <string.h>

/* Eight lanes: value i of a block lies in lane i & 7, row i >> 3 (SPEC 1.8). */
typedef uint32_t lanes_t __attribute__((vector_size(32)));

enum { BLOCK_ROWS = 32 };

/* Extracting a value by itself takes as long as unpacking about so many parts of a block. */
enum { FEW_PLACES = 8 };

/* Row `row` of a block. Where the width is a constant the compiler knows shifts and mask, too. */
static inline __attribute__((always_inline)) void unpack_row(
    uint32_t *target, const uint8_t *source, const unsigned width, const unsigned row, uint32_t base) {
    const unsigned bit = row * width;
    const unsigned shift = bit & 31;
    const uint8_t *at = source + (bit >> 5) * 32;
    lanes_t lanes;
    memcpy(&lanes, at, sizeof lanes);
    lanes >>= shift;
    if (shift + width > 32) {
        lanes_t next;
        memcpy(&next, at + 32, sizeof next);
        lanes |= next << (32 - shift);
    }
    lanes = (lanes & UINT32_MAX >> (32 - width)) + base;
    memcpy(target + row * 8, &lanes, sizeof lanes);
}

static inline __attribute__((always_inline)) void unpack_whole(
    uint32_t *target, const uint8_t *source, const unsigned width, uint32_t base) {
#pragma clang loop unroll(full)
    for (unsigned row = 0; row < BLOCK_ROWS; row++) unpack_row(target, source, width, row, base);
}

static inline __attribute__((always_inline)) void unpack(
    uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base) {
    if (rows < BLOCK_ROWS) {
        for (unsigned row = 0; row < rows; row++) unpack_row(target, source, width, row, base);
        return;
    }
    switch (width) {
#define WIDTH(w) case w: unpack_whole(target, source, w, base); return;
#define FOUR_WIDTHS(w) WIDTH(w) WIDTH(w + 1) WIDTH(w + 2) WIDTH(w + 3)
        FOUR_WIDTHS(1) FOUR_WIDTHS(5) FOUR_WIDTHS(9) FOUR_WIDTHS(13)
        FOUR_WIDTHS(17) FOUR_WIDTHS(21) FOUR_WIDTHS(25) FOUR_WIDTHS(29)
    }
}

void ek_unpack_scalar(uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base) {
    unpack(target, source, width, rows, base);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void unpack_avx2(
    uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base) {
    unpack(target, source, width, rows, base);
}

void ek_unpack(uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base) {
    if (__builtin_cpu_supports("avx2")) unpack_avx2(target, source, width, rows, base);
    else ek_unpack_scalar(target, source, width, rows, base);
}
#else
void ek_unpack(uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base) {
    ek_unpack_scalar(target, source, width, rows, base);
}
#endif

static inline uint32_t extract(const uint8_t *source, unsigned width, unsigned place) {
    const unsigned bit = (place >> 3) * width;
    const unsigned shift = bit & 31;
    const uint8_t *at = source + (bit >> 5) * 32 + (place & 7) * 4;
    uint32_t word, next;
    memcpy(&word, at, sizeof word);
    if (shift + width <= 32) return word >> shift & (UINT32_MAX >> (32 - width));
    memcpy(&next, at + 32, sizeof next);
    return (word >> shift | next << (32 - shift)) & (UINT32_MAX >> (32 - width));
}

void ek_unpack_places32(
    uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base, uint32_t factor,
    const uint16_t *places, size_t count) {
    if (count < FEW_PLACES) {
        for (size_t i = 0; i < count; i++) target[i] = base + factor * extract(source, width, places[i] & 255);
        return;
    }
    uint32_t block[BLOCK_ROWS * 8];
    ek_unpack(block, source, width, rows, 0);
    for (size_t i = 0; i < count; i++) target[i] = base + factor * block[places[i] & 255];
}

void ek_unpack_places64(
    int64_t *target, const uint8_t *source, unsigned width, size_t rows, int64_t base, uint64_t factor,
    const uint16_t *places, size_t count) {
    if (count < FEW_PLACES) {
        for (size_t i = 0; i < count; i++)
            target[i] = (int64_t)((uint64_t)base + factor * extract(source, width, places[i] & 255));
        return;
    }
    uint32_t block[BLOCK_ROWS * 8];
    ek_unpack(block, source, width, rows, 0);
    for (size_t i = 0; i < count; i++) target[i] = (int64_t)((uint64_t)base + factor * block[places[i] & 255]);
}
