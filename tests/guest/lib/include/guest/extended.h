/*
 * XSAVE-managed state (SDM vol. 1, "Managing State Using the XSAVE Feature
 * Set"), in the standard format: x87, SSE, AVX and AVX-512 as far as the
 * processor has them. Both VTLs' payloads turn it, that is, complement it.
 */
#pragma once

#include <guest/x86.h>

#include <stddef.h>
#include <stdint.h>

#define CR4_OSXSAVE        UINT64_C(0x40000)
#define ECX1_XSAVE         (1u << 26)
#define EXTENDED_PAGE      4096u /* room for one image */
#define EXTENDED_XCR0_WORD 58u   /* of those that XSAVE leaves to software: XCR0 */
#define EXTENDED_TESTED    UINT64_C(0xE7)
#define EXTENDED_MXCSR_AT  24u

static inline uint64_t read_xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static inline void write_xcr0(uint64_t value)
{
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline void cpuid_sub(uint32_t leaf, uint32_t sub, uint32_t out[4])
{
    __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(sub));
}

/* Those of EXTENDED_TESTED that this processor has; 0: it has no XSAVE. */
static inline uint64_t extended_components(void)
{
    uint32_t out[4];

    cpuid(1, out);
    if ((out[2] & ECX1_XSAVE) == 0) {
        return 0;
    }
    cpuid_sub(0xD, 0, out);
    return out[0] & EXTENDED_TESTED;
}

/* The registers of the n-th component in an image. The x87 ones are 10 bytes each, in 16. */
static inline void extended_place(unsigned n, uint32_t *at, uint32_t *size)
{
    static const uint32_t legacy[2][2] = { { 32, 128 }, { 160, 256 } };
    uint32_t out[4];

    if (n < 2) {
        *at = legacy[n][0];
        *size = legacy[n][1];
        return;
    }
    cpuid_sub(0xD, n, out);
    *at = out[1];
    *size = out[1] + out[0] <= EXTENDED_PAGE ? out[0] : 0;
}

static inline int extended_is_register(unsigned component, uint32_t byte)
{
    return component != 0 || byte % 16 < 10;
}

/* The registers complemented; the control words get another precision and another rounding. */
static inline void extended_turn(uint8_t *image, uint64_t components)
{
    image[1] ^= 1;
    image[EXTENDED_MXCSR_AT + 1] ^= 0x40;
    for (unsigned n = 0; n < 8; n++) {
        uint32_t at, size;

        if ((components >> n & 1) == 0) {
            continue;
        }
        extended_place(n, &at, &size);
        for (uint32_t i = 0; i < size; i++) {
            image[at + i] ^= extended_is_register(n, i) ? 0xFF : 0;
        }
    }
}
