/*
 * Zydis' minimal decoder tells lengths, opcodes and raw fields, not operands;
 * those of the few forms that are emulated are read off the raw fields here
 * (AMD APM vol. 3, "Instruction Encoding").
 */
#include <hv/decode.h>

#include <Zydis/Decoder.h>

/* ModRM.reg values that name AH, CH, DH and BH in a byte instruction without REX. */
#define FIRST_HIGH_BYTE 4u

static bool zydis_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, ZydisDecodedInstruction *raw)
{
    /* 16-bit code is decoded as protected mode's: what real mode lacks is #UD there before any intercept. */
    static const struct {
        ZydisMachineMode machine;
        ZydisStackWidth stack;
    } modes[] = {
        [INSN_MODE_16] = { .machine = ZYDIS_MACHINE_MODE_LEGACY_16, .stack = ZYDIS_STACK_WIDTH_16 },
        [INSN_MODE_32] = { .machine = ZYDIS_MACHINE_MODE_LEGACY_32, .stack = ZYDIS_STACK_WIDTH_32 },
        [INSN_MODE_64] = { .machine = ZYDIS_MACHINE_MODE_LONG_64, .stack = ZYDIS_STACK_WIDTH_64 },
    };
    ZydisDecoder decoder;

    return ZYAN_SUCCESS(ZydisDecoderInit(&decoder, modes[mode].machine, modes[mode].stack)) &&
           ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, NULL, bytes, count, raw));
}

/* Instructions that their name tells. Those from INSN_LMSW on have an operand. */
static enum insn_kind kind_by_name(ZydisMnemonic mnemonic)
{
    static const struct {
        ZydisMnemonic mnemonic;
        enum insn_kind kind;
    } names[] = {
        { ZYDIS_MNEMONIC_CPUID, INSN_CPUID }, { ZYDIS_MNEMONIC_RDMSR, INSN_RDMSR }, { ZYDIS_MNEMONIC_WRMSR, INSN_WRMSR },
        { ZYDIS_MNEMONIC_VMMCALL, INSN_VMMCALL }, { ZYDIS_MNEMONIC_HLT, INSN_HLT }, { ZYDIS_MNEMONIC_INVD, INSN_INVD },
        { ZYDIS_MNEMONIC_WBINVD, INSN_WBINVD }, { ZYDIS_MNEMONIC_XSETBV, INSN_XSETBV }, { ZYDIS_MNEMONIC_CLTS, INSN_CLTS },
        { ZYDIS_MNEMONIC_LMSW, INSN_LMSW }, { ZYDIS_MNEMONIC_LGDT, INSN_LGDT }, { ZYDIS_MNEMONIC_LIDT, INSN_LIDT },
        { ZYDIS_MNEMONIC_LLDT, INSN_LLDT }, { ZYDIS_MNEMONIC_LTR, INSN_LTR }, { ZYDIS_MNEMONIC_SGDT, INSN_SGDT },
        { ZYDIS_MNEMONIC_SIDT, INSN_SIDT }, { ZYDIS_MNEMONIC_SLDT, INSN_SLDT }, { ZYDIS_MNEMONIC_STR, INSN_STR },
        { ZYDIS_MNEMONIC_INSB, INSN_INS }, { ZYDIS_MNEMONIC_INSW, INSN_INS }, { ZYDIS_MNEMONIC_INSD, INSN_INS },
        { ZYDIS_MNEMONIC_OUTSB, INSN_OUTS }, { ZYDIS_MNEMONIC_OUTSW, INSN_OUTS }, { ZYDIS_MNEMONIC_OUTSD, INSN_OUTS },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].mnemonic == mnemonic) {
            return names[i].kind;
        }
    }
    return INSN_OTHER;
}

/* Bit 0 of all emulated opcodes: 0 for bytes, 1 for the operand size. */
static uint8_t operand_size(const ZydisDecodedInstruction *raw)
{
    return (raw->opcode & 1) == 0 ? 1 : raw->operand_width / 8;
}

static void set_register(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    bool has_rex = (raw->attributes & ZYDIS_ATTRIB_HAS_REX) != 0;

    insn->reg = raw->raw.modrm.reg;
    if (has_rex) {
        insn->reg |= (uint8_t)(raw->raw.rex.R << 3);
    } else if (insn->size == 1 && insn->reg >= FIRST_HIGH_BYTE) {
        insn->high_byte = true;
        insn->reg -= FIRST_HIGH_BYTE;
    }
}

/* The value to store; bits above size are zero. */
static void set_immediate(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    uint64_t value = raw->raw.imm[0].value.u;

    if (insn->size == 8) {
        value = (uint64_t)(int64_t)(int32_t)value; /* REX.W: still four bytes, sign-extended */
    } else {
        value &= (UINT64_C(1) << (insn->size * 8)) - 1;
    }
    insn->has_immediate = true;
    insn->immediate = value;
}

static void classify_mov(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    bool in_memory = raw->raw.modrm.mod != 3;

    switch (raw->opcode) {
    case 0xA2: case 0xA3: /* offset in the instruction, from AL/AX/EAX/RAX; no ModRM */
        insn->kind = INSN_STORE;
        insn->size = operand_size(raw);
        break;
    case 0xA0: case 0xA1:
        insn->kind = INSN_LOAD;
        insn->size = operand_size(raw);
        break;
    case 0x88: case 0x89: case 0x8A: case 0x8B:
        if (in_memory) {
            insn->kind = raw->opcode < 0x8A ? INSN_STORE : INSN_LOAD;
            insn->size = operand_size(raw);
            set_register(insn, raw);
        }
        break;
    case 0xC6: case 0xC7:
        if (in_memory) {
            insn->kind = INSN_STORE;
            insn->size = operand_size(raw);
            set_immediate(insn, raw);
        }
        break;
    default:
        break;
    }
}

/* "MOVZX": 0F B6 of bytes, 0F B7 of words. To 16 bits it is not emulated. */
static void classify_movzx(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    if (raw->raw.modrm.mod != 3 && raw->operand_width >= 32) {
        insn->kind = INSN_LOAD;
        insn->size = (raw->opcode & 1) == 0 ? 1 : 2;
        insn->zero_extends = true;
        insn->reg = raw->raw.modrm.reg | (uint8_t)(raw->raw.rex.R << 3);
    }
}

/* "MOV CRn". (AMD's LOCK MOV CR0 for CR8 is not known to Zydis.) */
static void classify_mov_to_control(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    insn->kind = INSN_MOV_TO_CR;
    insn->control = raw->raw.modrm.reg | (uint8_t)(raw->raw.rex.R << 3);
    insn->reg = raw->raw.modrm.rm | (uint8_t)(raw->raw.rex.B << 3);
}

static void classify_xchg(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    /* 90-97 are the forms without ModRM. */
    if ((raw->opcode == 0x86 || raw->opcode == 0x87) && raw->raw.modrm.mod != 3) {
        insn->kind = INSN_EXCHANGE;
        insn->size = operand_size(raw);
        set_register(insn, raw);
    }
}

/* "ModRM and SIB Bytes": rm or SIB.base 5 without displacement is no register, SIB.index 4 no index. */
static void set_wide_memory(struct insn_memory *memory, const ZydisDecodedInstruction *raw, enum insn_mode mode)
{
    bool has_sib = raw->raw.modrm.rm == 4;
    uint8_t base = has_sib ? raw->raw.sib.base : raw->raw.modrm.rm;

    memory->has_base = base != 5 || raw->raw.modrm.mod != 0;
    memory->rip_relative = !memory->has_base && !has_sib && mode == INSN_MODE_64;
    memory->segment = memory->has_base && (base | raw->raw.rex.B << 3 | 1) == 5 ? INSN_SS : INSN_DS;
    memory->base = base | (uint8_t)(raw->raw.rex.B << 3);
    memory->index = raw->raw.sib.index | (uint8_t)(raw->raw.rex.X << 3);
    memory->has_index = has_sib && memory->index != 4;
    memory->scale = raw->raw.sib.scale;
}

/* "16-Bit Address Computation": BX, BP with SI, DI. */
static void set_narrow_memory(struct insn_memory *memory, const ZydisDecodedInstruction *raw)
{
    enum { BX = 3, BP = 5, SI = 6, DI = 7 };
    static const struct { uint8_t base, index; bool has_index; } forms[8] = {
        { BX, SI, true }, { BX, DI, true }, { BP, SI, true }, { BP, DI, true }, { SI, 0, false }, { DI, 0, false },
        { BP, 0, false }, { BX, 0, false },
    };

    memory->has_base = raw->raw.modrm.rm != 6 || raw->raw.modrm.mod != 0;
    memory->base = forms[raw->raw.modrm.rm].base;
    memory->has_index = forms[raw->raw.modrm.rm].has_index;
    memory->index = forms[raw->raw.modrm.rm].index;
    memory->segment = memory->has_base && memory->base == BP ? INSN_SS : INSN_DS;
}

/* The last override counts; 64-bit mode knows those of FS and GS only. (Zydis tells them for some instructions only.) */
static void override_segment(struct insn_memory *memory, const ZydisDecodedInstruction *raw, enum insn_mode mode)
{
    static const uint8_t overrides[] = {
        [INSN_ES] = 0x26, [INSN_CS] = 0x2E, [INSN_SS] = 0x36, [INSN_DS] = 0x3E, [INSN_FS] = 0x64, [INSN_GS] = 0x65,
    };

    for (unsigned i = 0; i < raw->raw.prefix_count; i++) {
        for (enum insn_segment segment = mode == INSN_MODE_64 ? INSN_FS : INSN_ES; segment <= INSN_GS; segment++) {
            if (raw->raw.prefixes[i].value == overrides[segment]) {
                memory->segment = segment;
            }
        }
    }
}

/* "INS", "OUTS": the segment of the first is ES always. */
static void set_string_operand(struct insn *insn, const ZydisDecodedInstruction *raw, enum insn_mode mode)
{
    enum { SI = 6, DI = 7 };
    bool in = insn->kind == INSN_INS;

    insn->memory = (struct insn_memory){
        .is_memory = true, .has_base = true, .base = in ? DI : SI, .segment = in ? INSN_ES : INSN_DS,
        .address_bits = raw->address_width,
    };
    if (!in) {
        override_segment(&insn->memory, raw, mode);
    }
}

static void set_operand(struct insn *insn, const ZydisDecodedInstruction *raw, enum insn_mode mode)
{
    insn->size = raw->operand_width / 8;
    if (raw->raw.modrm.mod == 3) {
        insn->reg = raw->raw.modrm.rm | (uint8_t)(raw->raw.rex.B << 3);
        return;
    }
    insn->memory.is_memory = true;
    insn->memory.address_bits = raw->address_width;
    insn->memory.displacement = raw->raw.disp.value;
    if (raw->address_width == 16) {
        set_narrow_memory(&insn->memory, raw);
    } else {
        set_wide_memory(&insn->memory, raw, mode);
    }
    override_segment(&insn->memory, raw, mode);
}

bool insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out)
{
    ZydisDecodedInstruction raw;

    *out = (struct insn){ .kind = INSN_OTHER };
    if (!zydis_decode(bytes, count, mode, &raw)) {
        return false;
    }
    out->kind = kind_by_name(raw.mnemonic);
    out->length = raw.length;
    if (raw.mnemonic == ZYDIS_MNEMONIC_MOV && raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
        classify_mov(out, &raw);
    } else if (raw.mnemonic == ZYDIS_MNEMONIC_MOV && raw.opcode_map == ZYDIS_OPCODE_MAP_0F && raw.opcode == 0x22) {
        classify_mov_to_control(out, &raw);
    } else if (raw.mnemonic == ZYDIS_MNEMONIC_MOVZX && raw.opcode_map == ZYDIS_OPCODE_MAP_0F) {
        classify_movzx(out, &raw);
    } else if (raw.mnemonic == ZYDIS_MNEMONIC_XCHG) {
        classify_xchg(out, &raw);
    } else if (out->kind == INSN_INS || out->kind == INSN_OUTS) {
        set_string_operand(out, &raw, mode);
    } else if (out->kind >= INSN_LMSW) {
        set_operand(out, &raw, mode);
    }
    return true;
}
