/*
 * A guest of the trials: this program's own code, in long mode at CPL 0 on the
 * same identity page tables, behind a nested table. Two of them exist, to stand
 * in for VTL0 and VTL1, each with its own VMCB, interrupt table and stack.
 */
#pragma once

#include <stdint.h>

#include "idt.h"
#include "vmcb.h"

struct guest {
    uint64_t vmcb_address;
    uint64_t rdi, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
    struct vmcb *vmcb;
};

extern struct guest vtl0;
extern struct guest vtl1;

/* Turns SVM on for the calling processor (0 or 1). False when the processor lacks it. */
bool svm_enable(unsigned processor);

/*
 * Resets both the guest and its VMCB: at code, with argument in RDI, IF as
 * given, NMI and VMMCALL intercepted, V_INTR_MASKING 0, nothing injected.
 */
void guest_reset(struct guest *guest, void (*code)(void), uint64_t argument, bool interrupts);

/* One world switch with a full nested TLB flush; the low word of the exit code. GIF and IF are the caller's. */
uint32_t guest_run(struct guest *guest);

/* svm_enter.S */
void svm_enter(struct guest *guest);

/* The entry of the nested table that maps gpa (a 4 KiB one, split when necessary), gpa below 4 GiB. */
uint64_t *nested_entry(uint64_t gpa);

/* Nested rights of one page: 7 = present, writable; 5 = read-only; 0 = absent. */
void nested_set(uint64_t gpa, uint64_t rights);

/* Guest code (guest.S). Counters are in memory so that other processors see them move. */
extern volatile uint64_t guest_progress;
extern volatile uint64_t guest_stop;
void guest_loop(void);       /* counts until guest_stop, then VMMCALL */
void guest_loop_times(void); /* counts RDI times, then VMMCALL */
void guest_halt(void);       /* HLT, then VMMCALL */
void guest_call(void);       /* calls the C function in RDI, then VMMCALL */
extern char guest_halt_after[];

/* One 32-bit store, the instruction that the trials' host knows how to do for the guest. */
void guest_write32(uint64_t address, uint32_t value);
extern char guest_write32_store[];
extern char guest_write32_after[];
