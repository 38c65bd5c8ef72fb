/* The processor instructions that boot needs, each as the function of its name. */
#pragma once

#include <stdint.h>

enum cpu_msr {
    MSR_APIC_BASE = 0x0000001B,
    MSR_FEATURE_CONTROL = 0x0000003A,
    MSR_PAT = 0x00000277,
    MSR_VMX_PIN = 0x00000481,
    MSR_VMX_PRIMARY = 0x00000482,
    MSR_VMX_SECONDARY = 0x0000048B,
    MSR_VMX_EPT_VPID_CAP = 0x0000048C,
    MSR_EFER = 0xC0000080,
    MSR_FS_BASE = 0xC0000100,
    MSR_GS_BASE = 0xC0000101,
    MSR_VM_CR = 0xC0010114,
};

#define APIC_BASE_ADDRESS UINT64_C(0x000FFFFFFFFFF000)
#define APIC_BASE_X2APIC  (UINT64_C(1) << 10)
#define APIC_BASE_ENABLE  (UINT64_C(1) << 11)
#define VM_CR_SVMDIS      (UINT64_C(1) << 4)
#define FEATURE_CONTROL_LOCKED (UINT64_C(1) << 0)
#define FEATURE_CONTROL_VMX    (UINT64_C(1) << 2)
#define CR4_LA57          (UINT64_C(1) << 12)

/* out: EAX, EBX, ECX, EDX */
static inline void cpu_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
}

static inline uint64_t cpu_rdmsr(uint32_t msr)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return ((uint64_t)high << 32) | low;
}

static inline void cpu_wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static inline uint8_t cpu_inb(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void cpu_outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#define CPU_READ_REGISTER(name)                                       \
    static inline uint64_t cpu_read_##name(void)                      \
    {                                                                 \
        uint64_t value;                                               \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));        \
        return value;                                                 \
    }
CPU_READ_REGISTER(cr0)
CPU_READ_REGISTER(cr3)
CPU_READ_REGISTER(cr4)
CPU_READ_REGISTER(dr7)
#undef CPU_READ_REGISTER

/* The id by which the local APIC of this processor was started, 8 bits. */
static inline uint32_t cpu_apic_id(void)
{
    uint32_t out[4];

    cpu_cpuid(1, 0, out);
    return out[1] >> 24;
}
