#include "csimdjson_lines.h"

#include "line_scalars.hpp"
#include "line_values.hpp"

#include <memory>
#include <new>

namespace {

constexpr size_t padding = 16;

struct edge {
    uint32_t target;
    uint32_t column;
    uint32_t field;
    uint32_t literal_size;
    uint32_t entered_count;
    uint32_t entered[CSJ_ENTERED_COUNT_MAX];
    /* Padded, so that it can be compared eight bytes at a time. */
    std::vector<uint8_t> literal;
};

struct key {
    /* The line that met the key last. */
    uint64_t line = 0;
    /* The one that fitted last comes first. */
    std::vector<std::unique_ptr<edge>> edges;
};

/* Whether `size` bytes are the same; both sides can be read a little beyond. */
CSJ_ALWAYS bool equal(const uint8_t *a, const uint8_t *b, size_t size) {
#if defined(__SSE2__)
    for (;; a += 16, b += 16, size -= 16) {
        const __m128i same = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i *>(a)),
                                            _mm_loadu_si128(reinterpret_cast<const __m128i *>(b)));
        const uint32_t differ = static_cast<uint32_t>(_mm_movemask_epi8(same)) ^ 0xffff;
        if (size <= 16) return (differ & ((1u << size) - 1)) == 0;
        if (differ != 0) return false;
    }
#else
    return memcmp(a, b, size) == 0;
#endif
}

} // namespace

struct csj_lines {
    std::vector<key> keys;
    std::vector<column> columns;
    std::vector<uint32_t> used;
    size_t used_before = 0;
    size_t memo_count = 0;
    uint64_t line = 0;
    uint32_t first_row = 0;
    uint32_t row = 0;
    const uint8_t *block = nullptr;
    /* The edges of the line before, where each of them leads to a key and a column of its own: on them no key can come twice. */
    std::vector<const edge *> path;
    bool path_is_good = false;
    uint64_t path_number = 0;
    /* Of every row. */
    grow_list<int64_t> times;
    grow_list<uint32_t> user_starts, user_counts;
    value_rows name_rows;
    text_numbers names;
    known_day day;

    CSJ_ALWAYS column &write(uint32_t index, kind type) {
        column &target = columns[index];
        if (!target.is_used) target.is_used = true, used.push_back(index);
        target.written = line;
        target.last_kind = type;
        return target;
    }

    /* Forgets what the open line has written. */
    void undo() {
        for (uint32_t index : used)
            if (columns[index].written == line) columns[index].pop();
        for (size_t index = used_before; index < used.size(); index++) columns[used[index]].is_used = false;
        used.resize(used_before);
    }

    /* Keeps the open line. */
    void commit(const csj_row &out, int64_t micros) {
        times.push_back(micros);
        user_starts.push_back(out.user_start), user_counts.push_back(out.user_count);
        if (out.name_count > 0) {
            name_rows.push(first_row, names.numbers.size(), row);
            names.push(block, out.name_start, out.name_count);
        }
        row++;
    }

    void clear() {
        for (uint32_t index : used) columns[index].clear();
        used.clear();
        used_before = 0;
        times.clear(), user_starts.clear(), user_counts.clear();
        name_rows.list.clear(), names.clear();
    }

    CSJ_ALWAYS bool meet(uint32_t index) {
        if (keys[index].line == line) return false;
        keys[index].line = line;
        return true;
    }

    /* The edge from a key that the line goes on with; null where none fits. */
    CSJ_ALWAYS const edge *step(key &from, const uint8_t *at, const uint8_t *end) {
        const size_t left = static_cast<size_t>(end - at);
        for (size_t index = 0; index < from.edges.size(); index++) {
            const edge &candidate = *from.edges[index];
            if (candidate.literal_size > left || !equal(candidate.literal.data(), at, candidate.literal_size)) continue;
            if (candidate.target == CSJ_LINE_END && candidate.literal_size != left) continue;
            if (index > 0) std::swap(from.edges[index], from.edges[0]);
            return from.edges[0].get();
        }
        return nullptr;
    }

    /* Takes the scalar at `at`; its end, or null. Without `checks` the caller knows that no column comes twice. */
    template <bool checks>
    CSJ_ALWAYS const uint8_t *take(const edge &to, const uint8_t *at, const uint8_t *end, csj_row *out) {
        if (at >= end) return nullptr;
        const uint8_t first = *at;
        if (first == '"') {
            const uint8_t *stop = text_end(at + 1, end);
            if (stop == nullptr || stop - at - 1 > CSJ_TEXT_SIZE_MAX) return nullptr;
            return take_text<checks>(to, static_cast<uint32_t>(at + 1 - block), static_cast<uint32_t>(stop - at - 1), out)
                       ? stop + 1 : nullptr;
        }
        if (first == '-' || first - '0' < 10u) {
            const number value = read_number(at, end);
            if (!value.is_good) return nullptr;
            const auto [place, size] = std::pair(static_cast<uint32_t>(at - block), static_cast<uint32_t>(value.end - at));
            return take_number<checks>(to, value, place, size, out) ? value.end : nullptr;
        }
        const size_t left = static_cast<size_t>(end - at);
        if (left >= 4 && memcmp(at, "null", 4) == 0) return at + 4;
        if (to.field != CSJ_PROPERTY) return nullptr;
        const bool is_true = left >= 4 && memcmp(at, "true", 4) == 0;
        if (!is_true && !(left >= 5 && memcmp(at, "false", 5) == 0)) return nullptr;
        if (checks && !claim(to.column)) return nullptr;
        column &target = write(to.column, bool_kind);
        target.bool_rows.push(first_row, target.bools.size(), row);
        target.bools.push_back(is_true);
        return at + (is_true ? 4 : 5);
    }

    /* Two keys may lead to one column, but not in one line. */
    CSJ_ALWAYS bool claim(uint32_t index) {
        if (columns[index].line == line) return false;
        columns[index].line = line;
        return true;
    }

    template <bool checks>
    CSJ_ALWAYS bool take_text(const edge &to, uint32_t start, uint32_t count, csj_row *out) {
        if (checks && !claim(to.column)) return false;
        switch (to.field) {
        case CSJ_TIME: out->time_kind = CSJ_TIME_TEXT, out->time_start = start, out->time_count = count; return true;
        case CSJ_USER: out->user_start = start, out->user_count = count; return true;
        case CSJ_NAME: out->name_start = start, out->name_count = count; return true;
        default: break;
        }
        column &target = write(to.column, text_kind);
        if (!target.texts.has_memo() && memo_count < memo_count_max) target.texts.give_memo(), memo_count++;
        target.text_rows.push(first_row, target.texts.numbers.size(), row);
        target.texts.push(block, start, count);
        return true;
    }

    template <bool checks>
    CSJ_ALWAYS bool take_number(const edge &to, const number &value, uint32_t start, uint32_t count, csj_row *out) {
        if (to.field != CSJ_PROPERTY && !value.is_integer) return false;
        if (to.field == CSJ_TIME) {
            if (checks && !claim(to.column)) return false;
            out->time_kind = CSJ_TIME_INTEGER, out->time_value = value.integer;
            return true;
        }
        /* As an id a whole number is its own text. */
        if (to.field != CSJ_PROPERTY) return take_text<checks>(to, start, count, out);
        if (checks && !claim(to.column)) return false;
        if (value.is_integer) {
            column &target = write(to.column, integer_kind);
            target.integer_rows.push(first_row, target.integers.size(), row);
            target.integers.push_back(value.integer);
        } else {
            column &target = write(to.column, double_kind);
            target.double_rows.push(first_row, target.doubles.size(), row);
            target.doubles.push_back(value.real);
        }
        return true;
    }

    /* Reads the line as the one before it; false where it goes another way, which may still be a known one. */
    bool read_again(const uint8_t *at, const uint8_t *end, csj_row *out) {
        for (const edge *next : path) {
            const size_t left = static_cast<size_t>(end - at);
            if (next->literal_size > left || !equal(next->literal.data(), at, next->literal_size)) return false;
            at += next->literal_size;
            if (next->target == CSJ_LINE_END) return next->literal_size == left;
            at = take<false>(*next, at, end, out);
            if (at == nullptr) return false;
        }
        return false;
    }

    bool read_any(const uint8_t *at, const uint8_t *end, csj_row *out) {
        path.clear();
        uint32_t from = CSJ_LINE_START;
        for (;;) {
            const edge *next = step(keys[from], at, end);
            if (next == nullptr) return false;
            for (uint32_t index = 0; index < next->entered_count; index++)
                if (!meet(next->entered[index])) return false;
            path.push_back(next);
            at += next->literal_size;
            if (next->target == CSJ_LINE_END) return true;
            if (!meet(next->target)) return false;
            at = take<true>(*next, at, end, out);
            if (at == nullptr) return false;
            from = next->target;
        }
    }

    /* Whether no two edges of the path lead to one column: then no line on it can write one twice. */
    bool path_has_distinct_columns() {
        path_number++;
        for (const edge *next : path) {
            if (next->target == CSJ_LINE_END) continue;
            if (columns[next->column].path == path_number) return false;
            columns[next->column].path = path_number;
        }
        return true;
    }

    bool read(size_t start, size_t size_end, csj_row *out) {
        const uint8_t *at = block + start;
        const uint8_t *const end = block + size_end;
        line++;
        used_before = used.size();
        *out = csj_row();
        if (path_is_good) {
            if (read_again(at, end, out)) return true;
            undo();
            line++;
            *out = csj_row();
        }
        path_is_good = false;
        if (!read_any(at, end, out)) return false;
        path_is_good = path_has_distinct_columns();
        return true;
    }
};

csj_lines *csj_lines_create(void) {
    auto *lines = new (std::nothrow) csj_lines;
    if (lines != nullptr) lines->keys.resize(1), lines->names.give_memo();
    return lines;
}

void csj_lines_destroy(csj_lines *lines) { delete lines; }

bool csj_lines_learn(csj_lines *lines, uint32_t source, const uint8_t *literal, size_t literal_size, uint32_t target,
                     const uint32_t *entered, size_t entered_count, uint32_t column, uint32_t field) {
    const bool is_end = target == CSJ_LINE_END;
    if (source >= CSJ_KEY_COUNT_MAX || (!is_end && (target >= CSJ_KEY_COUNT_MAX || column >= CSJ_KEY_COUNT_MAX))) return false;
    if (literal_size == 0 || literal_size > CSJ_LITERAL_SIZE_MAX || entered_count > CSJ_ENTERED_COUNT_MAX) return false;
    auto made = std::make_unique<edge>();
    edge &fresh = *made;
    uint32_t last = source;
    for (size_t index = 0; index < entered_count; index++) {
        if (entered[index] >= CSJ_KEY_COUNT_MAX) return false;
        fresh.entered[index] = entered[index];
        if (entered[index] > last) last = entered[index];
    }
    if (!is_end && target > last) last = target;
    if (last >= lines->keys.size()) lines->keys.resize(last + 1);
    if (!is_end && column >= lines->columns.size()) lines->columns.resize(column + 1);
    auto &edges = lines->keys[source].edges;
    for (const auto &known : edges)
        if (known->target == target && known->literal_size == literal_size &&
            memcmp(known->literal.data(), literal, literal_size) == 0)
            return true;
    if (edges.size() >= CSJ_EDGE_COUNT_MAX) return false;
    fresh.target = target;
    fresh.column = is_end ? 0 : column;
    fresh.field = field;
    fresh.entered_count = static_cast<uint32_t>(entered_count);
    fresh.literal_size = static_cast<uint32_t>(literal_size);
    fresh.literal.assign(literal, literal + literal_size);
    fresh.literal.resize(literal_size + padding);
    edges.push_back(std::move(made));
    return true;
}

void csj_lines_begin(csj_lines *lines, uint32_t first_row) {
    lines->clear();
    lines->first_row = first_row;
    lines->row = first_row;
}

void csj_lines_set_day(csj_lines *lines, uint64_t start, uint16_t end, int64_t micros) { lines->day = {start, end, micros}; }

enum csj_stop csj_lines_read(csj_lines *lines, const uint8_t *block, size_t *start, size_t count, size_t *passed,
                             csj_row *row) {
    lines->block = block;
    while (*start < count) {
        const void *feed = memchr(block + *start, '\n', count - *start);
        const size_t end = feed == nullptr ? count : static_cast<size_t>(static_cast<const uint8_t *>(feed) - block);
        size_t first = *start, last = end;
        while (last > first && is_blank(block[last - 1])) last--;
        while (first < last && is_blank(block[first])) first++;
        if (first < last) {
            if (last - first > CSJ_LINE_SIZE_MAX) return CSJ_LINE_UNKNOWN;
            if (!lines->read(first, last, row) || row->time_kind == CSJ_NO_TIME) {
                lines->undo();
                return CSJ_LINE_UNKNOWN;
            }
            int64_t micros;
            if (row->time_kind != CSJ_TIME_TEXT ||
                !read_instant(lines->day, block + row->time_start, row->time_count, &micros))
                return CSJ_LINE_TIME;
            lines->commit(*row, micros);
        }
        *start = end + 1;
        ++*passed;
    }
    return CSJ_BLOCK_END;
}

void csj_lines_commit(csj_lines *lines, const csj_row *row, int64_t micros) { lines->commit(*row, micros); }

void csj_lines_undo(csj_lines *lines) { lines->undo(); }

size_t csj_lines_used_count(const csj_lines *lines) { return lines->used.size(); }
uint32_t csj_lines_used(const csj_lines *lines, size_t index) { return lines->used[index]; }

static csj_texts view_texts(const value_rows &rows, const text_numbers &texts) {
    csj_texts view;
    view.rows = {rows.list.data(), rows.list.size()};
    view.numbers = texts.numbers.data();
    view.count = texts.numbers.size();
    view.starts = texts.starts.data();
    view.counts = texts.counts.data();
    view.text_count = texts.starts.size();
    return view;
}

csj_column csj_lines_column(const csj_lines *lines, uint32_t index) {
    const column &source = lines->columns[index];
    csj_column view;
    view.texts = view_texts(source.text_rows, source.texts);
    view.integer_rows = {source.integer_rows.list.data(), source.integer_rows.list.size()};
    view.integers = source.integers.data();
    view.integer_count = source.integers.size();
    view.double_rows = {source.double_rows.list.data(), source.double_rows.list.size()};
    view.doubles = source.doubles.data();
    view.double_count = source.doubles.size();
    view.bool_rows = {source.bool_rows.list.data(), source.bool_rows.list.size()};
    view.bools = reinterpret_cast<const bool *>(source.bools.data());
    view.bool_count = source.bools.size();
    return view;
}

csj_rows csj_lines_rows(const csj_lines *lines) {
    csj_rows view;
    view.times = lines->times.data();
    view.count = lines->times.size();
    view.user_starts = lines->user_starts.data();
    view.user_counts = lines->user_counts.data();
    view.names = view_texts(lines->name_rows, lines->names);
    return view;
}
