/* Kernels that need instructions Swift cannot name. No state, no allocation. */
#ifndef EVENT_KERNELS_H
#define EVENT_KERNELS_H
#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, reflected 0x82F63B78) of `count` bytes, continuing from `seed` (0 to begin). */
uint32_t ek_crc32c(uint32_t seed, const void *bytes, size_t count);

/* The table version of the same, for machines without the instruction and for tests. */
uint32_t ek_crc32c_scalar(uint32_t seed, const void *bytes, size_t count);

/* Copies `count` records of `size` bytes each one behind the other: record codes[i] of `source` to place i of `target`.
 * Records lie far apart, so each is asked for some records before it is copied. */
void ek_gather_records(uint8_t *target, const uint8_t *source, const uint32_t *codes, size_t count, size_t size);

/* Copies `count` texts one behind the other, text i being `counts[i]` bytes of `source` from `starts[i]` on. */
void ek_gather_texts(
    uint8_t *target, const uint8_t *source, const uint32_t *starts, const uint32_t *counts, size_t count);

/* Packs the 36 bytes of a canonical lowercase UUID into 16, first digit in the upper half of the first byte. 0 where they are
 * anything else. */
int ek_pack_uuid(uint8_t *target, const uint8_t *text);

/* The version without vectors, for other machines and for tests. */
int ek_pack_uuid_scalar(uint8_t *target, const uint8_t *text);

/* Writes to `rows` the places i (plus `base`) whose codes[i] has its bit set in `wanted`, ascending, and answers how many.
 * Codes from `last` on count as `last`, which is below 64. `rows` needs room for `count` + 8. */
size_t ek_select_codes(uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base);

/* The version without vectors, for machines without AVX2 and for tests. */
size_t ek_select_codes_scalar(
    uint16_t *rows, const uint32_t *codes, size_t count, uint64_t wanted, uint32_t last, uint16_t base);

/* Writes to `starts` the places at which a run of equal values begins, the first place among them, and answers how many.
 * `starts` needs room for `count` + 8, at most 65536 values. */
size_t ek_run_starts(uint16_t *starts, const uint32_t *values, size_t count);

/* The version without vectors, for machines without AVX2 and for tests. */
size_t ek_run_starts_scalar(uint16_t *starts, const uint32_t *values, size_t count);

/* The quotients by a divisor above 0, rounded towards the past. */
void ek_floor_divide(int64_t *quotients, const int64_t *values, size_t count, int64_t divisor);

/* The version without vectors, for machines without AVX2, for large values and for tests. */
void ek_floor_divide_scalar(int64_t *quotients, const int64_t *values, size_t count, int64_t divisor);

/* Gives pages that hold nothing but freed blocks back to the system, where the allocator can. Costs a walk over the heap. */
void ek_return_free_memory(void);

/* Takes a block of `count` bytes from the allocator and frees it at once. */
void ek_take_and_free(size_t count);

/* Unpacks the first `rows` rows of eight values (1 to 32) of a block whose numbers are `width` (1 to 32) bits wide (SPEC 1.8),
 * and adds `base` to each, wrapping. */
void ek_unpack(uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base);

/* The version for machines without AVX2 and for tests. */
void ek_unpack_scalar(uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base);

/* Of such a block the values at `places` (below 8 x rows, modulo 256): `base` + `factor` x number, wrapping. */
void ek_unpack_places32(
    uint32_t *target, const uint8_t *source, unsigned width, size_t rows, uint32_t base, uint32_t factor,
    const uint16_t *places, size_t count);

/* The same as 64-bit integers. */
void ek_unpack_places64(
    int64_t *target, const uint8_t *source, unsigned width, size_t rows, int64_t base, uint64_t factor,
    const uint16_t *places, size_t count);

#endif
