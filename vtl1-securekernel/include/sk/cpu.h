/*
 * What each processor owns in VTL1: descriptor tables, stacks, its pages for
 * the hypervisor's interface and its window onto VTL0's memory. A struct cpu
 * is written by its own processor only, once it runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tlfs.h>

#include <sk/cpu_offsets.h>
#include <sk/gpa.h>
#include <sk/secure_call.h>
#include <sk/user_context.h>

/* AMD APM volume 2, "64-Bit Task State Segment". */
struct tss {
    uint32_t reserved0;
    uint64_t rsp0, rsp1, rsp2;
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "64-bit TSS");

/* IST stacks for the exceptions that may hit a bad stack pointer. */
enum ist_stack { IST_DOUBLE_FAULT = 1, IST_NMI = 2, IST_MACHINE_CHECK = 3, IST_DEBUG = 4, IST_COUNT = 4 };

struct system_thread;

struct cpu {
    struct cpu *self;
    uint64_t kernel_rsp;          /* while ring 3 or a system thread runs: where user_run or system_run continues */
    struct user_context *context; /* while ring 3 runs: where its registers go */
    uint64_t user_rsp;            /* scratch of the SYSCALL entry */
    uint64_t vtl_return;          /* address of the hypercall page's VTL return entry */
    struct tss tss;
    struct system_thread *system_thread; /* that runs here; NULL: none */
    uint32_t index;               /* = VP index */
    uint64_t gdt[8];
    uint64_t stack_top;           /* further processors; the first one keeps the boot stack */
    struct hv_vp_assist_page *assist;
    struct hv_message *messages;  /* SIMP, 16 slots */
    void *hypercall_input;        /* one page; this processor's, never shared */
    void *hypercall_output;
    gpa_t assist_gpa, messages_gpa, input_gpa, output_gpa;
    struct call_buffers buffers;  /* of the secure call this processor makes */
    gpa_t frame_gpa, answer_gpa, bounce_gpa;
    uint64_t window;              /* virtual address of the window page */
    uint64_t *window_entry;       /* its page-table entry */
};

/* The processor this runs on. Valid once cpu_load has run on it. */
static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;

    __asm__ volatile("mov %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

/* The structure of the processor with that VP index, index < VTL1_MAX_PROCESSORS. */
struct cpu *cpu_by_index(uint32_t index);

/*
 * Gives the processor its stacks, pages and window. First processor, at boot,
 * for every processor. False: out of memory.
 */
bool cpu_prepare(uint32_t index);

/* Makes this processor use what was prepared for it: GDT, TSS, IDT, GS base, system-call MSRs, CR0, CR4. */
void cpu_load(struct cpu *cpu);
