/*
 * Registers around a VTL call. This kernel keeps nothing in vector registers, so what is put there is there until somebody
 * else changes it; the TLFS ("Virtual Secure Mode", "Shared State") leaves it to VTL1 to do that without a trace.
 */
#include "vsm_internal.h"

#include <lib/string.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

#define GENERAL_PATTERN UINT64_C(0xA5A5A5A5A5A5A5A5)
#define ECX1_XSAVE      (1u << 26)
#define ECX1_AVX        (1u << 28)
#define XCR0_X87_SSE    3u
#define XCR0_AVX        4u
#define FCW_DEFAULT     0x037Fu /* every exception masked */
#define MXCSR_DEFAULT   0x1F80u

/* FXSAVE's image, and behind it what XSAVE adds in its standard format (SDM vol. 1, "XSAVE Area"). */
struct vector_state {
    uint16_t control, status;
    uint8_t tags, reserved;
    uint16_t opcode;
    uint64_t instruction, data;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t x87[8][16];   /* ten bytes of each */
    uint8_t xmm[16][16];
    uint8_t unused[96];
    uint64_t components;
    uint8_t header[56];
    uint8_t upper[16][16];
};
_Static_assert(sizeof(struct vector_state) == 832, "FXSAVE, XSAVE header, AVX");

static bool watching;
static struct vsm_watch watch;
static struct vector_state before __attribute__((aligned(64))), after __attribute__((aligned(64)));

static uint64_t components(void)
{
    return watch.avx ? XCR0_X87_SSE | XCR0_AVX : XCR0_X87_SSE;
}

static void load(const struct vector_state *state)
{
    if (watch.avx) {
        __asm__ volatile("xrstor64 %0" : : "m"(*state), "a"((uint32_t)components()), "d"(0));
    } else {
        __asm__ volatile("fxrstor64 %0" : : "m"(*state));
    }
}

static void store(struct vector_state *state)
{
    if (watch.avx) {
        __asm__ volatile("xsave64 %0" : "+m"(*state) : "a"((uint32_t)components()), "d"(0));
    } else {
        __asm__ volatile("fxsave64 %0" : "+m"(*state));
    }
}

/* Every byte another one than its neighbour. */
static void make_pattern(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(0x11 + 37 * i);
    }
}

static void make_vectors(void)
{
    memset(&before, 0, sizeof(before));
    before.control = FCW_DEFAULT;
    before.tags = 0xFF; /* all valid */
    before.mxcsr = MXCSR_DEFAULT;
    make_pattern(before.x87[0], sizeof(before.x87));
    make_pattern(before.xmm[0], sizeof(before.xmm));
    make_pattern(before.upper[0], sizeof(before.upper));
    before.components = components();
}

static bool vectors_differ(void)
{
    bool differ = memcmp(before.xmm, after.xmm, sizeof(before.xmm)) != 0 || before.control != after.control || before.mxcsr != after.mxcsr;

    for (unsigned i = 0; i < 8; i++) {
        differ = differ || memcmp(before.x87[i], after.x87[i], 10) != 0;
    }
    return differ || (watch.avx && memcmp(before.upper, after.upper, sizeof(before.upper)) != 0);
}

static void load_debug(void)
{
    __asm__ volatile("movq %0, %%dr0; movq %0, %%dr1; movq %0, %%dr2; movq %0, %%dr3; movq %0, %%cr2" : : "r"(GENERAL_PATTERN));
}

static bool debug_differs(void)
{
    uint64_t registers[5];

    __asm__ volatile("movq %%dr0, %0; movq %%dr1, %1; movq %%dr2, %2; movq %%dr3, %3; movq %%cr2, %4"
                     : "=&r"(registers[0]), "=&r"(registers[1]), "=&r"(registers[2]), "=&r"(registers[3]), "=&r"(registers[4]));
    for (unsigned i = 0; i < 5; i++) {
        if (registers[i] != GENERAL_PATTERN) {
            return true;
        }
    }
    return false;
}

void vsm_watch_begin(void)
{
    uint32_t features = cpuid(1, 0).ecx;

    watch = (struct vsm_watch){ .avx = (features & ECX1_XSAVE) != 0 && (features & ECX1_AVX) != 0 };
    write_cr4(read_cr4() | CR4_OSFXSR | (watch.avx ? CR4_OSXSAVE : 0));
    if (watch.avx) {
        __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)components()), "d"(0));
    }
    make_vectors();
    watching = true;
}

struct vsm_watch vsm_watch_end(void)
{
    watching = false;
    return watch;
}

bool vsm_is_watched(void)
{
    return watching && this_processor()->index == 0;
}

uint64_t vsm_watched_call(uint64_t frame_gpa)
{
    struct vsm_registers general, wanted;
    uint64_t rax;

    memset(&wanted, (int)(GENERAL_PATTERN & 0xFF), sizeof(wanted));
    wanted.rdx = frame_gpa;
    general = wanted;
    load(&before);
    load_debug();
    rax = vsm_enter_vtl_call_observed(vsm_client.vtl_call, frame_gpa, &general);
    watch.debug += debug_differs();
    store(&after);
    watch.vector += vectors_differ();
    watch.general += memcmp(&general, &wanted, sizeof(general)) != 0;
    watch.calls++;
    return rax;
}
