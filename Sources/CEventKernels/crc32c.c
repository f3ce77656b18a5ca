#include "event_kernels.h"
#include <string.h>

/* One byte at a time, bit by bit folded into a 16-entry table: small, and only for tails and old machines. */
uint32_t ek_crc32c_scalar(uint32_t seed, const void *bytes, size_t count) {
    static const uint32_t table[16] = {
        0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u, 0x61c69362u, 0x7198540du,
        0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u, 0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u};
    const uint8_t *p = bytes;
    uint32_t crc = ~seed;
    while (count--) {
        crc ^= *p++;
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t seed, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    uint64_t crc = (uint32_t)~seed;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = _mm_crc32_u64(crc, word);
        p += 8;
        count -= 8;
    }
    uint32_t rest = (uint32_t)crc;
    while (count--) rest = _mm_crc32_u8(rest, *p++);
    return ~rest;
}

uint32_t ek_crc32c(uint32_t seed, const void *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(seed, bytes, count) : ek_crc32c_scalar(seed, bytes, count);
}
#else
uint32_t ek_crc32c(uint32_t seed, const void *bytes, size_t count) { return ek_crc32c_scalar(seed, bytes, count); }
#endif
