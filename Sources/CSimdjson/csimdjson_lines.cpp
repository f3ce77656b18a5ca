#include "csimdjson_lines.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <vector>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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
    std::vector<edge> edges;
};

enum kind : uint8_t { text_kind, integer_kind, double_kind, bool_kind };

struct column {
    std::vector<uint32_t> text_rows, text_starts, text_counts;
    std::vector<uint32_t> integer_rows;
    std::vector<int64_t> integers;
    std::vector<uint32_t> double_rows;
    std::vector<double> doubles;
    std::vector<uint32_t> bool_rows;
    std::vector<uint8_t> bools;
    /* The line that wrote to it last. */
    uint64_t line = 0;
    bool is_used = false;

    void pop(kind last) {
        switch (last) {
        case text_kind: text_rows.pop_back(), text_starts.pop_back(), text_counts.pop_back(); break;
        case integer_kind: integer_rows.pop_back(), integers.pop_back(); break;
        case double_kind: double_rows.pop_back(), doubles.pop_back(); break;
        case bool_kind: bool_rows.pop_back(), bools.pop_back(); break;
        }
    }

    void clear() {
        text_rows.clear(), text_starts.clear(), text_counts.clear();
        integer_rows.clear(), integers.clear();
        double_rows.clear(), doubles.clear();
        bool_rows.clear(), bools.clear();
        is_used = false;
    }
};

/* Whether `literal_size` bytes are the same; both sides can be read a little beyond. */
inline bool equal(const uint8_t *a, const uint8_t *b, size_t size) {
    uint64_t x, y;
    while (size >= 8) {
        memcpy(&x, a, 8), memcpy(&y, b, 8);
        if (x != y) return false;
        a += 8, b += 8, size -= 8;
    }
    if (size == 0) return true;
    memcpy(&x, a, 8), memcpy(&y, b, 8);
    return ((x ^ y) << (64 - 8 * size)) == 0;
}

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

} // namespace

struct csj_lines {
    std::vector<key> keys;
    std::vector<column> columns;
    std::vector<uint32_t> used;
    /* What the open line has written. */
    std::vector<std::pair<uint32_t, kind>> written;
    size_t used_before = 0;
    uint64_t line = 0;
    uint32_t row = 0;

    column &write(uint32_t index, kind type) {
        column &target = columns[index];
        if (!target.is_used) target.is_used = true, used.push_back(index);
        written.emplace_back(index, type);
        return target;
    }

    void undo() {
        for (auto &last : written) columns[last.first].pop(last.second);
        for (size_t index = used_before; index < used.size(); index++) columns[used[index]].is_used = false;
        used.resize(used_before);
        written.clear();
    }

    bool meet(uint32_t index) {
        if (keys[index].line == line) return false;
        keys[index].line = line;
        return true;
    }

    /* The edge from a key that the line goes on with; null where none fits. */
    const edge *step(key &from, const uint8_t *at, const uint8_t *end) {
        const size_t left = static_cast<size_t>(end - at);
        for (size_t index = 0; index < from.edges.size(); index++) {
            const edge &candidate = from.edges[index];
            if (candidate.literal_size > left || !equal(candidate.literal.data(), at, candidate.literal_size)) continue;
            if (candidate.target == CSJ_LINE_END && candidate.literal_size != left) continue;
            if (index > 0) std::swap(from.edges[index], from.edges[0]);
            return &from.edges[0];
        }
        return nullptr;
    }

    /* Takes the scalar at `at`; its end, or null. */
    const uint8_t *take(const edge &to, const uint8_t *block, const uint8_t *at, const uint8_t *end, csj_row *out) {
        if (at >= end) return nullptr;
        const uint8_t first = *at;
        if (first == '"') {
            const uint8_t *stop = text_end(at + 1, end);
            if (stop == nullptr || stop - at - 1 > CSJ_TEXT_SIZE_MAX) return nullptr;
            return take_text(to, static_cast<uint32_t>(at + 1 - block), static_cast<uint32_t>(stop - at - 1), out)
                       ? stop + 1 : nullptr;
        }
        if (first == '-' || first - '0' < 10u) {
            const number value = read_number(at, end);
            if (!value.is_good) return nullptr;
            const auto [place, size] = std::pair(static_cast<uint32_t>(at - block), static_cast<uint32_t>(value.end - at));
            return take_number(to, value, place, size, out) ? value.end : nullptr;
        }
        const size_t left = static_cast<size_t>(end - at);
        if (left >= 4 && memcmp(at, "null", 4) == 0) return at + 4;
        if (to.field != CSJ_PROPERTY) return nullptr;
        const bool is_true = left >= 4 && memcmp(at, "true", 4) == 0;
        if (!is_true && !(left >= 5 && memcmp(at, "false", 5) == 0)) return nullptr;
        if (!claim(to.column)) return nullptr;
        column &target = write(to.column, bool_kind);
        target.bool_rows.push_back(row);
        target.bools.push_back(is_true);
        return at + (is_true ? 4 : 5);
    }

    /* Two keys may lead to one column, but not in one line. */
    bool claim(uint32_t index) {
        if (columns[index].line == line) return false;
        columns[index].line = line;
        return true;
    }

    bool take_text(const edge &to, uint32_t start, uint32_t count, csj_row *out) {
        if (!claim(to.column)) return false;
        switch (to.field) {
        case CSJ_TIME: out->time_kind = CSJ_TIME_TEXT, out->time_start = start, out->time_count = count; return true;
        case CSJ_USER: out->user_start = start, out->user_count = count; return true;
        case CSJ_NAME: out->name_start = start, out->name_count = count; return true;
        default: break;
        }
        column &target = write(to.column, text_kind);
        target.text_rows.push_back(row);
        target.text_starts.push_back(start);
        target.text_counts.push_back(count);
        return true;
    }

    bool take_number(const edge &to, const number &value, uint32_t start, uint32_t count, csj_row *out) {
        if (to.field != CSJ_PROPERTY && !value.is_integer) return false;
        if (to.field == CSJ_TIME) {
            if (!claim(to.column)) return false;
            out->time_kind = CSJ_TIME_INTEGER, out->time_value = value.integer;
            return true;
        }
        /* As an id a whole number is its own text. */
        if (to.field != CSJ_PROPERTY) return take_text(to, start, count, out);
        if (!claim(to.column)) return false;
        if (value.is_integer) {
            column &target = write(to.column, integer_kind);
            target.integer_rows.push_back(row);
            target.integers.push_back(value.integer);
        } else {
            column &target = write(to.column, double_kind);
            target.double_rows.push_back(row);
            target.doubles.push_back(value.real);
        }
        return true;
    }

    bool read(const uint8_t *block, size_t start, size_t size_end, csj_row *out) {
        const uint8_t *at = block + start;
        const uint8_t *const end = block + size_end;
        line++;
        written.clear();
        used_before = used.size();
        *out = csj_row();
        uint32_t from = CSJ_LINE_START;
        for (;;) {
            const edge *next = step(keys[from], at, end);
            if (next == nullptr) return false;
            for (uint32_t index = 0; index < next->entered_count; index++)
                if (!meet(next->entered[index])) return false;
            at += next->literal_size;
            if (next->target == CSJ_LINE_END) return true;
            if (!meet(next->target)) return false;
            at = take(*next, block, at, end, out);
            if (at == nullptr) return false;
            from = next->target;
        }
    }
};

csj_lines *csj_lines_create(void) {
    auto *lines = new (std::nothrow) csj_lines;
    if (lines != nullptr) lines->keys.resize(1);
    return lines;
}

void csj_lines_destroy(csj_lines *lines) { delete lines; }

bool csj_lines_learn(csj_lines *lines, uint32_t source, const uint8_t *literal, size_t literal_size, uint32_t target,
                     const uint32_t *entered, size_t entered_count, uint32_t column, uint32_t field) {
    const bool is_end = target == CSJ_LINE_END;
    if (source >= CSJ_KEY_COUNT_MAX || (!is_end && (target >= CSJ_KEY_COUNT_MAX || column >= CSJ_KEY_COUNT_MAX))) return false;
    if (literal_size == 0 || literal_size > CSJ_LITERAL_SIZE_MAX || entered_count > CSJ_ENTERED_COUNT_MAX) return false;
    edge fresh{};
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
    for (const edge &known : edges)
        if (known.target == target && known.literal_size == literal_size &&
            memcmp(known.literal.data(), literal, literal_size) == 0)
            return true;
    if (edges.size() >= CSJ_EDGE_COUNT_MAX) return false;
    fresh.target = target;
    fresh.column = is_end ? 0 : column;
    fresh.field = field;
    fresh.entered_count = static_cast<uint32_t>(entered_count);
    fresh.literal_size = static_cast<uint32_t>(literal_size);
    fresh.literal.assign(literal, literal + literal_size);
    fresh.literal.resize(literal_size + padding);
    edges.push_back(std::move(fresh));
    return true;
}

void csj_lines_begin(csj_lines *lines, uint32_t first_row) {
    for (uint32_t index : lines->used) lines->columns[index].clear();
    lines->used.clear();
    lines->written.clear();
    lines->used_before = 0;
    lines->row = first_row;
}

bool csj_lines_read(csj_lines *lines, const uint8_t *block, size_t start, size_t end, csj_row *row) {
    if (lines->read(block, start, end, row)) {
        lines->row++;
        return true;
    }
    lines->undo();
    return false;
}

void csj_lines_undo(csj_lines *lines) {
    lines->undo();
    lines->row--;
}

size_t csj_lines_used_count(const csj_lines *lines) { return lines->used.size(); }
uint32_t csj_lines_used(const csj_lines *lines, size_t index) { return lines->used[index]; }

csj_column csj_lines_column(const csj_lines *lines, uint32_t index) {
    const column &source = lines->columns[index];
    csj_column view;
    view.text_rows = source.text_rows.data();
    view.text_starts = source.text_starts.data();
    view.text_counts = source.text_counts.data();
    view.text_count = source.text_rows.size();
    view.integer_rows = source.integer_rows.data();
    view.integers = source.integers.data();
    view.integer_count = source.integers.size();
    view.double_rows = source.double_rows.data();
    view.doubles = source.doubles.data();
    view.double_count = source.doubles.size();
    view.bool_rows = source.bool_rows.data();
    view.bools = reinterpret_cast<const bool *>(source.bools.data());
    view.bool_count = source.bools.size();
    return view;
}
