#include "csimdjson.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct csj_parser {
    simdjson::dom::parser parser;
    size_t depth_max;
};

csj_parser *csj_parser_create(size_t depth_max) {
    auto *parser = new (std::nothrow) csj_parser;
    if (parser == nullptr) return nullptr;
    /* simdjson refuses at the depth given, so one level more lets `depth_max` levels pass. */
    parser->depth_max = depth_max + 1;
    if (parser->parser.allocate(64 * 1024, parser->depth_max) != simdjson::SUCCESS) {
        delete parser;
        return nullptr;
    }
    return parser;
}

void csj_parser_destroy(csj_parser *parser) { delete parser; }

static int32_t status_of(simdjson::error_code error) {
    switch (error) {
    case simdjson::SUCCESS: return CSJ_OK;
    case simdjson::UTF8_ERROR: return CSJ_INVALID_UTF8;
    case simdjson::DEPTH_ERROR: return CSJ_TOO_DEEP;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return CSJ_BAD_NUMBER;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: return CSJ_OUT_OF_MEMORY;
    default: return CSJ_MALFORMED;
    }
}

int32_t csj_parse(csj_parser *parser, const uint8_t *bytes, size_t count, csj_document *document, const char **message) {
    *message = "not enough memory";
    /* Growing by doubling keeps a run of ever longer documents from allocating for each of them. */
    if (count > parser->parser.capacity()) {
        size_t capacity = parser->parser.capacity() * 2;
        while (capacity < count) capacity *= 2;
        if (parser->parser.allocate(capacity, parser->depth_max) != simdjson::SUCCESS) return CSJ_OUT_OF_MEMORY;
    }
    simdjson::dom::document &target = parser->parser.doc;
    if (target.capacity() < parser->parser.capacity()) {
        if (target.allocate(parser->parser.capacity()) != simdjson::SUCCESS) return CSJ_OUT_OF_MEMORY;
    }
    auto result = parser->parser.parse(bytes, count, false);
    auto error = result.error();
    if (error != simdjson::SUCCESS) {
        *message = simdjson::error_message(error);
        return status_of(error);
    }
    document->tape = target.tape.get();
    /* The root word's payload is the index behind the closing root word. */
    document->tape_count = static_cast<size_t>(target.tape[0] & 0x00ffffffffffffffULL);
    document->strings = target.string_buf.get();
    document->strings_count = target.capacity() * 5 / 3 + CSJ_PADDING;
    return CSJ_OK;
}

void csj_parser_shrink(csj_parser *parser, size_t capacity) {
    if (parser->parser.capacity() <= capacity) return;
    simdjson::dom::parser fresh;
    if (fresh.allocate(capacity, parser->depth_max) == simdjson::SUCCESS) parser->parser = std::move(fresh);
}

size_t csj_first(const uint8_t *bytes, size_t count, uint8_t value) {
    if (count == 0) return count;
    const void *found = memchr(bytes, value, count);
    return found == nullptr ? count : static_cast<size_t>(static_cast<const uint8_t *>(found) - bytes);
}

size_t csj_first_of(const uint8_t *bytes, size_t count, uint8_t a, uint8_t b) {
    size_t at = 0;
#if defined(__SSE2__)
    const __m128i as = _mm_set1_epi8(static_cast<char>(a)), bs = _mm_set1_epi8(static_cast<char>(b));
    for (; at + 16 <= count; at += 16) {
        const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes + at));
        const int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, as), _mm_cmpeq_epi8(text, bs)));
        if (found != 0) return at + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(found)));
    }
#endif
    while (at < count && bytes[at] != a && bytes[at] != b) at++;
    return at;
}

size_t csj_last(const uint8_t *bytes, size_t count, uint8_t value) {
    if (count == 0) return count;
    const void *found = memrchr(bytes, value, count);
    return found == nullptr ? count : static_cast<size_t>(static_cast<const uint8_t *>(found) - bytes);
}

bool csj_is_utf8(const uint8_t *bytes, size_t count) {
    return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}
