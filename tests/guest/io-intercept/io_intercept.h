/* What the parts of the payload share: an intercept by VTL1, one instruction of VTL0, and the message it must make. */
#pragma once

#include "guest.h"

/* The scratch register of COM1's UART: open to VTL0, keeps what is written, and nobody else uses it. */
#define SCRATCH 0x3FFu
/* No device: reads all ones. */
#define NOTHING 0x2E00u

#define OF_VTL0 0x10u

/* The registers before and behind an instruction of code.S. RDX is the port where it takes one. */
struct io_registers {
    uint64_t rax, rdx, rcx, rsi, rdi;
};
struct io_run {
    struct io_registers before, after; /* after: only if it retired */
};

/* One instruction of code.S: at is where it begins. */
struct io_form {
    const char *name;
    const char *code, *at;
    uint8_t access, size;
    uint8_t info; /* HV_IO_ACCESS_* */
    uint8_t length;
    uint16_t port; /* 0: in RDX */
};

/* A hypercall of VTL1's with that input; its output's first 8 bytes in *output. */
uint64_t vtl1_calls(uint64_t control, const void *input, size_t size, uint64_t *output);
uint16_t install(uint16_t port, uint32_t access);
void set_policy(enum guest_policy policy);
uint64_t intercepts(void);

/* Runs the form under the policy. told: VTL1 must get the message, byte by byte, else nothing. vector: that VTL0 must see, or 0. */
void expect(const struct io_form *form, enum guest_policy policy, struct io_run *run, bool told, uint32_t vector);

void test_statuses(void);
void test_check(void);
void test_forms(void);
void test_directions(void);
void test_guarded(void);
void test_shadows(void);
void test_processors(void);

#define FORM(name) extern const char code_##name[], code_##name##_at[]
FORM(out8); FORM(out16); FORM(out32); FORM(out8_imm); FORM(in8); FORM(in16); FORM(in32); FORM(in8_imm);
FORM(outsb); FORM(rep_outsw); FORM(outsd_fs); FORM(insb); FORM(rep_insd); FORM(rep_insb); FORM(rep_insw); FORM(rep_outsb);
FORM(insb_32); FORM(rep_insb_down); FORM(out_behind_sti); FORM(out_behind_mov_ss);
extern const struct io_form out8_form, in8_form;
