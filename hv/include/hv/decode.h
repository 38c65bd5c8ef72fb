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
    INSN_LOAD,       /* MOV register, memory; MOVZX to 32 or 64 bits */
    INSN_EXCHANGE,   /* XCHG memory, register: stores the register, loads the old value */
    INSN_MOV_TO_CR,  /* control register number in control, register in reg */
    INSN_CLTS,
    INSN_INS, INSN_OUTS, /* memory at rDI in ES; at rSI in DS or another */
    /* These have an operand: a register in reg, or memory. */
    INSN_LMSW, INSN_LGDT, INSN_LIDT, INSN_LLDT, INSN_LTR, INSN_SGDT, INSN_SIDT, INSN_SLDT, INSN_STR,
};

/* Segment overrides and defaults, in the order of enum vsegment. */
enum insn_segment { INSN_ES, INSN_CS, INSN_SS, INSN_DS, INSN_FS, INSN_GS };

/* Where an operand lies: base + (index << scale) + displacement, cut to address_bits, in the segment. */
struct insn_memory {
    bool is_memory;
    bool has_base, has_index, rip_relative;
    uint8_t base, index, scale;
    uint8_t address_bits;  /* 16, 32 or 64 */
    enum insn_segment segment;
    int64_t displacement;
};

struct insn {
    enum insn_kind kind;
    uint8_t length;       /* bytes, 1..15 */
    uint8_t size;         /* STORE, LOAD, EXCHANGE, tables: operand bytes: 1, 2, 4 or 8 */
    bool has_immediate;   /* STORE: value is in immediate, else in the register */
    bool zero_extends;    /* LOAD: size is memory's, and the register gets zeros above */
    bool high_byte;       /* the register is AH, CH, DH or BH (then reg is 0..3) */
    uint8_t reg;          /* 0..15 in the order RAX RCX RDX RBX RSP RBP RSI RDI R8.. */
    uint64_t immediate;   /* sign-extended to size as the instruction does */
    uint8_t control;      /* MOV_TO_CR */
    struct insn_memory memory;
};

/* False: the bytes are no complete, valid instruction in this mode. */
bool insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out);
