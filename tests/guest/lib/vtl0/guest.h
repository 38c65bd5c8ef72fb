/*
 * What a VTL0 payload is written against. A payload defines guest_test();
 * main.c has started everything and switches the machine off behind it.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <efi.h>

#include <abi/boot_block.h>
#include <abi/tlfs.h>

#include <guest/commands.h>
#include <guest/registers.h>
#include <guest/x86.h>

#define PAGE_SIZE      UINT64_C(4096)
#define LARGE_PAGE     UINT64_C(0x200000)
#define MAX_PROCESSORS 8u

/* The payload's own part. */
void guest_test(void);

extern EFI_BOOT_SERVICES *firmware;
extern EFI_HANDLE program_handle;
extern const char vtl1_at_start[]; /* "yes" or "no" */
extern uint32_t processor_count;

/* --- options.c: words NAME=NUMBER of vtl0.options --- */

void options_find(EFI_HANDLE image);
/* The number behind NAME=, decimal or 0x..., or otherwise. */
uint64_t option_number(const char *name, uint64_t otherwise);

/* --- report.c: lines on COM1, by the boot processor only --- */

void say(const char *text, ...) __attribute__((format(printf, 1, 2)));
/* One "@openvsm test" line; detail without spaces. Returns ok. */
bool report(const char *id, bool ok, const char *detail, ...) __attribute__((format(printf, 3, 4)));
/* Many like checks under one id: note() counts, report_notes() says the line with the first failure. */
bool note(bool ok, const char *detail, ...) __attribute__((format(printf, 2, 3)));
void report_notes(const char *id);
bool report_all_passed(void);

/* --- memory.c --- */

/* Whole pages of memory below 4 GiB, aligned to a power of two; stops the test when there is none. */
uint8_t *pages_take(uint64_t count, uint64_t alignment);
/* Code and data pages below 1 MiB, for start-up interrupts. */
uint8_t *pages_take_low(uint64_t count);

/* --- probe.c: one piece of code that may fault --- */

struct probe {
    uint64_t saved[8]; /* call.S */
    uint32_t vector;   /* 0, or GUEST_FAULT + vector */
    uint64_t error, rip, cr2;
};

/* Calls code(argument); an exception of this processor inside comes back as probe->vector. Result: RAX. */
uint64_t probe_run(struct probe *probe, const void *code, const void *argument);
/* The processor's local APIC id; APIC ids are VP indexes here. */
uint32_t processor_self(void);

/* Each one's first instruction is the one that may fault. call.S */
extern const char probe_read[], probe_write[], probe_vmmcall[], probe_vmmcall_at[], probe_vmcall[], probe_vmcall_at[],
    probe_ud[], probe_write_long[];
/* 1 where VMCALL is the hypercall instruction, 0 where VMMCALL is. */
extern uint8_t uses_vmcall;

/* MSR accesses that may fault: 0, or GUEST_FAULT + vector. */
uint32_t try_read_msr(uint32_t msr, uint64_t *value);
uint32_t try_write_msr(uint32_t msr, uint64_t value);

/* Counted by the trap handlers, a processor each. */
extern volatile uint64_t nmi_count[MAX_PROCESSORS], interrupt_count[MAX_PROCESSORS], ud_count[MAX_PROCESSORS];
#define VECTOR_TEST 0x90u
/* Debug exceptions of a processor; each ends single-stepping. */
extern volatile struct debug_seen {
    uint64_t count, dr6, rip;
} debug_seen[MAX_PROCESSORS];

/* This processor's exceptions are ours from now on; the firmware keeps the other vectors. The old table. */
struct table_pointer traps_take(void);
void traps_give_back(const struct table_pointer *old);
/* The table that traps_take loads: 256 gates of 16 bytes. */
extern uint8_t *trap_gates;
/* Makes an empty page such a table, with our vectors in it; and one gate more. */
void traps_make(uint8_t *page);
void traps_set_gate(unsigned vector, const char *stub);

/* --- vsm.c: VTL0 as a VSM client --- */

struct answer {
    uint64_t rax, r9;
};

/* vtl_call_entry may be set to 0: VTL calls by an own VMMCALL, past the hypercall page. */
extern uint64_t hypercall_page, vtl_call_entry;

void vsm_open(void);
struct answer vtl1(enum guest_command command, uint64_t a, uint64_t b, uint64_t c);
uint64_t vtl1_value(enum guest_command command, uint64_t a, uint64_t b, uint64_t c);
/* VTL0's own hypercall. */
uint64_t hypercall(uint64_t control, uint64_t input, uint64_t output);
/* HvRegisterVsmPartitionConfig by VTL1: protection on, everything allowed. Status. */
uint16_t protection_on(void);
/* By VTL1. Status. */
uint16_t protect(const void *page, uint64_t count, uint32_t flags);
/* 8 bytes of the last intercept's message. */
uint64_t message_word(unsigned offset);

/* call.S: loads every register of *r but RSP and RCX = rcx, calls entry (0: VMMCALL with RCX = 0x11), stores them back. */
void vtl_call_full(struct vtl_registers *r, uint64_t entry, uint64_t *rcx_out);

/* --- mp.c --- */

/* Runs procedure(argument) on processor index with our traps, and returns at once. False: the firmware would not. */
bool processor_start(uint32_t index, void (*procedure)(void *argument), void *argument);
/* True: it has ended and the firmware knows. */
bool processor_wait(uint32_t index);
/* Busy waiting with a limit of some seconds; false: the limit. */
bool wait_for(const volatile uint64_t *value, uint64_t at_least);

/* --- apic.c: the local APIC page --- */
uint32_t apic_read(uint32_t offset);
void apic_write(uint32_t offset, uint32_t value);
void apic_send(uint32_t destination, uint32_t low);
#define APIC_EOI      0xB0u
#define APIC_LDR      0xD0u
#define APIC_DFR      0xE0u
#define ICR_FIXED     0x4000u
#define ICR_NMI       0x4400u
#define ICR_INIT      0x4500u
#define ICR_STARTUP   0x4600u
#define ICR_LOGICAL   0x0800u
#define ICR_SELF      0x40000u
#define ICR_ALL       0x80000u
#define ICR_OTHERS    0xC0000u
void delay_us(uint64_t microseconds);

/* Stops the test: an error line, done status=1, power-off. */
__attribute__((noreturn)) void give_up(const char *why);
