/* Instructions C has no words for. */
#pragma once

#include <stdint.h>

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

struct cpuid_result {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_result cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_result r;

    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline void out16(uint16_t port, uint16_t value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
static inline void out32(uint16_t port, uint32_t value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t in16(uint16_t port)
{
    uint16_t value;

    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t in32(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t read_cr0(void) { uint64_t v; __asm__ volatile("mov %%cr0, %0" : "=r"(v)); return v; }
static inline uint64_t read_cr2(void) { uint64_t v; __asm__ volatile("mov %%cr2, %0" : "=r"(v)); return v; }
static inline uint64_t read_cr4(void) { uint64_t v; __asm__ volatile("mov %%cr4, %0" : "=r"(v)); return v; }
static inline void write_cr0(uint64_t v) { __asm__ volatile("mov %0, %%cr0" : : "r"(v) : "memory"); }
static inline void write_cr4(uint64_t v) { __asm__ volatile("mov %0, %%cr4" : : "r"(v) : "memory"); }
static inline void invlpg(uint64_t address) { __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory"); }

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

/* DR0 to DR3. */
static inline uint64_t read_breakpoint(unsigned number)
{
    uint64_t v;

    switch (number) {
    case 0: __asm__ volatile("mov %%dr0, %0" : "=r"(v)); return v;
    case 1: __asm__ volatile("mov %%dr1, %0" : "=r"(v)); return v;
    case 2: __asm__ volatile("mov %%dr2, %0" : "=r"(v)); return v;
    default: __asm__ volatile("mov %%dr3, %0" : "=r"(v)); return v;
    }
}

static inline void write_breakpoint(unsigned number, uint64_t v)
{
    switch (number) {
    case 0: __asm__ volatile("mov %0, %%dr0" : : "r"(v)); break;
    case 1: __asm__ volatile("mov %0, %%dr1" : : "r"(v)); break;
    case 2: __asm__ volatile("mov %0, %%dr2" : : "r"(v)); break;
    default: __asm__ volatile("mov %0, %%dr3" : : "r"(v)); break;
    }
}

/* Drops this processor's cached translations of the hypervisor's own address space. */
static inline void flush_own_translations(void)
{
    uint64_t root;

    __asm__ volatile("mov %%cr3, %0\n\tmov %0, %%cr3" : "=r"(root) : : "memory");
}

/* Architectural MSRs (APM vol. 2, "Model-Specific Registers"). */
enum {
    MSR_TSC = 0x10, MSR_APIC_BASE = 0x1B, MSR_MICROCODE = 0x8B, MSR_MTRRCAP = 0xFE,
    MSR_SYSENTER_CS = 0x174, MSR_SYSENTER_ESP = 0x175, MSR_SYSENTER_EIP = 0x176,
    MSR_MCG_CAP = 0x179, MSR_MCG_STATUS = 0x17A, MSR_MCG_CTL = 0x17B, MSR_MISC_ENABLE = 0x1A0,
    MSR_MTRR_PHYS_BASE0 = 0x200, MSR_MTRR_PHYS_LAST = 0x213,
    MSR_MTRR_FIX64K = 0x250, MSR_PAT = 0x277, MSR_MTRR_DEF_TYPE = 0x2FF, MSR_MC0 = 0x400, MSR_MC_LAST = 0x427,
    MSR_X2APIC = 0x800, MSR_X2APIC_LAST = 0x83F,
    MSR_EFER = 0xC0000080, MSR_STAR = 0xC0000081, MSR_LSTAR = 0xC0000082, MSR_CSTAR = 0xC0000083, MSR_SFMASK = 0xC0000084,
    MSR_FS_BASE = 0xC0000100, MSR_GS_BASE = 0xC0000101, MSR_KERNEL_GS_BASE = 0xC0000102, MSR_TSC_AUX = 0xC0000103,
    MSR_SYSCFG = 0xC0010010, MSR_HWCR = 0xC0010015, MSR_VM_CR = 0xC0010114, MSR_VM_HSAVE_PA = 0xC0010117,
};

#define EFER_SCE  UINT64_C(0x001)
#define EFER_LME  UINT64_C(0x100)
#define EFER_LMA  UINT64_C(0x400)
#define EFER_NXE  UINT64_C(0x800)
#define EFER_SVME UINT64_C(0x1000)

#define CR0_PE UINT64_C(0x1)
#define CR0_EM UINT64_C(0x4)
#define CR0_TS UINT64_C(0x8)
#define CR0_ET UINT64_C(0x10)
#define CR0_NE UINT64_C(0x20)
#define CR0_WP UINT64_C(0x10000)
#define CR0_AM UINT64_C(0x40000)
#define CR0_NW UINT64_C(0x20000000)
#define CR0_CD UINT64_C(0x40000000)
#define CR0_PG UINT64_C(0x80000000)

/* PE MP EM TS ET NE WP AM NW CD PG: loads ignore the other bits below 32. */
#define CR0_DEFINED UINT64_C(0xE005003F)

#define MISC_ENABLE_VALUE UINT64_C(0x1801) /* what MISC_ENABLE reads: see msr.c */

#define CR4_PAE     UINT64_C(0x20)
#define CR4_PCE     UINT64_C(0x100)
#define CR4_OSFXSR  UINT64_C(0x200)
#define CR4_UMIP    UINT64_C(0x800)
#define CR4_LA57    UINT64_C(0x1000)
#define CR4_PCIDE   UINT64_C(0x20000)
#define CR4_OSXSAVE UINT64_C(0x40000)
#define CR4_SMEP    UINT64_C(0x100000)
#define CR4_SMAP    UINT64_C(0x200000)
#define CR4_PKE     UINT64_C(0x400000)
#define CR4_CET     UINT64_C(0x800000)

#define XCR0_X87    UINT64_C(0x001)
#define XCR0_SSE    UINT64_C(0x002)
#define XCR0_AVX    UINT64_C(0x004)
#define XCR0_MPX    UINT64_C(0x018)
#define XCR0_AVX512 UINT64_C(0x0E0)
#define XCR0_AMX    UINT64_C(0x60000)

/* Attributes as the TLFS has them: bits 55:40 of a descriptor. */
#define SEGMENT_TYPE 0x000Fu
#define SEGMENT_S    0x0010u
#define SEGMENT_P    0x0080u
#define SEGMENT_L    0x2000u
#define TYPE_TSS16      1u
#define TYPE_LDT        2u
#define TYPE_TSS16_BUSY 3u
#define TYPE_TSS        9u
#define TYPE_TSS_BUSY   11u
#define TYPE_BUSY       2u /* the bit that tells a busy TSS from an available one */
#define SELECTOR_TI     4u

#define DR7_GD UINT64_C(0x2000)

#define RFLAGS_FIXED UINT64_C(0x2)
#define RFLAGS_TF    UINT64_C(0x100)
#define RFLAGS_IF    UINT64_C(0x200)
#define RFLAGS_DF    UINT64_C(0x400)
#define RFLAGS_AC    UINT64_C(0x40000)
#define RFLAGS_RF    UINT64_C(0x10000)
#define RFLAGS_VM    UINT64_C(0x20000)
