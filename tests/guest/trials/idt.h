/* Three interrupt tables (host, VTL0 stand-in, VTL1 stand-in) and their counts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

/* What came through one table since traps_clear. One table is used by one processor at a time, the host's by two. */
struct traps {
    volatile uint64_t count[256];
    volatile uint64_t last_rip[256];
    volatile uint64_t last_error[256];
    volatile uint64_t isr_seen;         /* ISR bit of the last interrupt inside its handler */
    uint64_t resume_rip;                /* where an exception returns to; 0: at its own RIP */
    void (*hook)(struct trap_frame *);  /* called for each trap, may be NULL */
    bool no_eoi;                        /* leave interrupts in service */
    bool eoi_through_exit;              /* EOI by an instruction that the host is meant to see */
};

extern struct traps host_traps[2];
extern struct traps vtl0_traps;
extern struct traps vtl1_traps;

struct idt_gate {
    uint64_t low;
    uint64_t high;
};

/* Page-aligned, 256 gates each; the guests' fill exactly one page. */
extern struct idt_gate host_idt[256];
extern struct idt_gate vtl0_idt[256];
extern struct idt_gate vtl1_idt[256];

/* Fills all three tables; the boot processor calls it once. */
void idt_build(void);

/* Loads the host's table, and a TSS with a stack for vector 2, on processor 0 or 1. */
void idt_load(unsigned processor);

void traps_clear(struct traps *traps);
