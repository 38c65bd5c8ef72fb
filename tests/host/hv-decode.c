#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hv-decode.h"

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_BYTES 32u

struct row {
    const char *bytes; /* hex, spaces between */
    struct insn insn;  /* without length: it is the number of bytes */
};

#define STORE(size_, reg_)      { .kind = INSN_STORE, .size = (size_), .reg = (reg_) }
#define STORE_HIGH(reg_)        { .kind = INSN_STORE, .size = 1, .reg = (reg_), .high_byte = true }
#define STORE_VALUE(size_, imm) { .kind = INSN_STORE, .size = (size_), .has_immediate = true, .immediate = (imm) }
#define XCHG(size_, reg_)       { .kind = INSN_EXCHANGE, .size = (size_), .reg = (reg_) }
#define XCHG_HIGH(reg_)         { .kind = INSN_EXCHANGE, .size = 1, .reg = (reg_), .high_byte = true }
#define PLAIN(kind_)            { .kind = (kind_) }

static size_t parse(const char *text, uint8_t bytes[MAX_BYTES])
{
    size_t count = 0;
    char *end;

    for (unsigned long byte = strtoul(text, &end, 16); end != text; byte = strtoul(text, &end, 16)) {
        assert_true(count < MAX_BYTES && byte <= 0xFF);
        bytes[count++] = (uint8_t)byte;
        text = end;
    }
    return count;
}

/* Decodes from an allocation of exactly count bytes, so that reading beyond is seen. */
bool decode_exactly(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out)
{
    uint8_t *copy = malloc(count != 0 ? count : 1);

    memcpy(copy, bytes, count);
    bool decoded = insn_decode(copy, count, mode, out);
    free(copy);
    return decoded;
}

static void assert_same_memory(const struct insn_memory *a, const struct insn_memory *b)
{
    assert_int_equal(a->has_base, b->has_base);
    assert_int_equal(a->has_base ? a->base : 0, b->has_base ? b->base : 0);
    assert_int_equal(a->has_index, b->has_index);
    assert_int_equal(a->has_index ? a->index : 0, b->has_index ? b->index : 0);
    assert_int_equal(a->has_index ? a->scale : 0, b->has_index ? b->scale : 0);
    assert_int_equal(a->rip_relative, b->rip_relative);
    assert_int_equal(a->address_bits, b->address_bits);
    assert_int_equal(a->segment, b->segment);
    assert_int_equal(a->displacement, b->displacement);
}

void assert_same_insn(const struct insn *a, const struct insn *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->length, b->length);
    assert_int_equal(a->size, b->size);
    assert_int_equal(a->reg, b->reg);
    assert_int_equal(a->high_byte, b->high_byte);
    assert_int_equal(a->zero_extends, b->zero_extends);
    assert_int_equal(a->has_immediate, b->has_immediate);
    assert_int_equal(a->immediate, b->immediate);
    assert_int_equal(a->control, b->control);
    assert_int_equal(a->memory.is_memory, b->memory.is_memory);
    if (a->memory.is_memory) {
        assert_same_memory(&a->memory, &b->memory);
    }
}

static void check_row(const struct row *row, enum insn_mode mode)
{
    uint8_t bytes[MAX_BYTES + 1];
    size_t count = parse(row->bytes, bytes);
    struct insn expected = row->insn, insn;

    expected.length = (uint8_t)count;
    print_message("%s\n", row->bytes);
    assert_true(decode_exactly(bytes, count, mode, &insn));
    assert_same_insn(&insn, &expected);
    for (size_t shorter = 0; shorter < count; shorter++) {
        assert_false(decode_exactly(bytes, shorter, mode, &insn));
    }
    for (unsigned next = 0; next < 256; next++) { /* what follows is not looked at */
        bytes[count] = (uint8_t)next;
        assert_true(insn_decode(bytes, count + 1, mode, &insn));
        assert_same_insn(&insn, &expected);
    }
}

static void check_rows(const struct row *rows, size_t count, enum insn_mode mode)
{
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i], mode);
    }
}

static void test_loads(void **state)
{
    static const struct row rows[] = {
        { "8A 07", { .kind = INSN_LOAD, .size = 1, .reg = 0 } },
        { "8A 27", { .kind = INSN_LOAD, .size = 1, .reg = 0, .high_byte = true } },
        { "8B 0F", { .kind = INSN_LOAD, .size = 4, .reg = 1 } },
        { "0F B6 27", { .kind = INSN_LOAD, .size = 1, .reg = 4, .zero_extends = true } },
        { "4C 0F B7 07", { .kind = INSN_LOAD, .size = 2, .reg = 8, .zero_extends = true } },
        { "66 0F B6 07", PLAIN(INSN_OTHER) },
        { "0F B6 C1", PLAIN(INSN_OTHER) },
        { "66 8B 0F", { .kind = INSN_LOAD, .size = 2, .reg = 1 } },
        { "4C 8B 47 20", { .kind = INSN_LOAD, .size = 8, .reg = 8 } },
        { "8B 04 25 90 03 E0 FE", { .kind = INSN_LOAD, .size = 4, .reg = 0 } },
        { "A1 90 03 E0 FE 00 00 00 00", { .kind = INSN_LOAD, .size = 4, .reg = 0 } },
    };

    (void)state;
    check_rows(rows, sizeof(rows) / sizeof(rows[0]), INSN_MODE_64);
}

static void test_stores_64(void **state)
{
    static const struct row rows[] = {
        { "88 07", STORE(1, 0) },
        { "88 1F", STORE(1, 3) },
        { "88 27", STORE_HIGH(0) },
        { "88 2F", STORE_HIGH(1) },
        { "88 37", STORE_HIGH(2) },
        { "88 3F", STORE_HIGH(3) },
        { "66 88 27", STORE_HIGH(0) },
        { "40 88 27", STORE(1, 4) }, /* any REX: SPL */
        { "40 88 3F", STORE(1, 7) },
        { "41 88 27", STORE(1, 4) },
        { "48 88 27", STORE(1, 4) },
        { "44 88 27", STORE(1, 12) },
        { "40 66 88 27", STORE_HIGH(0) }, /* a REX that is not last does not count */
        { "89 07", STORE(4, 0) },
        { "89 27", STORE(4, 4) },
        { "66 89 07", STORE(2, 0) },
        { "66 89 3F", STORE(2, 7) },
        { "48 89 07", STORE(8, 0) },
        { "66 48 89 07", STORE(8, 0) },
        { "48 66 89 07", STORE(2, 0) },
        { "4C 66 89 07", STORE(2, 0) },
        { "44 48 89 07", STORE(8, 0) }, /* the last REX counts */
        { "44 89 07", STORE(4, 8) },
        { "4D 89 3F", STORE(8, 15) },
        { "66 45 89 3F", STORE(2, 15) },
        { "89 05 10 00 00 00", STORE(4, 0) },
        { "89 47 10", STORE(4, 0) },
        { "89 8F 10 00 00 00", STORE(4, 1) },
        { "89 44 24 08", STORE(4, 0) },
        { "89 04 25 00 03 E0 FE", STORE(4, 0) },
        { "44 89 AC 8B 00 03 00 00", STORE(4, 13) },
        { "A2 00 03 E0 FE 00 00 00 00", STORE(1, 0) },
        { "A3 00 03 E0 FE 00 00 00 00", STORE(4, 0) },
        { "66 A3 00 03 E0 FE 00 00 00 00", STORE(2, 0) },
        { "48 A3 00 03 E0 FE 00 00 00 00", STORE(8, 0) },
        { "4F A3 00 03 E0 FE 00 00 00 00", STORE(8, 0) }, /* REX.R means nothing here */
        { "44 A2 00 03 E0 FE 00 00 00 00", STORE(1, 0) },
        { "67 A3 00 03 E0 FE", STORE(4, 0) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
}

static void test_immediates_64(void **state)
{
    static const struct row rows[] = {
        { "C6 07 00", STORE_VALUE(1, 0) },
        { "C6 07 80", STORE_VALUE(1, 0x80) },
        { "48 C6 07 FF", STORE_VALUE(1, 0xFF) },
        { "66 C6 07 7F", STORE_VALUE(1, 0x7F) },
        { "C7 07 78 56 34 12", STORE_VALUE(4, 0x12345678) },
        { "C7 07 FF FF FF FF", STORE_VALUE(4, 0xFFFFFFFF) },
        { "66 C7 07 34 12", STORE_VALUE(2, 0x1234) },
        { "66 C7 07 00 80", STORE_VALUE(2, 0x8000) },
        { "48 C7 07 FF FF FF 7F", STORE_VALUE(8, 0x7FFFFFFF) },
        { "48 C7 07 00 00 00 80", STORE_VALUE(8, UINT64_C(0xFFFFFFFF80000000)) },
        { "48 C7 07 FF FF FF FF", STORE_VALUE(8, UINT64_MAX) },
        { "66 48 C7 07 FE FF FF FF", STORE_VALUE(8, UINT64_MAX - 1) },
        { "C7 05 10 00 00 00 01 00 00 00", STORE_VALUE(4, 1) },
        { "C7 04 25 B0 00 E0 FE 00 00 00 00", STORE_VALUE(4, 0) },
        { "49 C7 84 8F B0 00 00 00 05 00 00 00", STORE_VALUE(8, 5) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
}

static void test_exchanges_64(void **state)
{
    static const struct row rows[] = {
        { "86 07", XCHG(1, 0) },
        { "86 27", XCHG_HIGH(0) },
        { "86 3F", XCHG_HIGH(3) },
        { "40 86 3F", XCHG(1, 7) },
        { "87 07", XCHG(4, 0) },
        { "66 87 07", XCHG(2, 0) },
        { "48 87 07", XCHG(8, 0) },
        { "4C 87 3F", XCHG(8, 15) },
        { "F0 87 07", XCHG(4, 0) },
        { "F0 86 27", XCHG_HIGH(0) },
        { "F0 48 87 07", XCHG(8, 0) },
        { "F2 F0 87 07", XCHG(4, 0) }, /* XACQUIRE, XRELEASE: hints */
        { "F3 87 07", XCHG(4, 0) },
        { "87 04 25 00 03 E0 FE", XCHG(4, 0) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
}

static void test_prefixes_that_change_nothing(void **state)
{
    static const struct row rows[] = {
        { "26 89 07", STORE(4, 0) },
        { "2E 89 07", STORE(4, 0) },
        { "36 89 07", STORE(4, 0) },
        { "3E 89 07", STORE(4, 0) },
        { "64 89 07", STORE(4, 0) },
        { "65 89 07", STORE(4, 0) },
        { "65 64 2E 48 89 07", STORE(8, 0) },
        { "67 89 07", STORE(4, 0) },
        { "67 67 65 67 89 07", STORE(4, 0) },
        { "66 66 89 07", STORE(2, 0) },
        { "66 2E 66 89 07", STORE(2, 0) },
        { "F3 89 07", STORE(4, 0) },
        { "F2 89 07", STORE(4, 0) },
        { "F2 66 89 07", STORE(2, 0) },
        { "F3 C7 07 01 00 00 00", STORE_VALUE(4, 1) },
        { "65 67 F0 87 07", XCHG(4, 0) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
}

static void test_other_forms_64(void **state)
{
    static const char *const rows[] = {
        "88 C7", "89 C7", "48 89 C7", "C6 C0 01", "C7 C0 01 00 00 00", "86 C7", "87 C7", "90", "97", "48 97", "F3 90",
        "8A C0", "8B C1", "8C 07", "8E 07",
        "B0 01", "B8 01 00 00 00", "48 B8 01 00 00 00 00 00 00 00", "0F 20 C0", "44 0F 20 C0", "0F 23 C0", "01 07", "F0 01 07",
        "FF 37", "8F 07", "AA", "F3 AB", "A4", "0F C1 07", "0F B1 07", "F0 0F B1 07", "0F C3 07", "0F 11 07", "66 0F 7F 07",
        "0F 7F 07", "C5 F8 11 07", "0F 38 F1 07", "C7 F8 00 00 00 00", "C6 F8 00", "0F 0B", "0F 01 D8", "0F 01 C1", "0F 01 D0",
        "0F 31", "0F 01 F9", "0F AE 38", "CC", "0F 05", "E4 60", "EE", "F1",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        check_row(&(struct row){ .bytes = rows[i], .insn = PLAIN(INSN_OTHER) }, INSN_MODE_64);
    }
}

#define TO_CR(control_, reg_) { .kind = INSN_MOV_TO_CR, .control = (control_), .reg = (reg_) }
#define WITH(kind_, size_, ...) { .kind = (kind_), .size = (size_), .memory = { .is_memory = true, __VA_ARGS__ } }
#define STRING(kind_, base_, segment_, bits_) WITH(kind_, 0, BASE(base_), .segment = (segment_), .address_bits = (bits_))
#define BASE(base_) .has_base = true, .base = (base_)
#define INDEX(index_, scale_) .has_index = true, .index = (index_), .scale = (scale_)

static void test_system_registers_64(void **state)
{
    static const struct row rows[] = {
        { "0F 22 C0", TO_CR(0, 0) }, { "0F 22 E7", TO_CR(4, 7) }, { "41 0F 22 C7", TO_CR(0, 15) }, { "44 0F 22 C1", TO_CR(8, 1) },
        { "45 0F 22 C7", TO_CR(8, 15) },
        { "0F 06", PLAIN(INSN_CLTS) },
        { "0F 01 F3", { .kind = INSN_LMSW, .size = 4, .reg = 3 } }, { "41 0F 01 F1", { .kind = INSN_LMSW, .size = 4, .reg = 9 } },
        { "0F 00 D0", { .kind = INSN_LLDT, .size = 4, .reg = 0 } }, { "41 0F 00 D8", { .kind = INSN_LTR, .size = 4, .reg = 8 } },
        { "0F 00 C3", { .kind = INSN_SLDT, .size = 4, .reg = 3 } }, { "66 0F 00 C3", { .kind = INSN_SLDT, .size = 2, .reg = 3 } },
        { "48 0F 00 CB", { .kind = INSN_STR, .size = 8, .reg = 3 } },
        { "0F 01 10", WITH(INSN_LGDT, 8, BASE(0), .address_bits = 64, .segment = INSN_DS) },
        { "0F 01 1F", WITH(INSN_LIDT, 8, BASE(7), .address_bits = 64, .segment = INSN_DS) },
        { "0F 01 45 80", WITH(INSN_SGDT, 8, BASE(5), .address_bits = 64, .segment = INSN_SS, .displacement = -128) },
        { "41 0F 01 4D 10", WITH(INSN_SIDT, 8, BASE(13), .address_bits = 64, .segment = INSN_DS, .displacement = 16) },
        { "0F 01 15 F0 FF FF FF", WITH(INSN_LGDT, 8, .rip_relative = true, .address_bits = 64, .segment = INSN_DS, .displacement = -16) },
        { "0F 01 54 24 04", WITH(INSN_LGDT, 8, BASE(4), .address_bits = 64, .segment = INSN_SS, .displacement = 4) },
        { "43 0F 01 94 88 1C 09 00 00", WITH(INSN_LGDT, 8, BASE(8), INDEX(9, 2), .address_bits = 64, .segment = INSN_DS,
                                             .displacement = 0x91C) },
        { "41 0F 01 14 24", WITH(INSN_LGDT, 8, BASE(12), .address_bits = 64, .segment = INSN_DS) },
        { "42 0F 01 14 E5 40 00 00 00", WITH(INSN_LGDT, 8, INDEX(12, 3), .address_bits = 64, .segment = INSN_DS, .displacement = 64) },
        { "65 0F 01 14 25 40 00 00 00", WITH(INSN_LGDT, 8, .address_bits = 64, .segment = INSN_GS, .displacement = 64) },
        { "64 0F 01 10", WITH(INSN_LGDT, 8, BASE(0), .address_bits = 64, .segment = INSN_FS) },
        { "36 0F 01 10", WITH(INSN_LGDT, 8, BASE(0), .address_bits = 64, .segment = INSN_DS) },
        { "67 0F 01 10", WITH(INSN_LGDT, 8, BASE(0), .address_bits = 32, .segment = INSN_DS) },
        { "6C", STRING(INSN_INS, 7, INSN_ES, 64) }, { "66 6D", STRING(INSN_INS, 7, INSN_ES, 64) },
        { "F3 6D", STRING(INSN_INS, 7, INSN_ES, 64) }, { "64 6D", STRING(INSN_INS, 7, INSN_ES, 64) },
        { "67 6C", STRING(INSN_INS, 7, INSN_ES, 32) },
        { "6E", STRING(INSN_OUTS, 6, INSN_DS, 64) }, { "F3 66 6F", STRING(INSN_OUTS, 6, INSN_DS, 64) },
        { "65 6F", STRING(INSN_OUTS, 6, INSN_GS, 64) }, { "2E 6F", STRING(INSN_OUTS, 6, INSN_DS, 64) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
}

static void test_system_registers_32_and_16(void **state)
{
    static const struct row rows_32[] = {
        { "0F 01 10", WITH(INSN_LGDT, 4, BASE(0), .address_bits = 32, .segment = INSN_DS) },
        { "66 0F 01 18", WITH(INSN_LIDT, 2, BASE(0), .address_bits = 32, .segment = INSN_DS) },
        { "0F 01 15 00 10 00 00", WITH(INSN_LGDT, 4, .address_bits = 32, .segment = INSN_DS, .displacement = 0x1000) },
        { "2E 0F 01 55 08", WITH(INSN_LGDT, 4, BASE(5), .address_bits = 32, .segment = INSN_CS, .displacement = 8) },
        { "2E 6F", STRING(INSN_OUTS, 6, INSN_CS, 32) }, { "26 6C", STRING(INSN_INS, 7, INSN_ES, 32) },
        { "67 6D", STRING(INSN_INS, 7, INSN_ES, 16) },
    };
    static const struct row rows_16[] = {
        { "0F 01 10", WITH(INSN_LGDT, 2, BASE(3), INDEX(6, 0), .address_bits = 16, .segment = INSN_DS) },
        { "66 0F 01 16 34 12", WITH(INSN_LGDT, 4, .address_bits = 16, .segment = INSN_DS, .displacement = 0x1234) },
        { "0F 01 5E 02", WITH(INSN_LIDT, 2, BASE(5), .address_bits = 16, .segment = INSN_SS, .displacement = 2) },
        { "0F 01 1B", WITH(INSN_LIDT, 2, BASE(5), INDEX(7, 0), .address_bits = 16, .segment = INSN_SS) },
        { "26 0F 01 17", WITH(INSN_LGDT, 2, BASE(3), .address_bits = 16, .segment = INSN_ES) },
    };

    (void)state;
    check_rows(rows_32, LENGTH(rows_32), INSN_MODE_32);
    check_rows(rows_16, LENGTH(rows_16), INSN_MODE_16);
}

static void test_no_instruction(void **state)
{
    static const struct { const char *bytes; enum insn_mode mode; } rows[] = {
        { "F0 89 07", INSN_MODE_64 }, /* LOCK is for XCHG alone */
        { "F0 88 07", INSN_MODE_32 },
        { "F0 C6 07 01", INSN_MODE_64 },
        { "F0 C7 07 01 00 00 00", INSN_MODE_64 },
        { "F0 A3 00 00 00 00 00 00 00 00", INSN_MODE_64 },
        { "F0 87 C7", INSN_MODE_64 },
        { "F0 0F A2", INSN_MODE_64 },
        { "F0 0F 30", INSN_MODE_64 },
        { "F0 F4", INSN_MODE_16 },
        { "C7 0F 01 00 00 00", INSN_MODE_64 }, /* C6, C7: only /0 is MOV */
        { "C6 3F 01", INSN_MODE_64 },
        { "06", INSN_MODE_64 },
        { "62 07", INSN_MODE_64 },
        { "0F 04", INSN_MODE_64 },
    };
    uint8_t bytes[MAX_BYTES] = { 0 };
    struct insn insn;

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        print_message("%s\n", rows[i].bytes);
        assert_false(insn_decode(bytes, parse(rows[i].bytes, bytes), rows[i].mode, &insn));
    }
}

static void test_no_operands(void **state)
{
    static const struct row rows[] = {
        { "0F A2", PLAIN(INSN_CPUID) },
        { "0F 32", PLAIN(INSN_RDMSR) },
        { "0F 30", PLAIN(INSN_WRMSR) },
        { "0F 01 D9", PLAIN(INSN_VMMCALL) },
        { "F4", PLAIN(INSN_HLT) },
        { "0F 08", PLAIN(INSN_INVD) },
        { "0F 09", PLAIN(INSN_WBINVD) },
        { "0F 01 D1", PLAIN(INSN_XSETBV) },
        { "66 0F A2", PLAIN(INSN_CPUID) },
        { "67 0F 32", PLAIN(INSN_RDMSR) },
        { "2E 0F 30", PLAIN(INSN_WRMSR) },
        { "65 66 67 F4", PLAIN(INSN_HLT) },
        { "3E 0F 08", PLAIN(INSN_INVD) },
        { "66 0F 09", PLAIN(INSN_WBINVD) },
        { "F3 0F 09", PLAIN(INSN_WBINVD) }, /* WBNOINVD: the same intercept */
        { "2E 0F 01 D9", PLAIN(INSN_VMMCALL) },
        { "67 0F 01 D1", PLAIN(INSN_XSETBV) },
    };
    static const struct row rex[] = {
        { "48 0F A2", PLAIN(INSN_CPUID) },
        { "4F 0F 32", PLAIN(INSN_RDMSR) },
        { "48 0F 30", PLAIN(INSN_WRMSR) },
        { "48 0F 01 D9", PLAIN(INSN_VMMCALL) },
        { "66 41 F4", PLAIN(INSN_HLT) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_16);
    check_rows(rows, LENGTH(rows), INSN_MODE_32);
    check_rows(rows, LENGTH(rows), INSN_MODE_64);
    check_rows(rex, LENGTH(rex), INSN_MODE_64);
}

static void test_32(void **state)
{
    static const struct row rows[] = {
        { "88 27", STORE_HIGH(0) },
        { "88 1F", STORE(1, 3) },
        { "89 07", STORE(4, 0) },
        { "66 89 07", STORE(2, 0) },
        { "89 05 00 03 E0 FE", STORE(4, 0) },
        { "67 89 07", STORE(4, 0) },
        { "67 89 06 34 12", STORE(4, 0) },
        { "A2 00 03 E0 FE", STORE(1, 0) },
        { "A3 00 03 E0 FE", STORE(4, 0) },
        { "66 A3 00 03 E0 FE", STORE(2, 0) },
        { "67 A3 34 12", STORE(4, 0) },
        { "C6 07 80", STORE_VALUE(1, 0x80) },
        { "C7 05 00 03 E0 FE 00 00 00 80", STORE_VALUE(4, 0x80000000) },
        { "66 C7 07 FF FF", STORE_VALUE(2, 0xFFFF) },
        { "64 C7 07 01 00 00 00", STORE_VALUE(4, 1) },
        { "87 3F", XCHG(4, 7) },
        { "F0 87 3F", XCHG(4, 7) },
        { "86 3F", XCHG_HIGH(3) },
        { "48", PLAIN(INSN_OTHER) }, /* DEC EAX: no REX here */
        { "44", PLAIN(INSN_OTHER) },
        { "89 C7", PLAIN(INSN_OTHER) },
        { "8C 07", PLAIN(INSN_OTHER) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_32);
}

static void test_16(void **state)
{
    static const struct row rows[] = {
        { "88 27", STORE_HIGH(0) },
        { "89 07", STORE(2, 0) },
        { "66 89 07", STORE(4, 0) },
        { "67 89 07", STORE(2, 0) },
        { "67 66 89 05 00 03 E0 FE", STORE(4, 0) },
        { "26 67 66 89 05 00 03 E0 FE", STORE(4, 0) },
        { "89 06 34 12", STORE(2, 0) },
        { "A2 34 12", STORE(1, 0) },
        { "A3 34 12", STORE(2, 0) },
        { "66 A3 34 12", STORE(4, 0) },
        { "67 66 A3 00 03 E0 FE", STORE(4, 0) },
        { "C6 06 34 12 80", STORE_VALUE(1, 0x80) },
        { "C7 06 34 12 78 96", STORE_VALUE(2, 0x9678) },
        { "66 C7 06 34 12 78 56 34 92", STORE_VALUE(4, 0x92345678) },
        { "87 07", XCHG(2, 0) },
        { "66 F0 87 07", XCHG(4, 0) },
        { "89 C7", PLAIN(INSN_OTHER) },
        { "48", PLAIN(INSN_OTHER) },
    };

    (void)state;
    check_rows(rows, LENGTH(rows), INSN_MODE_16);
}

/* Prefixes up to 15 bytes in all are legal, one more is not, however many bytes are given. */
static void test_length_limit(void **state)
{
    static const char *const rows[] = { "89 07", "0F A2", "F4", "48 C7 07 FF FF FF FF", "A3 00 03 E0 FE 00 00 00 00" };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t tail[MAX_BYTES], bytes[MAX_BYTES];
        size_t count = parse(rows[i], tail);
        struct insn insn;

        memset(bytes, 0x2E, sizeof(bytes));
        memcpy(bytes + INSN_MAX_LENGTH - count, tail, count);
        assert_true(decode_exactly(bytes, INSN_MAX_LENGTH, INSN_MODE_64, &insn));
        assert_int_equal(insn.length, INSN_MAX_LENGTH);
        assert_false(decode_exactly(bytes, INSN_MAX_LENGTH - 1, INSN_MODE_64, &insn));
        memset(bytes, 0x2E, sizeof(bytes));
        memcpy(bytes + INSN_MAX_LENGTH + 1 - count, tail, count);
        assert_false(insn_decode(bytes, INSN_MAX_LENGTH + 1, INSN_MODE_64, &insn));
        assert_false(insn_decode(bytes, MAX_BYTES, INSN_MODE_64, &insn));
    }
}

static void test_prefixes_without_an_end(void **state)
{
    static const uint8_t prefixes[] = { 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x65, 0x48 };
    uint8_t bytes[MAX_BYTES];
    struct insn insn;

    (void)state;
    for (size_t i = 0; i < LENGTH(prefixes); i++) {
        memset(bytes, prefixes[i], sizeof(bytes));
        for (size_t count = 0; count <= MAX_BYTES; count++) {
            assert_false(decode_exactly(bytes, count, INSN_MODE_64, &insn));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads),
        cmocka_unit_test(test_stores_64),
        cmocka_unit_test(test_immediates_64),
        cmocka_unit_test(test_exchanges_64),
        cmocka_unit_test(test_prefixes_that_change_nothing),
        cmocka_unit_test(test_other_forms_64),
        cmocka_unit_test(test_system_registers_64), cmocka_unit_test(test_system_registers_32_and_16),
        cmocka_unit_test(test_no_instruction),
        cmocka_unit_test(test_no_operands),
        cmocka_unit_test(test_32),
        cmocka_unit_test(test_16),
        cmocka_unit_test(test_length_limit),
        cmocka_unit_test(test_prefixes_without_an_end),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
