/*
 * The client side of Virtual Secure Mode: detection, the hypercall page,
 * hypercalls and the VTL call (TLFS, "Hypercall Interface", "Virtual Secure
 * Mode"). Works only after vsm_start said yes; the boot processor calls that
 * once, everything else may be called on every processor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vsm_state {
    VSM_NO_HYPERVISOR, /* no interface "Hv#1" */
    VSM_NO_ACCESS,     /* a hypervisor without AccessVsm or AccessVpRegisters */
    VSM_NO_PAGE,       /* the hypercall page could not be switched on */
    VSM_NO_OFFSETS,    /* HvRegisterVsmCodePageOffsets could not be read */
    VSM_NO_VTL1,       /* VTL1 is not enabled for the partition */
    VSM_READY,
};

enum vsm_state vsm_start(void);
enum vsm_state vsm_state(void);
const char *vsm_state_text(enum vsm_state state);

/* Raw: input value, guest-physical addresses of input and output. Returns the result value. */
uint64_t vsm_hypercall(uint64_t input, uint64_t input_gpa, uint64_t output_gpa);

/*
 * Copies size bytes (at most half a page) into this processor's hypercall page and makes the call; reps 0 for a
 * simple one.
 */
uint64_t vsm_hypercall_with(uint16_t code, const void *input, size_t size, uint32_t reps);

/* What the last hypercall of this processor wrote as output. */
const void *vsm_hypercall_output(void);

/* One register of this processor's own VTL. */
bool vsm_get_register(uint32_t name, uint64_t *value);

/* The VTL call with RDX = frame_gpa, any value; returns RAX. Interrupts must be on, or VTL1 cannot be interrupted. */
uint64_t vsm_vtl_call(uint64_t frame_gpa);

/* What VTL calls left in registers that both VTLs have, of those made while they were watched. */
struct vsm_watch {
    uint64_t calls;
    uint64_t general, vector, debug; /* calls after which one of these was not as before: general; x87, SSE and AVX; DR0-3 and CR2 */
    bool avx;                        /* the upper halves of AVX were looked at too */
};

/*
 * From now on each VTL call of the boot processor is made with a known value in every register but RAX, RCX, RDX and RSP, and what is in
 * them afterwards is compared. Two calls of a test, in this order.
 */
void vsm_watch_begin(void);
struct vsm_watch vsm_watch_end(void);

/* Address of the code page's VTL return entry: only attacks call it. */
uint64_t vsm_vtl_return_entry(void);

/* General registers before and after a VTL call, to see that it keeps them. */
struct vsm_registers {
    uint64_t rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rdx;
};

uint64_t vsm_vtl_call_observed(uint64_t frame_gpa, struct vsm_registers *registers);
