/*
 * Instruction decoding (F20): one path for both vendors, over a private copy
 * of at most 15 bytes. Zydis' minimal decoder does the work; this object maps
 * its answer to the few forms the hypervisor emulates or skips.
 */
#pragma once

#include <hv/types.h>

#define INSN_MAX_LENGTH 15u

enum insn_mode { INSN_MODE_16, INSN_MODE_32, INSN_MODE_64 };

enum insn_kind {
    INSN_OTHER = 0,  /* decoded, but not a form that is emulated */
    INSN_CPUID, INSN_RDMSR, INSN_WRMSR, INSN_VMMCALL, INSN_HLT, INSN_INVD, INSN_WBINVD, INSN_XSETBV,
    INSN_STORE,      /* MOV memory, register or immediate */
    INSN_SET_CR8,    /* MOV CR8, register */
    INSN_LOAD,       /* MOV register, memory */
    INSN_EXCHANGE,   /* XCHG memory, register: stores the register, loads the old value */
};

struct insn {
    enum insn_kind kind;
    uint8_t length;       /* bytes, 1..15 */
    uint8_t size;         /* STORE, LOAD, EXCHANGE: operand bytes: 1, 2, 4 or 8 */
    bool has_immediate;   /* STORE: value is in immediate, else in the register */
    bool high_byte;       /* the register is AH, CH, DH or BH (then reg is 0..3) */
    uint8_t reg;          /* 0..15 in the order RAX RCX RDX RBX RSP RBP RSI RDI R8.. */
    uint64_t immediate;   /* sign-extended to size as the instruction does */
};

/* False: the bytes are no complete, valid instruction in this mode. */
bool insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out);
