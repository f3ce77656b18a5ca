/* The scalars of a JSON line, read where they lie; what is not plain is left to the full parser. */
#ifndef LINE_SCALARS_HPP
#define LINE_SCALARS_HPP
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <simdjson.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace {

/* The closing quote of a text without escapes, or null. Begins behind the opening one. */
inline const uint8_t *text_end(const uint8_t *start, const uint8_t *end) {
    bool is_ascii = true;
    const uint8_t *at = start;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (;; at += 16) {
        if (at >= end) return nullptr;
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        const __m128i stops =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
        const uint32_t stop = static_cast<uint32_t>(_mm_movemask_epi8(stops));
        const uint32_t high = static_cast<uint32_t>(_mm_movemask_epi8(bytes));
        if (stop == 0) {
            is_ascii = is_ascii && high == 0;
            continue;
        }
        is_ascii = is_ascii && (high & (stop - 1) & ~stop) == 0;
        at += __builtin_ctz(stop);
        break;
    }
#else
    while (at < end && *at != '"' && *at != '\\' && *at > 0x1f) is_ascii = is_ascii && *at < 0x80, at++;
#endif
    if (at >= end || *at != '"') return nullptr;
    if (is_ascii) return at;
    return simdjson::validate_utf8(reinterpret_cast<const char *>(start), static_cast<size_t>(at - start)) ? at : nullptr;
}

constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

struct number {
    bool is_good = false;
    bool is_integer = false;
    int64_t integer = 0;
    double real = 0;
    const uint8_t *end = nullptr;
};

/* A number whose value follows from one exact operation: up to 18 digits, as a fraction below 2^53; no exponent. */
inline number read_number(const uint8_t *at, const uint8_t *end) {
    number result;
    const bool is_negative = *at == '-';
    at += is_negative;
    const uint8_t *first = at;
    uint64_t digits = 0;
    while (at < end && *at - '0' < 10u) digits = digits * 10 + (*at++ - '0');
    const size_t whole = static_cast<size_t>(at - first);
    if (whole == 0 || whole > 18 || (whole > 1 && *first == '0')) return result;
    size_t places = 0;
    if (at < end && *at == '.') {
        const uint8_t *point = at++;
        while (at < end && *at - '0' < 10u && at - point <= 18) digits = digits * 10 + (*at++ - '0');
        places = static_cast<size_t>(at - point) - 1;
        /* More than 18 digits in all may have wrapped. */
        if (places == 0 || whole + places > 18 || digits > (uint64_t(1) << 53)) return result;
        const double magnitude = static_cast<double>(digits) / powers_of_ten[places];
        result.real = is_negative ? -magnitude : magnitude;
    } else {
        /* "-0" is what the full parser makes of it. */
        if (is_negative && digits == 0) return result;
        result.is_integer = true;
        result.integer = is_negative ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
    }
    result.end = at;
    result.is_good = at < end && *at != 'e' && *at != 'E' && *at - '0' >= 10u;
    return result;
}

/* The day whose instants are read here, as it lies in memory. */
struct known_day {
    uint64_t start = 0;
    uint16_t end = 0;
    int64_t micros = 0;
};

/* Two digits; 100 where either is none. */
inline int64_t two_digits(const uint8_t *at) {
    const uint8_t tens = static_cast<uint8_t>(at[0] - '0'), ones = static_cast<uint8_t>(at[1] - '0');
    return tens > 9 || ones > 9 ? 100 : int64_t(tens) * 10 + ones;
}

/* `...T12:34:56Z` or `...T12:34:56.123456Z` of the known day; false for anything else. */
inline bool read_instant(const known_day &day, const uint8_t *at, size_t count, int64_t *micros) {
    if (count < 20 || count > 27 || count == 21) return false;
    uint64_t start;
    uint16_t end;
    memcpy(&start, at, 8), memcpy(&end, at + 8, 2);
    if (start != day.start || end != day.end) return false;
    if (at[10] != 'T' || at[13] != ':' || at[16] != ':' || at[count - 1] != 'Z') return false;
    const int64_t hour = two_digits(at + 11), minute = two_digits(at + 14), second = two_digits(at + 17);
    if (hour > 23 || minute > 59 || second > 59) return false;
    int64_t fraction = 0;
    if (count > 20) {
        if (at[19] != '.') return false;
        for (size_t index = 20; index < 26; index++) {
            uint8_t digit = 0;
            if (index < count - 1) digit = static_cast<uint8_t>(at[index] - '0');
            if (digit > 9) return false;
            fraction = fraction * 10 + digit;
        }
    }
    *micros = day.micros + (hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    return true;
}

inline bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\r' || byte == '\t' || byte == '\n'; }

} // namespace
#endif
