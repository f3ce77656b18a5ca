#include "event_kernels.h"

/* Every place is written and the cursor moves on only behind wanted ones, so no branch depends on the codes. */
size_t ek_select_codes_scalar(
    uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i] < last ? codes[i] : last;
        rows[found] = (uint16_t)(base + i);
        found += (wanted >> code) & 1;
    }
    return found;
}

static size_t run_starts_from(uint16_t *starts, const uint32_t *values, size_t first, size_t count) {
    size_t found = 0;
    for (size_t i = first; i < count; i++) {
        starts[found] = (uint16_t)i;
        found += i == 0 || values[i] != values[i - 1];
    }
    return found;
}

size_t ek_run_starts_scalar(uint16_t *starts, const uint32_t *values, size_t count) {
    return run_starts_from(starts, values, 0, count);
}

#if defined(__x86_64__)
#include <immintrin.h>

/* For each set of eight flags the places of those that are set, in order. */
static uint16_t places[256][8];

__attribute__((constructor)) static void fill_places(void) {
    for (int flags = 0; flags < 256; flags++) {
        int found = 0;
        for (int bit = 0; bit < 8; bit++) {
            if (flags >> bit & 1) places[flags][found++] = (uint16_t)bit;
        }
    }
}

/* Eight codes at a time: a shift by the code brings its bit down, and a table packs the places of those whose bit is set. */
__attribute__((target("avx2,popcnt"))) static size_t select_codes_avx2(
    uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base) {
    const __m256i low = _mm256_set1_epi32((int)(uint32_t)wanted);
    const __m256i high = _mm256_set1_epi32((int)(uint32_t)(wanted >> 32));
    const __m256i limit = _mm256_set1_epi32((int)last);
    const __m256i half = _mm256_set1_epi32(32);
    size_t found = 0;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i code = _mm256_min_epu32(_mm256_loadu_si256((const __m256i *)(codes + i)), limit);
        /* A shift by 32 or more, also by what wrapped below 0, answers 0. */
        __m256i bits =
            _mm256_or_si256(_mm256_srlv_epi32(low, code), _mm256_srlv_epi32(high, _mm256_sub_epi32(code, half)));
        unsigned flags = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(bits, 31)));
        __m128i place = _mm_loadu_si128((const __m128i *)places[flags]);
        _mm_storeu_si128((__m128i *)(rows + found), _mm_add_epi16(place, _mm_set1_epi16((short)(base + i))));
        found += (size_t)__builtin_popcount(flags);
    }
    return found + ek_select_codes_scalar(rows + found, codes + i, count - i, wanted, last, (uint16_t)(base + i));
}

/* Eight values at a time are compared with those before them. */
__attribute__((target("avx2,popcnt"))) static size_t run_starts_avx2(
    uint16_t *starts, const uint32_t *values, size_t count) {
    if (count == 0) return 0;
    starts[0] = 0;
    size_t found = 1;
    size_t i = 1;
    for (; i + 8 <= count; i += 8) {
        __m256i same = _mm256_cmpeq_epi32(
            _mm256_loadu_si256((const __m256i *)(values + i)), _mm256_loadu_si256((const __m256i *)(values + i - 1)));
        unsigned flags = ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(same)) & 255;
        __m128i place = _mm_loadu_si128((const __m128i *)places[flags]);
        _mm_storeu_si128((__m128i *)(starts + found), _mm_add_epi16(place, _mm_set1_epi16((short)i)));
        found += (size_t)__builtin_popcount(flags);
    }
    return found + run_starts_from(starts + found, values, i, count);
}

size_t ek_run_starts(uint16_t *starts, const uint32_t *values, size_t count) {
    return __builtin_cpu_supports("avx2") ? run_starts_avx2(starts, values, count)
                                          : ek_run_starts_scalar(starts, values, count);
}

size_t ek_select_codes(uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base) {
    return __builtin_cpu_supports("avx2") ? select_codes_avx2(rows, codes, count, wanted, last, base)
                                          : ek_select_codes_scalar(rows, codes, count, wanted, last, base);
}
#else
size_t ek_run_starts(uint16_t *starts, const uint32_t *values, size_t count) {
    return ek_run_starts_scalar(starts, values, count);
}

size_t ek_select_codes(uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base) {
    return ek_select_codes_scalar(rows, codes, count, wanted, last, base);
}
#endif
