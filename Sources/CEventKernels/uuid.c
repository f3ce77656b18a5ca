#include "event_kernels.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The digits without the hyphens; 0 where a hyphen is missing. */
static int take_digits(uint8_t *digits, const uint8_t *text) {
    memcpy(digits, text, 8);
    memcpy(digits + 8, text + 9, 4);
    memcpy(digits + 12, text + 14, 4);
    memcpy(digits + 16, text + 19, 4);
    memcpy(digits + 20, text + 24, 12);
    return text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

static int number_of(uint8_t digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int ek_pack_uuid_scalar(uint8_t *target, const uint8_t *text) {
    uint8_t digits[32];
    if (!take_digits(digits, text)) return 0;
    for (size_t i = 0; i < 16; i++) {
        const int high = number_of(digits[2 * i]), low = number_of(digits[2 * i + 1]);
        if (high < 0 || low < 0) return 0;
        target[i] = (uint8_t)(high << 4 | low);
    }
    return 1;
}

#ifdef __SSE2__

/* Sixteen digits as eight numbers of 16 bits; `good` keeps its bits where all are digits. */
static __m128i pairs_of(const uint8_t *digits, __m128i *good) {
    const __m128i text = _mm_loadu_si128((const __m128i *)digits);
    const __m128i decimal = _mm_sub_epi8(text, _mm_set1_epi8('0')), letter = _mm_sub_epi8(text, _mm_set1_epi8('a'));
    const __m128i is_decimal = _mm_cmpeq_epi8(_mm_min_epu8(decimal, _mm_set1_epi8(9)), decimal);
    const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
    *good = _mm_and_si128(*good, _mm_or_si128(is_decimal, is_letter));
    const __m128i numbers =
        _mm_add_epi8(_mm_and_si128(text, _mm_set1_epi8(15)), _mm_and_si128(is_letter, _mm_set1_epi8(9)));
    const __m128i first = _mm_and_si128(numbers, _mm_set1_epi16(0xff));
    return _mm_or_si128(_mm_slli_epi16(first, 4), _mm_srli_epi16(numbers, 8));
}

int ek_pack_uuid(uint8_t *target, const uint8_t *text) {
    uint8_t digits[32];
    if (!take_digits(digits, text)) return 0;
    __m128i good = _mm_set1_epi8(-1);
    const __m128i low = pairs_of(digits, &good), high = pairs_of(digits + 16, &good);
    _mm_storeu_si128((__m128i *)target, _mm_packus_epi16(low, high));
    return _mm_movemask_epi8(good) == 0xffff;
}

#else

int ek_pack_uuid(uint8_t *target, const uint8_t *text) { return ek_pack_uuid_scalar(target, text); }

#endif
