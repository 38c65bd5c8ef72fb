/* The flush calls: who is named, whose translations, TLB locks; and the small calls that only have statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/flush.h>
#include <hv/handlers.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define INPUT   UINT64_C(0x20000)
#define OUTPUT  UINT64_C(0x21000)
#define VMMCALL "\x0F\x01\xD9"
#define SPACE_EX(banks) (HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE_EX | (uint64_t)(banks) << 17)
#define LIST_EX(banks, reps) (HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST_EX | (uint64_t)(banks) << 17 | HV_INPUT_REPS(reps))

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(4);
    cpu = cpus[0];
    bench_enable_vtl1(cpu);
    return 0;
}

static int start_vtl1(void **state)
{
    start(state);
    cpu->active = VTL1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static uint64_t call(uint64_t value, const void *input, size_t size)
{
    bench_poke(INPUT, input, size);
    cpu->gpr[RAX] = 0x5555;
    cpu->gpr[RCX] = value;
    cpu->gpr[RDX] = INPUT;
    cpu->gpr[R8] = OUTPUT;
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, VMMCALL, 3);
    handle_hypercall(cpu);
    return cpu->gpr[RAX];
}

static bool completed(void) { return bench_active(cpu)->reg[VREG_RIP] == BENCH_CODE + 3; }

/* A bit a processor whose flush has been asked for and not done, which it is made to be. */
static uint64_t asked(enum vtl vtl)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 4; i++) {
        mask |= (uint64_t)(atomic_load(&cpus[i]->public.flushes_asked[vtl]) != atomic_load(&cpus[i]->public.flushes_done[vtl])) << i;
        atomic_store(&cpus[i]->public.flushes_done[vtl], atomic_load(&cpus[i]->public.flushes_asked[vtl]));
    }
    return mask;
}

static uint64_t space(uint64_t flags, uint64_t processors)
{
    struct hv_input_flush input = { 0x1000, flags, processors };

    return call(HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE, &input, sizeof(input));
}

struct set_input {
    struct hv_input_flush_ex fixed;
    uint64_t banks[66];
};

static struct set_input set_of(uint64_t format, uint64_t valid, uint64_t bank0, uint64_t bank1)
{
    return (struct set_input){ .fixed = { .processors = { format, valid } }, .banks = { bank0, bank1 } };
}

static void test_named_processors(void **state)
{
    (void)state;
    for (uint64_t mask = 1; mask < 16; mask++) {
        assert_int_equal(space(HV_FLUSH_NON_GLOBAL_ONLY, mask), 0);
        assert_int_equal(asked(VTL0), mask);
    }
    assert_int_equal(space(HV_FLUSH_ALL_PROCESSORS, 0), 0);
    assert_int_equal(asked(VTL0), 15);
    assert_int_equal(space(HV_FLUSH_ALL_SPACES, UINT64_C(1) << 63 | 4), 0); /* one that does not exist */
    assert_int_equal(asked(VTL0), 4);
    assert_int_equal(asked(VTL1), 0);
    assert_int_equal(space(0, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(asked(VTL0), 0);
}

static void test_flags(void **state)
{
    (void)state;
    struct hv_input_flush high = { UINT64_C(1) << 52, 0, 1 };

    for (unsigned bit = 0; bit < 64; bit++) {
        bool good = bit < 3;

        assert_int_equal(space(UINT64_C(1) << bit, 1), good ? 0 : HV_STATUS_INVALID_PARAMETER);
        assert_int_equal(asked(VTL0) != 0, good);
    }
    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE, &high, sizeof(high)), HV_STATUS_INVALID_PARAMETER);
    high.flags = HV_FLUSH_ALL_SPACES;
    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE, &high, sizeof(high)), 0);
}

static void test_target_vtl(void **state)
{
    (void)state;
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL | HV_FLUSH_TARGET_VTL0, 2), 0);
    assert_int_equal(asked(VTL0), 2);
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL | HV_FLUSH_TARGET_VTL1, 2), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL | HV_FLUSH_TARGET_VTL1 | HV_FLUSH_TARGET_VTL0, 2), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL, 2), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(asked(VTL0) | asked(VTL1), 0);
    cpu->active = VTL1;
    assert_int_equal(space(0, 2), 0); /* its own */
    assert_int_equal(asked(VTL1), 2);
    assert_int_equal(asked(VTL0), 0);
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL | HV_FLUSH_TARGET_VTL1 | HV_FLUSH_TARGET_VTL0, 3), 0);
    assert_int_equal(asked(VTL0), 3);
    assert_int_equal(asked(VTL1), 3);
}

static void test_list(void **state)
{
    (void)state;
    struct { struct hv_input_flush fixed; uint64_t ranges[500]; } input = { .fixed = { 0, 0, 6 } };

    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST | HV_INPUT_REPS(500), &input, sizeof(input)), HV_RESULT(0, 500));
    assert_true(completed());
    assert_int_equal(asked(VTL0), 6);
    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST, &input, sizeof(input)), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST | HV_INPUT_REPS(510), &input, sizeof(input)), HV_STATUS_INVALID_ALIGNMENT);
    input.fixed.processors = 0;
    assert_int_equal(call(HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST | HV_INPUT_REPS(3), &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(asked(VTL0), 0);
}

static void test_sets(void **state)
{
    (void)state;
    struct set_input input = set_of(HV_VP_SET_SPARSE, 1, 0xA, 0);

    assert_int_equal(call(SPACE_EX(1), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 0xA);
    assert_int_equal(call(SPACE_EX(0), &input, sizeof(input)), 0); /* C12: litebox says 0 */
    assert_int_equal(asked(VTL0), 0xA);
    assert_int_equal(call(LIST_EX(3, 2), &input, sizeof(input)), HV_RESULT(0, 2)); /* and here it counts the whole set */
    assert_int_equal(asked(VTL0), 0xA);
    input = set_of(HV_VP_SET_ALL, 0, 0, 0);
    assert_int_equal(call(SPACE_EX(0), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 0xF);
    input = set_of(HV_VP_SET_SPARSE, 1 | UINT64_C(1) << 63, 0x5, UINT64_MAX);
    assert_int_equal(call(SPACE_EX(2), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 0x5);
    input = set_of(HV_VP_SET_SPARSE, 2, 1, 0); /* VP 64 alone */
    assert_int_equal(call(SPACE_EX(1), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 0);
    input = set_of(HV_VP_SET_SPARSE, UINT64_MAX, 1, 0);
    assert_int_equal(call(SPACE_EX(64), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 1);
}

static void test_bad_sets(void **state)
{
    (void)state;
    struct set_input input = set_of(2, 1, 1, 0);

    assert_int_equal(call(SPACE_EX(1), &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER);
    input = set_of(HV_VP_SET_SPARSE, 0, 1, 0);
    assert_int_equal(call(SPACE_EX(1), &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER);
    input = set_of(HV_VP_SET_SPARSE, 3, 0, 0);
    assert_int_equal(call(SPACE_EX(2), &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER);
    input.fixed.flags = HV_FLUSH_ALL_PROCESSORS; /* then nobody looks at it */
    assert_int_equal(call(SPACE_EX(2), &input, sizeof(input)), 0);
    assert_int_equal(asked(VTL0), 15);
    assert_int_equal(call(SPACE_EX(1000), &input, sizeof(input)), HV_STATUS_INVALID_ALIGNMENT);
}

/* The banks that valid_banks promises must be in the page too, whatever the header's size. */
static void test_set_over_the_end_of_the_page(void **state)
{
    (void)state;
    struct hv_input_flush_ex input = { .processors = { HV_VP_SET_SPARSE, 3 } };
    uint64_t bank = 1;

    bench_poke(INPUT + PAGE_SIZE - 40, &input, sizeof(input));
    bench_poke(INPUT + PAGE_SIZE - 8, &bank, sizeof(bank));
    cpu->gpr[RCX] = SPACE_EX(1);
    cpu->gpr[RDX] = INPUT + PAGE_SIZE - 40;
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, VMMCALL, 3);
    handle_hypercall(cpu);
    assert_int_equal(cpu->gpr[RAX], HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(asked(VTL0), 0);
}

static void test_lock_holds_off(void **state)
{
    (void)state;
    struct { struct hv_input_flush fixed; uint64_t ranges[2]; } list = { .fixed = { 0, 0, 6 } };
    uint64_t value = HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST | HV_INPUT_REPS(2);

    tlb_lock(cpus[2], true);
    assert_int_equal(space(0, 3), 0); /* not among those */
    assert_int_equal(asked(VTL0), 3);
    assert_int_equal(space(0, 4), 0x5555);
    assert_false(completed());
    assert_int_equal(call(value, &list, sizeof(list)), 0x5555);
    assert_false(completed());
    assert_int_equal(cpu->gpr[RCX], value);
    assert_int_equal(space(HV_FLUSH_ALL_PROCESSORS, 0), 0x5555);
    assert_int_equal(asked(VTL0), 0);
    assert_int_equal(space(1 << 20, 4), HV_STATUS_INVALID_PARAMETER); /* an error is told at once */
    tlb_lock(cpus[2], false);
    assert_int_equal(space(0, 4), 0);
    assert_int_equal(asked(VTL0), 4);
}

static void test_vtl1_does_not_wait(void **state)
{
    (void)state;
    tlb_lock(cpus[1], true);
    tlb_lock(cpu, true);
    assert_int_equal(space(HV_FLUSH_USE_TARGET_VTL | HV_FLUSH_TARGET_VTL0, 3), 0);
    assert_true(completed());
    assert_int_equal(asked(VTL0), 3);
}

static uint16_t secure_config(uint64_t value)
{
    struct { struct hv_input_vp_registers header; struct hv_register_assoc element; } input = {
        { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF },
        { .name = HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0, .value = { .low = value } },
    };

    return HV_RESULT_STATUS(call(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input)));
}

static uint64_t secure_config_now(void)
{
    struct { struct hv_input_vp_registers header; uint32_t name; } input = {
        { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF }, HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0,
    };
    uint64_t value;

    assert_int_equal(call(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input)), HV_RESULT(0, 1));
    bench_peek(OUTPUT, &value, sizeof(value));
    return value;
}

static void test_lock_by_register(void **state)
{
    (void)state;
    assert_int_equal(secure_config_now(), 0);
    assert_int_equal(secure_config(HV_VSM_SECURE_CONFIG_TLB_LOCKED), 0);
    assert_true(tlb_is_locked(cpu));
    assert_int_equal(secure_config_now(), HV_VSM_SECURE_CONFIG_TLB_LOCKED);
    assert_int_equal(secure_config(4), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_true(tlb_is_locked(cpu));
    assert_int_equal(secure_config(0), 0);
    assert_false(tlb_is_locked(cpu));
    secure_config(HV_VSM_SECURE_CONFIG_TLB_LOCKED);
    vtl_return(cpu, HV_VTL_RETURN_FAST);
    assert_false(tlb_is_locked(cpu));
    assert_int_equal(secure_config(HV_VSM_SECURE_CONFIG_TLB_LOCKED), HV_STATUS_ACCESS_DENIED); /* VTL0 */
    assert_false(tlb_is_locked(cpu));
}

static void test_lock_by_translation(void **state)
{
    (void)state;
    struct hv_input_translate_virtual_address input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF,
        .control_flags = HV_TRANSLATE_READ | HV_TRANSLATE_TLB_FLUSH_INHIBIT | UINT64_C(0x11) << HV_TRANSLATE_VTL_SHIFT,
    };

    assert_int_equal(call(HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER); /* its own VTL */
    assert_false(tlb_is_locked(cpu));
    input.control_flags ^= UINT64_C(1) << HV_TRANSLATE_VTL_SHIFT;
    assert_int_equal(call(HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input)), 0);
    assert_true(tlb_is_locked(cpu));
    vtl_return(cpu, 0);
    assert_false(tlb_is_locked(cpu));
    assert_int_equal(call(HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input)), HV_STATUS_INVALID_PARAMETER); /* VTL0's own */
    assert_false(tlb_is_locked(cpu));
}

/* The flush happens at the next entry of that VTL, and only once. */
static void test_flush_at_the_entry(void **state)
{
    (void)state;
    flush_processors(cpu, VTL0, 1);
    cpu->active = VTL1;
    flush_if_asked(cpu);
    assert_int_equal(bench_vtl[0][VTL0].flushes + bench_vtl[0][VTL1].flushes, 0);
    cpu->active = VTL0;
    flush_if_asked(cpu);
    flush_if_asked(cpu);
    assert_int_equal(bench_vtl[0][VTL0].flushes, 1);
}

static void test_notify_and_connections(void **state)
{
    (void)state;
    struct hv_input_post_message message = { .connection_id = 1, .type = 1, .size = 240 };
    struct hv_input_signal_event event = { .connection_id = 2, .flag = 0xFFFF };
    uint64_t spins = 7;

    assert_int_equal(call(HVCALL_NOTIFY_LONG_SPIN_WAIT, &spins, sizeof(spins)), 0);
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_CONNECTION_ID);
    message.type = 0x7FFFFFFF;
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_CONNECTION_ID);
    message.type = 0x80000000;
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_PARAMETER);
    message.type = 0;
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_PARAMETER);
    message = (struct hv_input_post_message){ .type = 1, .size = 241 };
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_PARAMETER);
    message = (struct hv_input_post_message){ .type = 1, .reserved = 1 };
    assert_int_equal(call(HVCALL_POST_MESSAGE, &message, sizeof(message)), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(call(HVCALL_POST_MESSAGE | HV_INPUT_FAST, &message, sizeof(message)), HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_SIGNAL_EVENT, &event, sizeof(event)), HV_STATUS_INVALID_CONNECTION_ID);
    event.reserved = 1;
    assert_int_equal(call(HVCALL_SIGNAL_EVENT, &event, sizeof(event)), HV_STATUS_INVALID_PARAMETER);
}

static uint64_t access_of(uint8_t vtl, uint8_t access, uint64_t page, uint64_t *out)
{
    struct { struct hv_input_check_access header; uint64_t page; } input = {
        { .partition_id = HV_PARTITION_ID_SELF, .input_vtl = vtl, .access = access }, page,
    };
    uint64_t result = call(HVCALL_CHECK_SPARSE_GPA_PAGE_VTL_ACCESS | HV_INPUT_REPS(1), &input, sizeof(input));

    bench_peek(OUTPUT, out, sizeof(*out));
    return result;
}

static void test_page_access(void **state)
{
    (void)state;
    uint64_t out, page = 0x100;

    bench_protect(page << 12, SLAT_R);
    assert_int_equal(access_of(0x10, 0xF, page, &out), HV_RESULT(0, 1));
    assert_int_equal(out, 1 | 0xE << 8 | 1 << 16);
    assert_int_equal(access_of(0x10, 1, page, &out), HV_RESULT(0, 1));
    assert_int_equal(out, 0);
    assert_int_equal(access_of(0, 0xF, page, &out), HV_RESULT(0, 1)); /* VTL1 itself */
    assert_int_equal(out, 0);
    assert_int_equal(access_of(0x10, 0, page, &out), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(access_of(0x10, 0x10, page, &out), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(access_of(0x12, 1, page, &out), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(access_of(0x10, 1, BENCH_REGION >> 12, &out), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(access_of(0x10, 1, UINT64_C(1) << 52 | page, &out), HV_STATUS_INVALID_PARAMETER);
    cpu->active = VTL0;
    assert_int_equal(access_of(0x10, 1, page, &out), HV_STATUS_ACCESS_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_named_processors, start, stop),
        cmocka_unit_test_setup_teardown(test_flags, start, stop),
        cmocka_unit_test_setup_teardown(test_target_vtl, start, stop),
        cmocka_unit_test_setup_teardown(test_list, start, stop),
        cmocka_unit_test_setup_teardown(test_sets, start, stop),
        cmocka_unit_test_setup_teardown(test_bad_sets, start, stop),
        cmocka_unit_test_setup_teardown(test_set_over_the_end_of_the_page, start, stop),
        cmocka_unit_test_setup_teardown(test_lock_holds_off, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_does_not_wait, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_lock_by_register, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_lock_by_translation, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_flush_at_the_entry, start, stop),
        cmocka_unit_test_setup_teardown(test_notify_and_connections, start, stop),
        cmocka_unit_test_setup_teardown(test_page_access, start_vtl1, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
