/* Instructions that both VTLs' payloads use. */
#pragma once

#include <stdint.h>

#define VECTOR_DB  1u
#define VECTOR_NMI 2u
#define VECTOR_UD  6u
#define VECTOR_GP  13u
#define VECTOR_PF  14u

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

#define READ_WITH(name, instruction)                             \
    static inline uint64_t read_##name(void)                     \
    {                                                            \
        uint64_t value;                                          \
                                                                 \
        __asm__ volatile(instruction : "=r"(value) : : "memory"); \
        return value;                                            \
    }
#define WRITE_WITH(name, instruction)                            \
    static inline void write_##name(uint64_t value)              \
    {                                                            \
        __asm__ volatile(instruction : : "r"(value) : "memory"); \
    }

READ_WITH(cr0, "mov %%cr0, %0")
READ_WITH(cr2, "mov %%cr2, %0")
READ_WITH(cr3, "mov %%cr3, %0")
READ_WITH(cr4, "mov %%cr4, %0")
READ_WITH(dr0, "mov %%dr0, %0")
READ_WITH(dr1, "mov %%dr1, %0")
READ_WITH(dr2, "mov %%dr2, %0")
READ_WITH(dr3, "mov %%dr3, %0")
READ_WITH(dr6, "mov %%dr6, %0")
READ_WITH(dr7, "mov %%dr7, %0")
READ_WITH(rflags, "pushfq\n\tpop %0")
READ_WITH(rsp, "mov %%rsp, %0")
READ_WITH(cs, "mov %%cs, %0")
READ_WITH(ss, "mov %%ss, %0")
READ_WITH(ds, "mov %%ds, %0")
READ_WITH(es, "mov %%es, %0")
READ_WITH(fs, "mov %%fs, %0")
READ_WITH(gs, "mov %%gs, %0")
READ_WITH(tr, "str %0")
WRITE_WITH(cr0, "mov %0, %%cr0")
WRITE_WITH(cr2, "mov %0, %%cr2")
WRITE_WITH(cr3, "mov %0, %%cr3")
WRITE_WITH(cr4, "mov %0, %%cr4")
WRITE_WITH(dr0, "mov %0, %%dr0")
WRITE_WITH(dr1, "mov %0, %%dr1")
WRITE_WITH(dr2, "mov %0, %%dr2")
WRITE_WITH(dr3, "mov %0, %%dr3")
WRITE_WITH(dr6, "mov %0, %%dr6")
WRITE_WITH(dr7, "mov %0, %%dr7")
WRITE_WITH(rflags, "push %0\n\tpopfq")

static inline uint64_t read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

static inline uint64_t read_tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void cpuid(uint32_t leaf, uint32_t out[4])
{
    __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(0));
}

/* Which hypercall instruction this processor has (vmcall.inc): VMCALL on GenuineIntel. */
static inline uint8_t processor_uses_vmcall(void)
{
    uint32_t out[4];

    cpuid(0, out);
    return out[1] == 0x756E6547;
}

static inline struct table_pointer read_gdt(void)
{
    struct table_pointer table;

    __asm__ volatile("sgdt %0" : "=m"(table));
    return table;
}

static inline struct table_pointer read_idt(void)
{
    struct table_pointer table;

    __asm__ volatile("sidt %0" : "=m"(table));
    return table;
}

static inline void write_idt(const struct table_pointer *table)
{
    __asm__ volatile("lidt %0" : : "m"(*table) : "memory");
}

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void pause(void)
{
    __asm__ volatile("pause" : : : "memory");
}
