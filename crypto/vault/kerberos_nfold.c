#include <crypto/kerberos_parts.h>

#include <lib/string.h>

static size_t greatest_divisor(size_t a, size_t b)
{
    while (b > 0) {
        size_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Byte `at` of the endless string of copies of from, each rotated 13 bits further to the right than the one before. */
static uint8_t rotated_byte(const uint8_t *from, size_t size, size_t at)
{
    size_t bits = 8 * size;
    size_t shift = 13 * (at / size) % bits;
    size_t first = (8 * (at % size) + bits - shift) % bits;
    unsigned pair = (unsigned)from[first / 8] << 8 | from[(first / 8 + 1) % size];

    return (uint8_t)(pair >> (8 - first % 8));
}

/* to += carry in one's complement: what leaves on the left comes in on the right. */
static void add_carry(uint8_t *to, size_t to_size, unsigned carry)
{
    while (carry > 0) {
        for (size_t i = to_size; i-- > 0;) {
            carry += to[i];
            to[i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
}

/* RFC 3961, "Key Derivation Functions": copies up to the least common multiple, added in pieces of to_size. */
void kerberos_nfold(const uint8_t *from, size_t size, uint8_t *to, size_t to_size)
{
    size_t total = size / greatest_divisor(size, to_size) * to_size;

    memset(to, 0, to_size);
    for (size_t piece = 0; piece < total; piece += to_size) {
        unsigned carry = 0;

        for (size_t i = to_size; i-- > 0;) {
            carry += (unsigned)to[i] + rotated_byte(from, size, piece + i);
            to[i] = (uint8_t)carry;
            carry >>= 8;
        }
        add_carry(to, to_size, carry);
    }
}
