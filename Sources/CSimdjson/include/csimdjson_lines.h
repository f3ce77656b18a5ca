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
/* A longer line is left to the full parser. */
#define CSJ_LINE_SIZE_MAX 65536

/* Why reading stopped. */
enum csj_stop {
    CSJ_BLOCK_END = 0,
    /* The line that begins at the place reached must be parsed; nothing of it is kept. */
    CSJ_LINE_UNKNOWN = 1,
    /* The line that begins at the place reached is good where its time is, which the caller must read: `csj_lines_commit` or
     * `csj_lines_undo` comes next, and reading goes on behind the line. */
    CSJ_LINE_TIME = 2,
};

/* The texts of one line outside the columns, as places in the block; a count of 0 is none. */
typedef struct {
    int64_t time_value;
    uint32_t time_kind;
    uint32_t time_start, time_count;
    uint32_t user_start, user_count;
    uint32_t name_start, name_count;
} csj_row;

/* The rows of some values; without any, the values are those of the first row that was begun with and of those behind it. */
typedef struct {
    const uint32_t *list;
    size_t count;
} csj_row_list;

/* Texts as numbers of places in the block. Equal texts may have several numbers, and some numbers no row. */
typedef struct {
    csj_row_list rows;
    const uint32_t *numbers;
    size_t count;
    const uint32_t *starts, *counts;
    size_t text_count;
} csj_texts;

/* The values of one column since `csj_lines_begin`, by type, rows ascending. Valid until the next call. */
typedef struct {
    csj_texts texts;
    csj_row_list integer_rows;
    const int64_t *integers;
    size_t integer_count;
    csj_row_list double_rows;
    const double *doubles;
    size_t double_count;
    csj_row_list bool_rows;
    const bool *bools;
    size_t bool_count;
} csj_column;

/* What each row since `csj_lines_begin` has outside the columns. Valid until the next call. */
typedef struct {
    /* Microseconds since 1970. */
    const int64_t *times;
    size_t count;
    /* A count of 0 is none. */
    const uint32_t *user_starts, *user_counts;
    csj_texts names;
} csj_rows;

/* Null when memory is short. Not for two threads at once. */
csj_lines *csj_lines_create(void);
void csj_lines_destroy(csj_lines *lines);

/* Learns that `literal` leads from the value of key `source` to that of key `target`, which belongs to a column. `entered`
 * are the keys of objects that the literal opens. Returns false where a limit is met. */
bool csj_lines_learn(csj_lines *lines, uint32_t source, const uint8_t *literal, size_t literal_size, uint32_t target,
                     const uint32_t *entered, size_t entered_count, uint32_t column, uint32_t field);

/* Forgets all values. The next line read is row `first_row`. */
void csj_lines_begin(csj_lines *lines, uint32_t first_row);

/* Instants as text that begin with these ten bytes, a day that begins at `micros`, need no help. */
void csj_lines_set_day(csj_lines *lines, uint64_t start, uint16_t end, int64_t micros);

/* Reads lines from `*start` on, at most to `count`, behind which CSJ_PADDING bytes must be readable. `*start` becomes the beginning
 * of the line that stopped it, `*passed` grows by the lines before it, blank ones too. `row` is filled for CSJ_LINE_TIME. */
enum csj_stop csj_lines_read(csj_lines *lines, const uint8_t *block, size_t *start, size_t count, size_t *passed,
                             csj_row *row);

/* Keeps or forgets the line that stopped reading with CSJ_LINE_TIME. */
void csj_lines_commit(csj_lines *lines, const csj_row *row, int64_t micros);
void csj_lines_undo(csj_lines *lines);

/* Columns that have had values since `csj_lines_begin`, in order of first sight. */
size_t csj_lines_used_count(const csj_lines *lines);
uint32_t csj_lines_used(const csj_lines *lines, size_t index);
csj_column csj_lines_column(const csj_lines *lines, uint32_t column);
csj_rows csj_lines_rows(const csj_lines *lines);

#ifdef __cplusplus
}
#endif
#endif
