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

static enum insn_kind kind_without_operands(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_CPUID:
        return INSN_CPUID;
    case ZYDIS_MNEMONIC_RDMSR:
        return INSN_RDMSR;
    case ZYDIS_MNEMONIC_WRMSR:
        return INSN_WRMSR;
    case ZYDIS_MNEMONIC_VMMCALL:
        return INSN_VMMCALL;
    case ZYDIS_MNEMONIC_HLT:
        return INSN_HLT;
    case ZYDIS_MNEMONIC_INVD:
        return INSN_INVD;
    case ZYDIS_MNEMONIC_WBINVD:
        return INSN_WBINVD;
    case ZYDIS_MNEMONIC_XSETBV:
        return INSN_XSETBV;
    default:
        return INSN_OTHER;
    }
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

/* "MOV CRn": REX.R makes it 8 and above; so does LOCK on AMD's processors. */
static void classify_mov_to_control(struct insn *insn, const ZydisDecodedInstruction *raw)
{
    bool extended = raw->raw.rex.R != 0 || (raw->attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0;

    if (raw->opcode == 0x22 && raw->raw.modrm.reg == 0 && extended) {
        insn->kind = INSN_SET_CR8;
        insn->reg = (uint8_t)(raw->raw.modrm.rm | raw->raw.rex.B << 3);
    }
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

bool insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out)
{
    ZydisDecodedInstruction raw;

    *out = (struct insn){ .kind = INSN_OTHER };
    if (!zydis_decode(bytes, count, mode, &raw)) {
        return false;
    }
    out->kind = kind_without_operands(raw.mnemonic);
    out->length = raw.length;
    if (raw.mnemonic == ZYDIS_MNEMONIC_MOV && raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
        classify_mov(out, &raw);
    } else if (raw.mnemonic == ZYDIS_MNEMONIC_MOV && raw.opcode_map == ZYDIS_OPCODE_MAP_0F) {
        classify_mov_to_control(out, &raw);
    } else if (raw.mnemonic == ZYDIS_MNEMONIC_XCHG) {
        classify_xchg(out, &raw);
    }
    return true;
}
