/*
 * What each processor has of its own. The GS base points at it in ring 0.
 * The first members are read by the entry code at fixed offsets.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vtl0/trap.h>

#define MAX_PROCESSORS 64u

#define SELECTOR_KERNEL_CODE 0x08u
#define SELECTOR_KERNEL_DATA 0x10u
#define SELECTOR_USER_BASE   0x18u /* SYSRET takes SS = base + 8 and CS = base + 16 */
#define SELECTOR_USER_DATA   0x23u
#define SELECTOR_USER_CODE   0x2Bu
#define SELECTOR_TSS         0x30u

enum interrupt_stack { IST_NONE = 0, IST_NMI = 1, IST_DOUBLE_FAULT = 2, IST_MACHINE_CHECK = 3, IST_COUNT = 3 };

struct task_state {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));
_Static_assert(sizeof(struct task_state) == 104, "AMD64 APM 2, 64-bit task state segment");

struct probe;
struct process;

typedef void processor_work(void *argument);

struct processor {
    struct processor *self;
    struct trap_frame *user_frame; /* of the process that runs here */
    uint64_t kernel_stack;         /* where user_enter was called */
    uint64_t scratch;
    uint64_t reserved[4];
    struct task_state tss;
    uint64_t gdt[8] __attribute__((aligned(16)));

    uint32_t index;
    uint32_t apic_id;
    uint64_t stack_top;
    volatile bool online;
    volatile uint64_t ticks;
    volatile uint32_t worst_tick; /* how late the timer's interrupt came at most, in counts of the timer */
    struct probe *probe;       /* armed probe, or NULL */
    struct process *process;
    processor_work *volatile work;
    void *work_argument;
    volatile bool work_done;

    void *frame;               /* this processor's secure-call frame, one page */
    void *hypercall;           /* this processor's hypercall page: input, then output at half */
};
_Static_assert(offsetof(struct processor, user_frame) == 8, "entry code");
_Static_assert(offsetof(struct processor, kernel_stack) == 16, "entry code");
_Static_assert(offsetof(struct processor, scratch) == 24, "entry code");
_Static_assert(offsetof(struct processor, tss) == 64, "entry code");

static inline struct processor *this_processor(void)
{
    struct processor *self;

    __asm__ volatile("movq %%gs:0, %0" : "=r"(self));
    return self;
}

/* Numbers the processors: the one that runs becomes 0. Called once, before the others start. */
void processors_init(const uint32_t *apic_ids, uint32_t count, uint32_t boot_apic_id);

uint32_t processor_count(void);
struct processor *processor_at(uint32_t index);

/* Loads descriptor tables, control registers and system-call MSRs. Each processor for itself, after each start. */
void processor_load(struct processor *processor);
