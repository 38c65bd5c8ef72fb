/* Every way to hand a hypercall its parameters: 64-bit and 32-bit callers, memory, general and XMM registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/partition.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define INPUT   UINT64_C(0x20000)
#define OUTPUT  UINT64_C(0x21000)
#define VMMCALL "\x0F\x01\xD9"
#define ONE     (HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1))

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    bench_active(cpu)->reg[VREG_CR4] |= CR4_OSFXSR;
    memset(bench_xmm, 0xEE, sizeof(bench_xmm));
    return 0;
}

static int start_32(void **state)
{
    start(state);
    bench_active(cpu)->segment[VSEG_CS].attributes = 0xC09B; /* compatibility mode */
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void execute(void)
{
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, VMMCALL, 3);
    handle_hypercall(cpu);
}

static uint64_t call(uint64_t value, uint64_t first, uint64_t second)
{
    cpu->gpr[RAX] = 0x5555;
    cpu->gpr[RCX] = value;
    cpu->gpr[RDX] = first;
    cpu->gpr[R8] = second;
    execute();
    return cpu->gpr[RAX];
}

/* The upper halves are another's: they must not matter. */
static uint64_t call_32(uint64_t value, uint64_t first, uint64_t second)
{
    const uint64_t high = UINT64_C(0xABCDEF0100000000);

    cpu->gpr[RDX] = high | value >> 32;
    cpu->gpr[RAX] = high | (uint32_t)value;
    cpu->gpr[RBX] = high | first >> 32;
    cpu->gpr[RCX] = high | (uint32_t)first;
    cpu->gpr[RDI] = high | second >> 32;
    cpu->gpr[RSI] = high | (uint32_t)second;
    cpu->gpr[R8] = 0x123;
    execute();
    return cpu->gpr[RDX] << 32 | (uint32_t)cpu->gpr[RAX];
}

static void put_names(uint64_t at, unsigned count, uint32_t name)
{
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };

    bench_poke(at, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        bench_poke(at + sizeof(header) + i * sizeof(name), &name, sizeof(name));
    }
}

static uint64_t output(unsigned word)
{
    uint64_t value;

    bench_peek(OUTPUT + word * 8, &value, sizeof(value));
    return value;
}

static void expect_ud(void)
{
    assert_int_equal(bench_exception(cpu), VECTOR_UD);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

static void test_32_bit_memory(void **state)
{
    (void)state;
    put_names(INPUT, 2, HV_REGISTER_VSM_PARTITION_STATUS);
    assert_int_equal(call_32(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(2), INPUT, OUTPUT), HV_RESULT(0, 2));
    assert_int_equal(bench_exception(cpu), -1);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 3);
    assert_int_equal(output(2), 1 | 1 << 16);
    assert_int_equal(cpu->gpr[RAX] >> 32, 0);
    assert_int_equal(cpu->gpr[RDX] >> 32, 0);
    assert_int_equal((uint32_t)cpu->gpr[RCX], INPUT);
    assert_int_equal((uint32_t)cpu->gpr[RSI], OUTPUT);
    assert_int_equal(cpu->gpr[R8], 0x123);
}

static void test_32_bit_addresses_have_64_bits(void **state)
{
    (void)state;
    put_names(BENCH_HIGH_RAM, 1, HV_REGISTER_VP_INDEX);
    assert_int_equal(call_32(ONE, BENCH_HIGH_RAM, BENCH_HIGH_RAM + 0x100), HV_RESULT(0, 1));
    assert_int_equal(call_32(ONE, BENCH_HIGH_RAM | UINT64_C(1) << 40, OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
}

static void test_32_bit_errors(void **state)
{
    (void)state;
    assert_int_equal(call_32(0x7777, INPUT, OUTPUT), HV_STATUS_INVALID_HYPERCALL_CODE);
    assert_int_equal(call_32(ONE | UINT64_C(1) << 60, INPUT, OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call_32(ONE, INPUT + 4, OUTPUT), HV_STATUS_INVALID_ALIGNMENT);
    put_names(INPUT, 2, HV_REGISTER_VP_INDEX);
    bench_poke(INPUT + 20, "\xFF\xFF\xFF\xFF", 4);
    assert_int_equal(call_32(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(2), INPUT, OUTPUT), HV_RESULT(HV_STATUS_INVALID_PARAMETER, 1));
}

static void test_32_bit_without_long_mode(void **state)
{
    (void)state;
    bench_active(cpu)->reg[VREG_EFER] = 0;
    bench_active(cpu)->reg[VREG_CR0] = CR0_PE; /* no paging either */
    bench_active(cpu)->segment[VSEG_CS].attributes = 0xC09B;
    put_names(INPUT, 1, HV_REGISTER_VP_INDEX);
    assert_int_equal(call_32(ONE, INPUT, OUTPUT), HV_RESULT(0, 1));
    bench_active(cpu)->segment[VSEG_CS].attributes = 0x009B; /* 16-bit code */
    assert_int_equal(call_32(ONE, INPUT, OUTPUT), HV_RESULT(0, 1));
}

static void test_32_bit_code_page_offsets(void **state)
{
    (void)state;
    put_names(INPUT, 1, HV_REGISTER_VSM_CODE_PAGE_OFFSETS);
    call_32(ONE, INPUT, OUTPUT);
    assert_int_equal(output(0), 0x30 | 0x40 << 12);
    bench_active(cpu)->segment[VSEG_CS].attributes = 0xA09B;
    call(ONE, INPUT, OUTPUT);
    assert_int_equal(output(0), 0x10 | 0x20 << 12);
}

static void test_32_bit_fast(void **state)
{
    (void)state;
    assert_int_equal(call_32(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 2), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(call_32(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 1), HV_STATUS_SUCCESS);
    assert_true(atomic_load(&partition.vtl1_enabled));
}

static void test_32_bit_continuation(void **state)
{
    (void)state;
    put_names(INPUT, 100, HV_REGISTER_VP_INDEX);
    call_32(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(100), INPUT, OUTPUT);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(cpu->gpr[RDX] << 32 | cpu->gpr[RAX], HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(100) | UINT64_C(32) << 48);
    for (unsigned exits = 1; exits < 4; exits++) {
        execute();
    }
    assert_int_equal(cpu->gpr[RDX] << 32 | cpu->gpr[RAX], HV_RESULT(0, 100));
}

static void test_32_bit_switch(void **state)
{
    (void)state;
    bench_enable_vtl1(cpu);
    call_32(HVCALL_VTL_CALL, 1, 0); /* ECX is the control value */
    expect_ud();
    call_32(HVCALL_VTL_CALL | UINT64_C(1) << 32, 0, 0);
    expect_ud();
    assert_int_equal(cpu->active, VTL0);
    call_32(HVCALL_VTL_CALL, 0, 0);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RIP], BENCH_CODE + 3);
    bench_active(cpu)->segment[VSEG_CS].attributes = 0xC09B;
    call_32(HVCALL_VTL_RETURN, 2, 0);
    expect_ud();
    call_32(HVCALL_VTL_RETURN, 1, 0);
    assert_int_equal(cpu->active, VTL0);
    assert_int_equal((uint32_t)cpu->gpr[RAX], HVCALL_VTL_RETURN); /* fast: as it is */
}

/* Names from R8 and XMM0 on; values from the pair behind them. */
static void fill_names(unsigned count, uint32_t name)
{
    uint32_t names[24];

    for (unsigned i = 0; i < count; i++) {
        names[i] = name;
    }
    memcpy(bench_xmm, names, count * sizeof(names[0]));
}

#define FAST_GET(n) (HVCALL_GET_VP_REGISTERS | HV_INPUT_FAST | HV_INPUT_REPS(n))

static void test_xmm_input_and_output(void **state)
{
    (void)state;
    uint64_t xmm[12];

    fill_names(2, HV_REGISTER_VSM_PARTITION_STATUS);
    assert_int_equal(call(FAST_GET(2), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_RESULT(0, 2));
    memcpy(xmm, bench_xmm, sizeof(xmm));
    /* 24 bytes of input end in XMM0; the output is in XMM1 and XMM2. */
    assert_int_equal(xmm[0], UINT64_C(0x000D0004000D0004));
    assert_int_equal(xmm[1], UINT64_C(0xEEEEEEEEEEEEEEEE));
    assert_int_equal(xmm[2], 1 | 1 << 16);
    assert_int_equal(xmm[3], 0);
    assert_int_equal(xmm[4], 1 | 1 << 16);
    assert_int_equal(xmm[6], UINT64_C(0xEEEEEEEEEEEEEEEE));
    assert_int_equal(cpu->gpr[RDX], HV_PARTITION_ID_SELF);
    assert_int_equal(cpu->gpr[R8], HV_VP_INDEX_SELF);
}

static void test_xmm_output_of_a_simple_call(void **state)
{
    (void)state;
    struct hv_output_translate_virtual_address out;
    const uint64_t flags_and_page[2] = { HV_TRANSLATE_READ, BENCH_CODE >> 12 };

    memcpy(bench_xmm, flags_and_page, sizeof(flags_and_page));
    assert_int_equal(call(HVCALL_TRANSLATE_VIRTUAL_ADDRESS | HV_INPUT_FAST, HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), 0);
    memcpy(&out, bench_xmm + 16, sizeof(out));
    assert_int_equal(out.result, HV_TRANSLATE_SUCCESS);
    assert_int_equal(out.gpa_page, BENCH_CODE >> 12);
    assert_int_equal(bench_xmm[32], 0xEE);
}

static void test_xmm_limit(void **state)
{
    (void)state;
    uint64_t xmm[12];

    fill_names(5, HV_REGISTER_VP_INDEX);
    /* 4: 32 bytes in, 64 out. 5: 36, rounded to 48, and 80: more than 112. */
    assert_int_equal(call(FAST_GET(4), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_RESULT(0, 4));
    memset(bench_xmm, 0xEE, sizeof(bench_xmm));
    assert_int_equal(call(FAST_GET(5), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(FAST_GET(0xFFF), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_ENABLE_VP_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
    memcpy(xmm, bench_xmm, sizeof(xmm));
    assert_int_equal(xmm[11], UINT64_C(0xEEEEEEEEEEEEEEEE));
}

static void test_xmm_protection_mask(void **state)
{
    (void)state;
    uint64_t pages[12];

    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    bench_active(cpu)->reg[VREG_CR4] |= CR4_OSFXSR;
    for (unsigned i = 0; i < 12; i++) {
        pages[i] = 0x100 + i;
    }
    memcpy(bench_xmm, pages, sizeof(pages));
    assert_int_equal(call(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_FAST | HV_INPUT_REPS(12), HV_PARTITION_ID_SELF, 1),
                     HV_RESULT(0, 12));
    assert_int_equal(bench_rights(VTL0, 0x10B000), SLAT_R);
    assert_int_equal(call(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_FAST | HV_INPUT_REPS(13), HV_PARTITION_ID_SELF, 1),
                     HV_STATUS_INVALID_HYPERCALL_INPUT);
}

static void test_xmm_error_keeps_what_is_done(void **state)
{
    (void)state;
    uint32_t names[3] = { HV_REGISTER_VSM_PARTITION_STATUS, 0x77777777, HV_REGISTER_VSM_PARTITION_STATUS };
    uint64_t xmm[12];

    memcpy(bench_xmm, names, sizeof(names));
    assert_int_equal(call(FAST_GET(3), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_RESULT(HV_STATUS_INVALID_PARAMETER, 1));
    memcpy(xmm, bench_xmm, sizeof(xmm));
    assert_int_equal(xmm[2], 1 | 1 << 16);
    assert_int_equal(xmm[4], UINT64_C(0xEEEEEEEEEEEEEEEE));
}

static void test_xmm_start_in_the_middle(void **state)
{
    (void)state;
    uint64_t xmm[12];

    fill_names(2, HV_REGISTER_VSM_PARTITION_STATUS);
    assert_int_equal(call(FAST_GET(2) | UINT64_C(1) << 48, HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_RESULT(0, 2));
    memcpy(xmm, bench_xmm, sizeof(xmm));
    assert_int_equal(xmm[2], UINT64_C(0xEEEEEEEEEEEEEEEE));
    assert_int_equal(xmm[4], 1 | 1 << 16);
}

static void test_xmm_the_caller_cannot_use(void **state)
{
    (void)state;
    struct bench_vtl *vtl = bench_active(cpu);

    fill_names(1, HV_REGISTER_VP_INDEX);
    vtl->reg[VREG_CR4] &= ~CR4_OSFXSR;
    call(FAST_GET(1), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    expect_ud();
    vtl->reg[VREG_CR4] |= CR4_OSFXSR;
    vtl->reg[VREG_CR0] |= CR0_EM;
    call(FAST_GET(1), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    expect_ud();
    vtl->reg[VREG_CR0] ^= CR0_EM | CR0_TS;
    call(FAST_GET(1), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    expect_ud();
    assert_int_equal(cpu->gpr[RAX], 0x5555);
    /* 16 bytes in general registers need none of it. */
    assert_int_equal(call(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 1), HV_STATUS_SUCCESS);
    vtl->reg[VREG_CR0] ^= CR0_TS;
    assert_int_equal(call(FAST_GET(1), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF), HV_RESULT(0, 1));
}

static void test_fast_reads_no_memory(void **state)
{
    (void)state;
    fill_names(1, HV_REGISTER_VP_INDEX);
    /* What would be addresses are values. */
    assert_int_equal(call(FAST_GET(1), 3, HV_VP_INDEX_SELF), HV_STATUS_INVALID_PARTITION_ID);
    assert_int_equal(call(FAST_GET(1), HV_PARTITION_ID_SELF, 0xACACACAC), HV_STATUS_INVALID_VP_INDEX);
}

/* A context byte by byte over the end of a page: all of it counts, with the rights of both pages. */
static void test_context_anywhere(void **state)
{
    const struct hv_input_enable_vp_vtl input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = 1,
        .context = { .rip = 0x5000, .rsp = 0x6000, .rflags = 2, .cs = { .selector = 8, .attributes = 0xA09B }, .efer = EFER_LME | EFER_LMA,
                     .cr0 = CR0_PE | CR0_PG, .cr3 = BENCH_TABLES, .cr4 = CR4_PAE, .msr_cr_pat = UINT64_C(0x0706050400010406) },
    };

    (void)state;
    for (uint64_t at = OUTPUT - sizeof(input); at < OUTPUT; at++) {
        bench_poke(at, &input, sizeof(input));
        cpus[1]->start.is_left = false;
        assert_int_equal(call(HVCALL_START_VIRTUAL_PROCESSOR, at, 0), HV_STATUS_SUCCESS);
        assert_true(cpus[1]->start.is_left);
        assert_int_equal(cpus[1]->start.context.rip, 0x5000);
        assert_int_equal(cpus[1]->start.context.msr_cr_pat, UINT64_C(0x0706050400010406));
    }
    cpus[1]->start.is_left = false;
    bench_protect(OUTPUT, SLAT_NONE);
    assert_int_equal(call(HVCALL_START_VIRTUAL_PROCESSOR, OUTPUT - 1, 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
    bench_protect(OUTPUT, SLAT_RW);
    bench_protect(INPUT, SLAT_NONE);
    assert_int_equal(call(HVCALL_START_VIRTUAL_PROCESSOR, OUTPUT - 1, 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_START_VIRTUAL_PROCESSOR, BENCH_RAM_END - 8, 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_START_VIRTUAL_PROCESSOR, ~UINT64_C(3), 0), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_false(cpus[1]->start.is_left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_32_bit_memory, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_addresses_have_64_bits, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_errors, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_without_long_mode, start, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_code_page_offsets, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_fast, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_continuation, start_32, stop),
        cmocka_unit_test_setup_teardown(test_32_bit_switch, start_32, stop),
        cmocka_unit_test_setup_teardown(test_xmm_input_and_output, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_output_of_a_simple_call, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_limit, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_protection_mask, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_error_keeps_what_is_done, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_start_in_the_middle, start, stop),
        cmocka_unit_test_setup_teardown(test_xmm_the_caller_cannot_use, start, stop),
        cmocka_unit_test_setup_teardown(test_fast_reads_no_memory, start, stop),
        cmocka_unit_test_setup_teardown(test_context_anywhere, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
