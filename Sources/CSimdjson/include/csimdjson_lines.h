/* JSON lines whose keys came in an order that has been seen: read without building a document.
 *
 * A line is literals (everything between two scalar values: commas, braces, keys, blanks) and scalars. The literals between
 * the values of two keys hardly ever differ, so after a line has been read by the full parser its literals are kept as the
 * edges of a graph, key to key; a later line that walks along edges is well formed where its scalars are. Everything else
 * is left to the full parser: the reader answers "no" and keeps nothing of the line. */
#ifndef CSIMDJSON_LINES_H
#define CSIMDJSON_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csj_lines csj_lines;

/* What the value of a key is for. */
enum csj_field { CSJ_PROPERTY = 0, CSJ_TIME = 1, CSJ_USER = 2, CSJ_NAME = 3 };
/* What a line has for its time. */
enum csj_time { CSJ_NO_TIME = 0, CSJ_TIME_TEXT = 1, CSJ_TIME_INTEGER = 2 };
/* The target of an edge that ends the line, and the source of one that begins it. */
#define CSJ_LINE_END UINT32_MAX
#define CSJ_LINE_START 0

/* Limits of a graph; beyond them nothing more is learnt. */
#define CSJ_KEY_COUNT_MAX 4096
#define CSJ_EDGE_COUNT_MAX 16
#define CSJ_ENTERED_COUNT_MAX 6
#define CSJ_LITERAL_SIZE_MAX 1024
/* A longer text is left to the full parser, which knows the limits of each kind of column. */
#define CSJ_TEXT_SIZE_MAX 4096

/* The texts of one line outside the columns, as places in the block; a count of 0 is none. */
typedef struct {
    int64_t time_value;
    uint32_t time_kind;
    uint32_t time_start, time_count;
    uint32_t user_start, user_count;
    uint32_t name_start, name_count;
} csj_row;

/* The values of one column since `csj_lines_begin`, by type, rows ascending. Valid until the next call. */
typedef struct {
    const uint32_t *text_rows, *text_starts, *text_counts;
    size_t text_count;
    const uint32_t *integer_rows;
    const int64_t *integers;
    size_t integer_count;
    const uint32_t *double_rows;
    const double *doubles;
    size_t double_count;
    const uint32_t *bool_rows;
    const bool *bools;
    size_t bool_count;
} csj_column;

/* Null when memory is short. Not for two threads at once. */
csj_lines *csj_lines_create(void);
void csj_lines_destroy(csj_lines *lines);

/* Learns that `literal` leads from the value of key `source` to that of key `target`, which belongs to a column. `entered`
 * are the keys of objects that the literal opens. Returns false where a limit is met. */
bool csj_lines_learn(csj_lines *lines, uint32_t source, const uint8_t *literal, size_t literal_size, uint32_t target,
                     const uint32_t *entered, size_t entered_count, uint32_t column, uint32_t field);

/* Forgets all values. The next line read is row `first_row`. */
void csj_lines_begin(csj_lines *lines, uint32_t first_row);

/* Reads the line at `start ..< end` of a block, behind whose end CSJ_PADDING bytes must be readable. True: its values are kept
 * and `row` is filled. False: nothing is kept. */
bool csj_lines_read(csj_lines *lines, const uint8_t *block, size_t start, size_t end, csj_row *row);

/* Forgets the line read last. */
void csj_lines_undo(csj_lines *lines);

/* Columns that have had values since `csj_lines_begin`, in order of first sight. */
size_t csj_lines_used_count(const csj_lines *lines);
uint32_t csj_lines_used(const csj_lines *lines, size_t index);
csj_column csj_lines_column(const csj_lines *lines, uint32_t column);

#ifdef __cplusplus
}
#endif
#endif
