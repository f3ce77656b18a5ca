/* simdjson behind a C interface: one JSON document in, its flat tape out. No C++ type and no exception crosses it. */
#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes after a document that must be readable (their values do not matter). */
#define CSJ_PADDING 64

/* Why a document was refused. */
enum csj_status {
    CSJ_OK = 0,
    CSJ_MALFORMED = 1,
    CSJ_INVALID_UTF8 = 2,
    CSJ_TOO_DEEP = 3,
    /* A number that simdjson cannot hold: not a JSON number, or beyond 64 bits. */
    CSJ_BAD_NUMBER = 4,
    CSJ_OUT_OF_MEMORY = 5,
};

/* The tape of simdjson's document model (github.com/simdjson/simdjson, doc/tape.md): words of a type character in the
 * top byte and a payload below; numbers take a second word; strings lie in `strings` as a 4-byte length and bytes. */
typedef struct {
    const uint64_t *tape;
    size_t tape_count;
    const uint8_t *strings;
    size_t strings_count;
} csj_document;

typedef struct csj_parser csj_parser;

/* A parser that accepts at most `depth_max` levels of nesting; null when memory is short. Not for two threads at once. */
csj_parser *csj_parser_create(size_t depth_max);
void csj_parser_destroy(csj_parser *parser);

/* Parses `count` bytes; CSJ_PADDING more must be readable. `document` is valid until the next call with this parser.
 * On failure `*message` is a static sentence of simdjson's. Returns a csj_status. */
int32_t csj_parse(csj_parser *parser, const uint8_t *bytes, size_t count, csj_document *document, const char **message);

/* Gives memory back after an unusually large document. */
void csj_parser_shrink(csj_parser *parser, size_t capacity);

/* The place of the first or last byte of a value; `count` where there is none. */
size_t csj_first(const uint8_t *bytes, size_t count, uint8_t value);
size_t csj_last(const uint8_t *bytes, size_t count, uint8_t value);

/* The place of the first of two values. */
size_t csj_first_of(const uint8_t *bytes, size_t count, uint8_t a, uint8_t b);

bool csj_is_utf8(const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
#endif
