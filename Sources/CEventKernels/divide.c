#include "event_kernels.h"

void ek_floor_divide_scalar(int64_t *quotients, const int64_t *values, size_t count, int64_t divisor) {
    for (size_t i = 0; i < count; i++) {
        int64_t quotient = values[i] / divisor;
        quotients[i] = quotient - (values[i] % divisor < 0);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/* Four at a time as doubles, which hold integers of this size exactly. An integer of at most 51 bits and a sign, added to the bits
 * of 2^52 + 2^51, becomes the digits of that double, and the other way round. The quotient by the inverse may be off by one;
 * the rest tells. False where a value is larger. */
__attribute__((target("avx2"))) static int floor_divide_avx2(
    int64_t *quotients, const int64_t *values, size_t count, int64_t divisor) {
    const __m256d magic = _mm256_set1_pd(6755399441055744.0);
    const __m256i magic_bits = _mm256_castpd_si256(magic);
    const __m256i half_range = _mm256_set1_epi64x((int64_t)1 << 51);
    const __m256d by = _mm256_set1_pd((double)divisor);
    const __m256d inverse = _mm256_set1_pd(1.0 / (double)divisor);
    const __m256d one = _mm256_set1_pd(1.0);
    __m256i beyond = _mm256_setzero_si256();
    for (size_t i = 0; i + 4 <= count; i += 4) {
        __m256i value = _mm256_loadu_si256((const __m256i *)(values + i));
        beyond = _mm256_or_si256(beyond, _mm256_srli_epi64(_mm256_add_epi64(value, half_range), 52));
        __m256d number = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_add_epi64(value, magic_bits)), magic);
        __m256d quotient = _mm256_floor_pd(_mm256_mul_pd(number, inverse));
        __m256d rest = _mm256_sub_pd(number, _mm256_mul_pd(quotient, by));
        __m256d below = _mm256_and_pd(_mm256_cmp_pd(rest, _mm256_setzero_pd(), _CMP_LT_OQ), one);
        __m256d above = _mm256_and_pd(_mm256_cmp_pd(rest, by, _CMP_GE_OQ), one);
        quotient = _mm256_add_pd(_mm256_sub_pd(quotient, below), above);
        __m256i whole = _mm256_sub_epi64(_mm256_castpd_si256(_mm256_add_pd(quotient, magic)), magic_bits);
        _mm256_storeu_si256((__m256i *)(quotients + i), whole);
    }
    size_t done = count & ~(size_t)3;
    ek_floor_divide_scalar(quotients + done, values + done, count - done, divisor);
    return _mm256_testz_si256(beyond, beyond);
}

void ek_floor_divide(int64_t *quotients, const int64_t *values, size_t count, int64_t divisor) {
    if (divisor < (int64_t)1 << 51 && __builtin_cpu_supports("avx2")
        && floor_divide_avx2(quotients, values, count, divisor)) return;
    ek_floor_divide_scalar(quotients, values, count, divisor);
}
#else
void ek_floor_divide(int64_t *quotients, const int64_t *values, size_t count, int64_t divisor) {
    ek_floor_divide_scalar(quotients, values, count, divisor);
}
#endif
