/*
 * Runs one instruction that may fault and says exactly what happened. The
 * code is a short routine whose first instruction is the probed one; "caught"
 * then means that this instruction, and no later one, raised the exception
 * when rip == code.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vtl0/trap.h>

/* In no probe's outcome unless the instruction did not write its register. */
#define PROBE_POISON UINT64_C(0x5AFEC0DE0BADF00D)

struct processor;

struct probe {
    uint64_t code;
    uint64_t rax, rcx, rdx, rbx, rsi, rdi, r8; /* before and after */
    uint64_t stack;                            /* probe_enter's own */
    uint64_t caught;                           /* 0 or 1 */
    uint64_t vector, error, rip, cr2;          /* of the exception */
};
_Static_assert(offsetof(struct probe, stack) == 64, "probe code");

/* Runs the routine at probe->code with the given registers, interrupts as they are. True when nothing was raised. */
bool probe_call(struct probe *probe);

/*
 * Executes one instruction at probe->code, wherever that is, single-stepped:
 * a page that can be executed answers with #DB (returns true, rip is behind
 * the instruction), so that nothing after the first instruction ever runs.
 */
bool probe_step(struct probe *probe);

/* Takes the exception when a probe is armed on the processor; changes frame so that the probe's caller goes on. */
bool probe_caught(struct processor *processor, struct trap_frame *frame, uint64_t cr2);

/* Routines to probe with (probe_code.S). Memory: address in RDI. */
extern char probe_read[], probe_write[], probe_rdmsr[], probe_wrmsr[], probe_vmrun[], probe_vmmcall[], probe_vmload[],
    probe_vmsave[], probe_stgi[], probe_clgi[], probe_skinit[], probe_invlpga[], probe_vmcall[],
    probe_vmxon[], probe_vmxoff[], probe_vmclear[], probe_vmptrld[], probe_vmptrst[], probe_vmlaunch[], probe_vmresume[],
    probe_vmread[], probe_vmwrite[], probe_vmfunc[], probe_invept[], probe_invvpid[], probe_getsec[], probe_write_cr4[],
    probe_write_cr0[], probe_xsetbv[];
