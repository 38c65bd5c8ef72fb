/* Skipping and decoding the instruction that caused an exit (F20). */
#pragma once

#include <hv/cpu.h>

/*
 * The length of the instruction the exit names. False: the bytes at RIP are no
 * such instruction (another processor changed them): the guest is entered again.
 */
bool instruction_length(struct cpu *cpu, unsigned *length);

/*
 * Moves RIP of the active VTL past the instruction the exit names. False: the
 * bytes there are no such instruction (another processor changed them):
 * nothing is done and the guest is entered again.
 */
bool instruction_skip(struct cpu *cpu);

/* Which of them CS and EFER select for the active VTL. */
enum insn_mode instruction_mode(const struct cpu *cpu);

/* Fetches and decodes the instruction at RIP of the active VTL. */
bool instruction_decode(struct cpu *cpu, struct insn *out);

/* Where RIP of the active VTL is behind an instruction of that length, in its mode. */
uint64_t instruction_end(const struct cpu *cpu, unsigned length);

/* Length found by the decoder: moves RIP on. */
void instruction_advance(struct cpu *cpu, unsigned length);

/* What a store or an exchange has to give, of which its size counts; and what a load or an exchange leaves in its register. */
uint64_t instruction_source(const struct cpu *cpu, const struct insn *insn);
void instruction_give(struct cpu *cpu, const struct insn *insn, uint64_t value);

/* A general register of the active VTL, RSP included. */
uint64_t cpu_gpr(const struct cpu *cpu, unsigned reg);
void cpu_set_gpr(struct cpu *cpu, unsigned reg, uint64_t value);
