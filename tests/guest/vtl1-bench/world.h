/*
 * A stand-in for the hypervisor's world switch: one processor, VTL1 on the
 * same privilege level as the bench, switched by hand. Only RSP, CR3 and the
 * general registers differ between the two worlds; that is all the secure
 * kernel relies on across a VTL call and return besides its own GDT and IDT,
 * which stay loaded.
 */
#pragma once

#include <stdint.h>

/* Offsets in the page the bench puts where the hypercall page is. */
#define STUB_HYPERCALL  0x000
#define STUB_VTL_RETURN 0x080
#define STUB_ENTER      0x100
#define STUB_ENTER_AT   0x120

enum world_register { W_RBX, W_RBP, W_RSI, W_RDI, W_R8, W_R9, W_R10, W_R11, W_R12, W_R13, W_R14, W_R15, W_RDX, W_COUNT };

/* VTL0's registers: what the next switch loads, and what the last return left. RAX and RCX travel by the assist page. */
extern uint64_t world_in[W_COUNT], world_out[W_COUNT];

/* VTL1's, between two entries. */
extern uint64_t world_vtl1_rsp, world_vtl1_cr3;

/* Where the stub page is mapped, in both worlds. */
extern uint64_t world_enter_address, world_enter_at_address;

/* The page's code, PAGE_SIZE bytes to be copied, and the data inside it to be set in the copy. */
extern uint8_t world_stub[];
extern uint64_t world_stub_cr3[1], world_stub_handler[1], world_stub_stack[1], world_stub_return[1];

/* First entry of a processor: rip in the tables of cr3, on stack rsp. Returns at its VTL return. */
void world_start(uint64_t rip, uint64_t rsp, uint64_t cr3);

/* A later entry: VTL1 goes on behind its VTL return. */
void world_call(void);

/* Where the stub's VTL return goes. */
void world_return(void);

/* Descriptor and page tables of the firmware, before VTL1 loaded its own, and back to them. */
void world_save_tables(void);
void world_restore_tables(void);
