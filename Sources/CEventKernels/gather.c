#include "event_kernels.h"

#include <string.h>

/* Enough that a record arrives from memory while those before it are copied. */
#define AHEAD 16

void ek_gather_texts(
    uint8_t *target, const uint8_t *source, const uint32_t *starts, const uint32_t *counts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        memcpy(target, source + starts[i], counts[i]);
        target += counts[i];
    }
}

void ek_gather_records(uint8_t *target, const uint8_t *source, const uint32_t *codes, size_t count, size_t size) {
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            const uint8_t *later = source + (size_t)codes[i + AHEAD] * size;
            __builtin_prefetch(later);
            __builtin_prefetch(later + size - 1);
        }
        memcpy(target + i * size, source + (size_t)codes[i] * size, size);
    }
}
