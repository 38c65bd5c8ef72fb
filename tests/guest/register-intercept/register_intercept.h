/* The parts of the payload, and what they share. */
#pragma once

#include "guest.h"

#define OWN_VTL  0x00u
#define VTL0_OF_VTL1 0x10u

/* What VTL1 is to be told about a write. */
enum access { REG, WRMSR, RDMSR };

struct expected_write {
    enum access access;
    uint32_t name;   /* VP register or MSR */
    uint64_t low, high; /* RDMSR: RAX, RDX before */
    unsigned length; /* of the instruction */
};

/* HvX64RegisterCrInterceptControl of this processor's VTL1, and its masks. */
void ask(uint64_t control);
void ask_masks(uint64_t cr0, uint64_t cr4);
uint16_t set_own(uint32_t name, uint64_t value);
uint64_t get_own(uint32_t name);
void set_policy(enum guest_policy policy);
uint64_t intercepts(void);

/* Runs code(argument) under the policy. expected NULL: VTL1 must hear nothing. vector: that VTL0 must see, 0 for none. */
void expect(const char *id, enum guest_policy policy, const void *code, const void *argument, const struct expected_write *expected,
            uint32_t vector);

void test_msrs(void);
void test_reads(void);
void test_control_registers(void);
void test_tables(void);
void test_processors(void);

/* code.S: the instruction that may be intercepted is at the label with _at, or the first one. RDI points to the operands. */
#define CODE(name) extern const char code_##name[]
CODE(wrmsr); CODE(rdmsr); CODE(wrmsr_at); CODE(cr0); CODE(cr4); CODE(clts); CODE(lmsw); CODE(lmsw_at); CODE(lmsw_memory);
CODE(lgdt); CODE(lidt); CODE(lgdt_scaled); CODE(lgdt_scaled_at); CODE(lgdt_rip); CODE(lgdt_gs); CODE(lgdt_stack); CODE(lgdt_stack_at);
CODE(lldt); CODE(lldt_at); CODE(lldt_memory); CODE(ltr); CODE(ltr_at); CODE(ltr_memory); CODE(sgdt); CODE(sidt);
CODE(sldt); CODE(str); CODE(sldt_memory); CODE(str_memory); CODE(sldt_word); CODE(xsetbv); CODE(xsetbv_at);
extern uint8_t code_pointer[10];
