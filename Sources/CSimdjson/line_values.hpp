/* Values of known lines on their way to their columns. */
#ifndef LINE_VALUES_HPP
#define LINE_VALUES_HPP
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

/* One line runs through all of these, once a value: calls would cost as much as they do. */
#define CSJ_ALWAYS inline __attribute__((always_inline))

namespace {

/* A vector whose `push` is a store and a comparison where it is called. */
template <typename T> class grow_list {
    T *room = nullptr;
    size_t used = 0, capacity = 0;

    __attribute__((noinline)) void grow() {
        const size_t wider = capacity == 0 ? 64 : capacity * 2;
        T *moved = new T[wider];
        if (used > 0) memcpy(moved, room, used * sizeof(T));
        delete[] room;
        room = moved, capacity = wider;
    }

  public:
    grow_list() = default;
    grow_list(const grow_list &) = delete;
    grow_list &operator=(const grow_list &) = delete;
    grow_list(grow_list &&other) noexcept : room(other.room), used(other.used), capacity(other.capacity) {
        other.room = nullptr, other.used = 0, other.capacity = 0;
    }
    ~grow_list() { delete[] room; }

    CSJ_ALWAYS void push_back(T value) {
        if (used == capacity) grow();
        room[used++] = value;
    }

    void pop_back() { used--; }
    void clear() { used = 0; }
    bool empty() const { return used == 0; }
    size_t size() const { return used; }
    const T *data() const { return room; }
};

enum kind : uint8_t { text_kind, integer_kind, double_kind, bool_kind };

/* The rows of some values, ascending: not kept while every row from the first on has one. */
struct value_rows {
    grow_list<uint32_t> list;

    CSJ_ALWAYS void push(uint32_t first_row, size_t count, uint32_t row) {
        if (list.empty()) {
            if (row == first_row + count) return;
            for (size_t index = 0; index < count; index++) list.push_back(first_row + static_cast<uint32_t>(index));
        }
        list.push_back(row);
    }

    void pop() {
        if (!list.empty()) list.pop_back();
    }
};

/* A text of at most 16 bytes, zeros behind it; a text has no zeros of its own. */
struct short_text {
    uint64_t low, high;
};

constexpr size_t short_size_max = 16;

CSJ_ALWAYS short_text load_short(const uint8_t *at, size_t count) {
    uint64_t words[2];
    memcpy(words, at, 16);
    /* Two shifts, because one of 64 bits is none. */
    const size_t low_bytes = count < 8 ? count : 8, high_bytes = count - low_bytes;
    const uint64_t low = ~(~uint64_t(0) << (4 * low_bytes) << (4 * low_bytes));
    const uint64_t high = ~(~uint64_t(0) << (4 * high_bytes) << (4 * high_bytes));
    return {words[0] & low, words[1] & high};
}

/* Texts of one column as numbers: equal short texts mostly have one number, others have one each. */
class text_numbers {
    struct slot {
        short_text text;
        uint32_t number;
        uint32_t epoch;
    };
    static constexpr size_t size_bits = 10;
    /* How often it is asked whether looking pays: every 512 texts. */
    static constexpr size_t check_mask = 511;

    std::vector<slot> memo;
    uint32_t epoch = 1;
    bool looks = true;
    /* Where the text pushed last is remembered; null where it is not a new one, or nowhere remembered. */
    slot *last_place = nullptr;
    bool last_is_new = false;

  public:
    grow_list<uint32_t> numbers, starts, counts;

    /* Room for the memo, of which a reader has few. */
    bool has_memo() const { return !memo.empty(); }
    void give_memo() { memo.resize(size_t(1) << size_bits); }

    CSJ_ALWAYS void push(const uint8_t *block, uint32_t start, uint32_t count) {
        if (count > short_size_max || !looks || memo.empty()) {
            numbers.push_back(add(start, count));
            return;
        }
        const short_text text = load_short(block + start, count);
        const uint64_t mixed = (text.low ^ text.high * 0x9e3779b97f4a7c15u) * 0xe7037ed1a0b428dbu;
        slot &place = memo[mixed >> (64 - size_bits)];
        if (place.epoch == epoch && place.text.low == text.low && place.text.high == text.high) {
            numbers.push_back(place.number);
            last_is_new = false;
            return;
        }
        const uint32_t number = add(start, count);
        place = {text, number, epoch};
        last_place = &place;
        numbers.push_back(number);
        /* Where most texts differ, as ids do, looking only costs. */
        if ((numbers.size() & check_mask) == 0 && starts.size() * 2 > numbers.size()) looks = false;
    }

    /* Forgets the text pushed last, once. */
    void pop() {
        numbers.pop_back();
        if (!last_is_new) return;
        starts.pop_back(), counts.pop_back();
        if (last_place != nullptr) last_place->epoch = 0;
        last_is_new = false;
    }

    void clear() {
        numbers.clear(), starts.clear(), counts.clear();
        looks = true;
        last_is_new = false;
        if (++epoch == 0) {
            for (slot &place : memo) place.epoch = 0;
            epoch = 1;
        }
    }

  private:
    CSJ_ALWAYS uint32_t add(uint32_t start, uint32_t count) {
        starts.push_back(start), counts.push_back(count);
        last_is_new = true, last_place = nullptr;
        return static_cast<uint32_t>(starts.size() - 1);
    }
};

struct column {
    value_rows text_rows, integer_rows, double_rows, bool_rows;
    text_numbers texts;
    grow_list<int64_t> integers;
    grow_list<double> doubles;
    grow_list<uint8_t> bools;
    /* The line that claimed it last, and the one that wrote to it last. */
    uint64_t line = 0;
    uint64_t written = 0;
    /* The path that leads to it, by number. */
    uint64_t path = 0;
    kind last_kind = text_kind;
    bool is_used = false;

    void pop() {
        switch (last_kind) {
        case text_kind: text_rows.pop(), texts.pop(); break;
        case integer_kind: integer_rows.pop(), integers.pop_back(); break;
        case double_kind: double_rows.pop(), doubles.pop_back(); break;
        case bool_kind: bool_rows.pop(), bools.pop_back(); break;
        }
    }

    void clear() {
        text_rows.list.clear(), texts.clear();
        integer_rows.list.clear(), integers.clear();
        double_rows.list.clear(), doubles.clear();
        bool_rows.list.clear(), bools.clear();
        is_used = false;
    }
};

/* Columns that may look their short texts up: a reader's memory is bounded. */
constexpr size_t memo_count_max = 64;

} // namespace
#endif
