/* VTL call and return: when they are legal, and what each VTL finds in its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

#define ASSIST  UINT64_C(0x41000)
#define CALL    0x11u
#define RETURN  0x12u
#define VMMCALL "\x0F\x01\xD9"

static void execute(uint64_t rcx, uint64_t rax)
{
    cpu->gpr[RCX] = rcx;
    cpu->gpr[RAX] = rax;
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, VMMCALL, 3);
    handle_hypercall(cpu);
}

static void expect_ud(uint64_t rcx, uint64_t rax)
{
    enum vtl before = cpu->active;

    execute(rcx, rax);
    assert_int_equal(cpu->active, before);
    assert_int_equal(bench_exception(cpu), VECTOR_UD);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(cpu->gpr[RCX], rcx);
    assert_int_equal(cpu->gpr[RAX], rax);
}

static void test_vtl0s_illegal_switches(void **state)
{
    (void)state;
    expect_ud(CALL, 0); /* no VTL1 here */
    expect_ud(RETURN, 0);
    expect_ud(RETURN, 1);
    bench_enable_vtl1(cpu);
    for (unsigned bit = 0; bit < 64; bit++) {
        expect_ud(CALL, UINT64_C(1) << bit);
        if (bit >= 16) {
            expect_ud(CALL | UINT64_C(1) << bit, 0);
        }
    }
    bench_active(cpu)->privilege = 3;
    expect_ud(CALL, 0);
}

static void test_vtl1s_illegal_switches(void **state)
{
    (void)state;
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    expect_ud(CALL, 0);
    for (unsigned bit = 1; bit < 64; bit++) {
        expect_ud(RETURN, UINT64_C(1) << bit);
        if (bit >= 16) {
            expect_ud(RETURN | UINT64_C(1) << bit, 0);
        }
    }
}

static void test_call(void **state)
{
    (void)state;
    struct hv_vp_assist_page page;

    bench_enable_vtl1(cpu);
    cpu->vtl[VTL1].vp_assist_page = ASSIST | 1;
    bench_protect(ASSIST, SLAT_NONE);
    cpu->gpr[RDI] = 0x7777;
    execute(CALL, 0);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RIP], BENCH_CODE + 3);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(cpu->gpr[RCX], CALL);
    assert_int_equal(cpu->gpr[RAX], 0);
    assert_int_equal(cpu->gpr[RDI], 0x7777);
    bench_peek(ASSIST, &page, sizeof(page));
    assert_int_equal(page.entry_reason, HV_VTL_ENTRY_VTL_CALL);
    assert_int_equal(page.vtl_return_rax, 0);
    assert_int_equal(page.vtl_return_rcx, CALL);
    assert_int_equal(page.vina_status, 0);
}

/* TLFS, HV_VP_VTL_CONTROL for x86: EAX, ECX, EDX; the upper halves are VTL0's again whatever VTL1 left. */
static void test_vtl1_in_protected_mode(void **state)
{
    (void)state;
    const uint32_t given[3] = { 0x101, 0x202, 0x303 };
    struct hv_vp_assist_page page;

    bench_enable_vtl1(cpu);
    bench_vtl[0][VTL1].reg[VREG_EFER] = 0;
    bench_vtl[0][VTL1].segment[VSEG_CS].attributes = 0xC09B;
    cpu->vtl[VTL1].vp_assist_page = ASSIST | 1;
    for (unsigned reg = 0; reg < GPR_COUNT; reg++) {
        cpu->gpr[reg] = UINT64_C(0xABCD000000000000) | (uint64_t)reg << 32 | reg;
    }
    vtl_enter_by_interrupt(cpu);
    bench_peek(ASSIST, &page, sizeof(page));
    assert_int_equal(page.entry_reason, HV_VTL_ENTRY_INTERRUPT);
    assert_int_equal(page.vtl_return_rax, RAX | (uint64_t)RCX << 32);
    assert_int_equal(page.vtl_return_rcx, RDX);
    for (unsigned reg = 0; reg < 8; reg++) {
        cpu->gpr[reg] = 0x5555555500000000 | reg; /* as a processor may leave them */
    }
    bench_poke(ASSIST + offsetof(struct hv_vp_assist_page, vtl_return_rax), given, sizeof(given));
    vtl_return(cpu, 0);
    assert_int_equal(cpu->active, VTL0);
    assert_int_equal(cpu->gpr[RAX], UINT64_C(0xABCD000000000101));
    assert_int_equal(cpu->gpr[RCX], UINT64_C(0xABCD000000000202) | (uint64_t)RCX << 32);
    assert_int_equal(cpu->gpr[RDX], UINT64_C(0xABCD000000000303) | (uint64_t)RDX << 32);
    for (unsigned reg = RBX; reg < GPR_COUNT; reg++) {
        assert_int_equal(cpu->gpr[reg], UINT64_C(0xABCD000000000000) | (uint64_t)reg << 32 | reg);
    }
}

static void test_returns(void **state)
{
    (void)state;
    uint64_t registers[2] = { 0x1111, 0x2222 };

    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    execute(RETURN, 1); /* fast */
    assert_int_equal(cpu->active, VTL0);
    assert_int_equal(cpu->gpr[RAX], 1);
    assert_int_equal(cpu->gpr[RCX], RETURN);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_RIP], BENCH_CODE + 3);
    cpu->active = VTL1;
    execute(RETURN, 0); /* no assist page */
    assert_int_equal(cpu->gpr[RAX], 0);
    assert_int_equal(cpu->gpr[RCX], 0);
    cpu->active = VTL1;
    cpu->vtl[VTL1].vp_assist_page = ASSIST | 1;
    bench_protect(ASSIST, SLAT_NONE);
    bench_poke(ASSIST + 16, registers, sizeof(registers));
    execute(RETURN, 0);
    assert_int_equal(cpu->active, VTL0);
    assert_int_equal(cpu->gpr[RAX], 0x1111);
    assert_int_equal(cpu->gpr[RCX], 0x2222);
}

static void test_tsc_aux_is_private(void **state)
{
    (void)state;
    bench_enable_vtl1(cpu);
    execute(CALL, 0);
    assert_int_equal(bench_access_count, 0); /* equal: nothing to swap */
    cpu->active = VTL0;
    cpu->vtl[VTL0].tsc_aux = 5;
    execute(CALL, 0);
    assert_int_equal(bench_access_count, 1);
    assert_true(bench_accesses[0].where == MSR_TSC_AUX && bench_accesses[0].value == 0);
    execute(RETURN, 1);
    assert_int_equal(bench_accesses[1].value, 5);
}

/* Each direction once, from where the other left. */
static void test_there_and_back(void **state)
{
    (void)state;
    bench_enable_vtl1(cpu);
    for (unsigned i = 0; i < 10; i++) {
        execute(CALL, 0);
        assert_int_equal(cpu->active, VTL1);
        execute(RETURN, i & 1);
        assert_int_equal(cpu->active, VTL0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_vtl0s_illegal_switches, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1s_illegal_switches, start, stop),
        cmocka_unit_test_setup_teardown(test_call, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_in_protected_mode, start, stop),
        cmocka_unit_test_setup_teardown(test_returns, start, stop),
        cmocka_unit_test_setup_teardown(test_tsc_aux_is_private, start, stop),
        cmocka_unit_test_setup_teardown(test_there_and_back, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
