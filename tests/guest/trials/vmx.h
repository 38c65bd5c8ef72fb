/*
 * The guests of the trials under VMX: the same code, page tables and interrupt
 * tables as under SVM (guest.h), each with a VMCS of its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "vmcs.h"

struct vmx_guest {
    uint64_t rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t launched;
    uint64_t epoch; /* vmx_enter gives up when vmx_epoch is another */
    uint32_t *vmcs;
};

extern struct vmx_guest vmx_vtl0;
extern struct vmx_guest vmx_vtl1;

/* Instead of an exit reason: VMLAUNCH or VMRESUME failed (a VMCS is current; none is), or the look at the epoch. */
#define RUN_FAILED_VALID 0x40000001u
#define RUN_FAILED_INVALID 0x40000002u
#define RUN_ABORTED 0x40000003u

/* VMXON on the calling processor (0 or 1). False when it lacks VMX, or firmware has locked it away. */
bool vmx_enable(unsigned processor);

/* VMXOFF. */
void vmx_disable(void);

/*
 * Resets both the guest and its VMCS, and makes it current on the calling
 * processor: at code, with argument in RDI, IF as given, NMI exiting, nothing
 * else that can be had without, nothing injected.
 */
void vmx_reset(struct vmx_guest *guest, void (*code)(void), uint64_t argument, bool interrupts);

/* One entry and exit, after an INVEPT; the exit reason with its entry-failure bit, or RUN_*. The VMCS stays current. */
uint32_t vmx_run(struct vmx_guest *guest);

/* The current VMCS of the calling processor. */
uint64_t vmx_read(uint32_t field);
void vmx_write(uint32_t field, uint64_t value);
void vmx_set(uint32_t field, uint64_t bits);
void vmx_clear(uint32_t field, uint64_t bits);

/* vmx_enter.S: 0 after an exit, else the low digit of RUN_*. */
uint32_t vmx_enter(struct vmx_guest *guest);
extern volatile uint64_t vmx_epoch;
extern volatile uint64_t vmx_in_window; /* set between the look at the epoch and the entry */
extern volatile uint64_t vmx_hold;      /* while not zero, vmx_enter waits there */
extern char vmx_window_begin[];
extern char vmx_window_end[];
extern char vmx_window_abort[];
extern char vmx_exit[];
