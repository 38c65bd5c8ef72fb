/* HvCallStartVirtualProcessor, and work for other processors: every row of the table of errors, and who runs first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/cpu_call.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static struct cpu *cpu, *other;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    other = cpus[1];
    bench_serve(other);
    return 0;
}

static int start_vtl1(void **state)
{
    start(state);
    bench_enable_vtl1(cpu);
    bench_enable_vtl1(other);
    cpu->active = VTL1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_serve_stop();
    bench_stop();
    return 0;
}

static struct hv_input_enable_vp_vtl good(void)
{
    return (struct hv_input_enable_vp_vtl){
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = 1,
        .context = { .rip = 0x5000, .rsp = 0x6000, .rflags = 2, .cs = { .selector = 8, .attributes = 0xA09B },
                     .efer = EFER_LME | EFER_LMA, .cr0 = CR0_PE | CR0_PG, .cr3 = BENCH_TABLES, .cr4 = CR4_PAE },
    };
}

static bool is_asked(void) { return (atomic_load(&other->public.requests) & REQUEST_START) != 0; }

#define REFUSED(change, status)                                 \
    do {                                                        \
        struct hv_input_enable_vp_vtl input = good();           \
        change;                                                 \
        assert_int_equal(call_start_vp(cpu, &input), (status)); \
        assert_false(is_asked());                               \
    } while (0)

static void test_refused(void **state)
{
    (void)state;
    REFUSED(input.vp_index = 0, HV_STATUS_INVALID_VP_INDEX);
    REFUSED(input.vp_index = 2, HV_STATUS_INVALID_VP_INDEX);
    REFUSED(input.vp_index = HV_VP_INDEX_SELF, HV_STATUS_INVALID_VP_INDEX);
    REFUSED(input.vp_index = 0xFFFFFFFF, HV_STATUS_INVALID_VP_INDEX);
    REFUSED(input.target_vtl = 2, HV_STATUS_INVALID_PARAMETER);
    REFUSED(input.target_vtl = 1, HV_STATUS_ACCESS_DENIED);
    REFUSED(input.context.rip = UINT64_C(1) << 62, HV_STATUS_INVALID_REGISTER_VALUE);
    REFUSED(input.context.cr0 = 0, HV_STATUS_INVALID_REGISTER_VALUE);
    REFUSED(input.context.efer = 0, HV_STATUS_INVALID_REGISTER_VALUE);
}

static void test_vtl0(void **state)
{
    struct hv_input_enable_vp_vtl input = good();

    (void)state;
    other->waiting_for_sipi = true;
    other->gpr[RBX] = 5;
    atomic_fetch_or(&other->public.requests, REQUEST_SIPI);
    assert_int_equal(call_start_vp(cpu, &input), HV_STATUS_SUCCESS);
    assert_int_equal(atomic_load(&other->public.requests) & (REQUEST_START | REQUEST_SIPI), REQUEST_START);
    vp_start(other);
    assert_false(other->waiting_for_sipi);
    assert_int_equal(other->active, VTL0);
    assert_int_equal(other->gpr[RBX], 0);
    assert_int_equal(bench_vtl[1][VTL0].context.rip, input.context.rip);
}

/* VTL1 of the target has not run: it goes first, and VTL0's state is there for its return. */
static void test_vtl1_first(void **state)
{
    struct hv_input_enable_vp_vtl input = good();

    (void)state;
    assert_int_equal(call_start_vp(cpu, &input), HV_STATUS_SUCCESS);
    vp_start(other);
    assert_int_equal(other->active, VTL1);
    assert_true(other->vtl[VTL1].entered);
    assert_int_equal(bench_vtl[1][VTL0].context.rip, input.context.rip);
    other->active = VTL0;
    vp_start(other);
    assert_int_equal(other->active, VTL0); /* and only the first time */
}

static void test_into_vtl1(void **state)
{
    struct hv_input_enable_vp_vtl input = good();

    (void)state;
    input.target_vtl = 1;
    assert_int_equal(call_start_vp(cpu, &input), HV_STATUS_SUCCESS);
    other->waiting_for_sipi = true;
    vp_start(other);
    assert_int_equal(other->active, VTL1);
    assert_true(other->waiting_for_sipi); /* VTL0 still waits for its own start */
    assert_int_equal(bench_vtl[1][VTL1].context.rip, input.context.rip);
    atomic_store(&other->public.requests, 0);
    assert_int_equal(call_start_vp(cpu, &input), HV_STATUS_INVALID_VP_STATE);
    assert_false(is_asked());
}

static void test_denied(void **state)
{
    struct hv_input_enable_vp_vtl input = good();

    (void)state;
    partition.vsm_config |= HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP;
    cpu->active = VTL0;
    REFUSED(input.vp_index = 1, HV_STATUS_ACCESS_DENIED);
    apic_write(cpu, 0x310, 1u << 24);
    apic_write(cpu, 0x300, 0x4500);
    apic_write(cpu, 0x300, 0x4610);
    assert_int_equal(atomic_load(&other->public.requests), 0);
    apic_write(cpu, 0x300, 0x4400);
    assert_int_equal(atomic_load(&other->public.requests), REQUEST_NMI);
    cpu->active = VTL1;
    assert_int_equal(call_start_vp(cpu, &input), HV_STATUS_SUCCESS);
}

/* Whoever asks serves meanwhile: two that ask each other ten thousand times both come to their end. */
static unsigned answers[2];

static void count(struct cpu *target, void *argument)
{
    (void)argument;
    answers[target->vp_index]++;
}

static void ask_back(struct cpu *target, void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 10000; i++) {
        cpu_call(target, cpus[0], count, NULL);
    }
}

static void test_both_ask(void **state)
{
    (void)state;
    answers[0] = answers[1] = 0;
    cpu_call(cpu, other, ask_back, NULL); /* served while this one waits */
    for (unsigned i = 0; i < 10000; i++) {
        cpu_call(cpu, other, count, NULL);
    }
    assert_int_equal(answers[0], 10000);
    assert_int_equal(answers[1], 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl0, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_first, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_into_vtl1, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_denied, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_both_ask, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
