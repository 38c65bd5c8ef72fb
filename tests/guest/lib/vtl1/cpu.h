/* One processor of VTL1: everything it owns lies in one area, the stack at its end, so that RSP finds it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/boot_block.h>
#include <abi/tlfs.h>

#include <guest/commands.h>
#include <guest/registers.h>

#define PAGE_SIZE      4096u
#define AREA_SIZE      32768u
#define MAX_PROCESSORS 8u
#define SCRATCH_WORDS  1024u
#define VECTOR_SINT0   0x30u

struct cpu {
    uint32_t return_style; /* entry.S reads it at offset 0 */
    uint32_t index;
    uint32_t policy;
    uint32_t turn_at; /* the entry reason that extended.c waits for */
    uint64_t counts[6];
    volatile uint64_t ticks, tick_time;
    uint64_t seen[SEEN_COUNT], seen_before[SEEN_COUNT];
    struct hv_message last;
    uint8_t fill[PAGE_SIZE - 80 - 16 * SEEN_COUNT - HV_MESSAGE_SIZE];
    struct hv_vp_assist_page assist;
    struct hv_message slots[16];
    uint64_t scratch[SCRATCH_WORDS];
    uint8_t stack[AREA_SIZE - 5 * PAGE_SIZE];
} __attribute__((aligned(32768)));
_Static_assert(sizeof(struct cpu) == AREA_SIZE, "RSP finds the area");
_Static_assert(offsetof(struct cpu, assist) == PAGE_SIZE && offsetof(struct cpu, scratch) == 3 * PAGE_SIZE, "whole pages");

extern struct cpu cpus[MAX_PROCESSORS];
extern struct vtl1_boot_block boot_block;
extern uint64_t vtl_return_entry;
extern char guest_hypercall_page[];

static inline struct cpu *this_cpu(void)
{
    uint64_t here;

    __asm__("mov %%rsp, %0" : "=r"(here));
    return (struct cpu *)(here & ~(uint64_t)(AREA_SIZE - 1));
}

/* Guest-physical address of something in this image. */
static inline uint64_t address_of(const volatile void *object)
{
    return boot_block.kernel_base + ((uint64_t)object - VTL1_KERNEL_BASE);
}

/* cpu.c: descriptor tables, hypercall page (first processor), assist page, message page, SINT0. False: no VTL return entry. */
bool cpu_prepare(struct cpu *cpu, bool first);

/* hypercall.c */
/* The hypercall page, or, while that moves, direct_hypercall (raw.S). */
extern const char *hypercall_entry;
extern const char direct_hypercall[];
uint64_t hypercall(uint64_t control, uint64_t input, uint64_t output);
uint16_t set_register(uint8_t input_vtl, uint32_t name, uint64_t value);
uint16_t set_register_wide(uint8_t input_vtl, uint32_t name, const struct hv_register_value *value);
uint16_t get_register(uint8_t input_vtl, uint32_t name, uint64_t *value);
/* Of any processor's VTL1. */
uint16_t get_register_of(uint32_t index, uint32_t name, uint64_t *value);
uint16_t install_intercept(uint16_t port, uint32_t access);
uint64_t protect(uint32_t flags, uint64_t page, uint64_t count);
uint64_t enable_vp(uint32_t index, uint32_t wrong, uint8_t vtl);

uint16_t translate_locked(uint64_t gva_page);

/* flushes.c: the TLB lock, and what is seen of VTL0's flushes under it */
uint64_t flushes_hold(uint64_t way, uint64_t count, uint64_t loops, uint64_t *begun);
uint64_t flushes_step(uint64_t completed);

/* command.c */
uint64_t command_run(struct cpu *cpu, struct vtl_registers *registers);

/* apic_page.c: one access; *fault is 0, or GUEST_FAULT + vector. */
uint64_t apic_page(uint64_t form, uint64_t offset, uint64_t value, uint64_t *fault);

/* extended.c: at each entry, and COMMAND_TURN_EXTENDED */
void extended_entered(struct cpu *cpu);
uint64_t extended_turn_at(struct cpu *cpu, uint64_t reason, uint64_t xcr0);

/* state.c */
uint64_t state_read(uint64_t which);
void state_write(uint64_t which, uint64_t value);

/* 1 where VMCALL is the hypercall instruction, 0 where VMMCALL is. */
extern uint8_t uses_vmcall;

/* raw.S: MSR accesses and VMMCALL or VMCALL that may fault. Result: 0, or GUEST_FAULT + vector. */
uint64_t try_read_msr(uint32_t msr, uint64_t *value);
uint64_t try_write_msr(uint32_t msr, uint64_t value);
uint64_t try_vmmcall(uint64_t rax, uint64_t rcx);
void save_xmm(uint64_t to[32]);
void complement_xmm(void);
