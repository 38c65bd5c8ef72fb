/* The way in from VTL0 and out to it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* VTL0's registers at entry, as boot/entry.S saves them; put back at VTL return, except RAX and RCX. */
struct vtl_registers {
    uint64_t cr2;
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
};

struct cpu;

/*
 * The first entry on the first processor. RDX is the boot block's address,
 * which is always the region's first page. True: this processor's VTL return
 * hands VTL0 the status in the assist page; false: it cannot, and the caller
 * returns VTL1_BOOT_BAD_BLOCK by a fast return. Called by boot/entry.S only.
 */
bool boot_first_processor(struct vtl_registers *registers);

/* The first entry on each further processor; the same answers. Called by boot/entry.S only. */
bool boot_further_processor(struct vtl_registers *registers, struct cpu *cpu);

/* Every later entry, whatever its reason. Called by boot/entry.S only. */
void vtl_entry(struct vtl_registers *registers);

/* Sets what VTL0 finds in RAX and RCX after the VTL return of this processor (TLFS, "VTL Return"). */
void vtl_set_return(uint64_t rax, uint64_t rcx);
