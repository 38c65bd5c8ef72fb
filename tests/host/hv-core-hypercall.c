/* The dispatcher: where a hypercall is legal, every status of the input value, buffers, repetition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/partition.h>

#include <abi/hypercalls.h>

#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define INPUT  UINT64_C(0x20000)
#define OUTPUT UINT64_C(0x21000)
#define VMMCALL "\x0F\x01\xD9"

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    return 0;
}

static int start_vtl1(void **state)
{
    start(state);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

/* Executes VMMCALL once; returns RAX. */
static uint64_t call(uint64_t value, uint64_t input, uint64_t output)
{
    cpu->gpr[RAX] = 0;
    cpu->gpr[RCX] = value;
    cpu->gpr[RDX] = input;
    cpu->gpr[R8] = output;
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, VMMCALL, 3);
    handle_hypercall(cpu);
    return cpu->gpr[RAX];
}

static void expect(uint64_t value, uint64_t input, uint16_t status)
{
    assert_int_equal(call(value, input, OUTPUT), status);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 3);
    assert_int_equal(bench_exception(cpu), -1);
}

static void expect_ud(uint64_t value)
{
    enum vtl before = cpu->active;

    call(value, INPUT, OUTPUT);
    assert_int_equal(cpu->active, before);
    assert_int_equal(bench_exception(cpu), VECTOR_UD);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

/* A list of register names after a good header. */
static void put_names(unsigned count, uint32_t name)
{
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };

    bench_poke(INPUT, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        bench_poke(INPUT + sizeof(header) + i * sizeof(name), &name, sizeof(name));
    }
}

static void test_only_ring_0_of_protected_mode(void **state)
{
    (void)state;
    struct bench_vtl *vtl = bench_active(cpu);

    for (unsigned ring = 1; ring <= 3; ring++) {
        vtl->privilege = ring;
        vtl->segment[VSEG_CS].attributes = 0xA09B;
        expect_ud(HVCALL_GET_VP_REGISTERS);
        vtl->segment[VSEG_CS].attributes = 0xC09B; /* compatibility mode */
        expect_ud(HVCALL_GET_VP_REGISTERS);
    }
    vtl->privilege = 0;
    vtl->reg[VREG_EFER] = 0;
    vtl->reg[VREG_CR0] = CR0_ET; /* real mode */
    expect_ud(HVCALL_GET_VP_REGISTERS);
}

static void test_other_bytes_at_rip_do_nothing(void **state)
{
    (void)state;
    cpu->gpr[RCX] = HVCALL_GET_VP_REGISTERS;
    cpu->gpr[RAX] = 0x1234;
    bench_instruction(cpu, EXIT_HYPERCALL, INSN_VMMCALL, "\x0F\xA2\x90", 3); /* CPUID: another processor wrote it there */
    handle_hypercall(cpu);
    assert_int_equal(cpu->gpr[RAX], 0x1234);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(bench_exception(cpu), -1);
}

static void test_unknown_codes(void **state)
{
    (void)state;
    for (uint64_t code = 0; code <= 0xFFFF; code++) {
        switch (code) {
#define HV_HYPERCALL(number, ...) case number:
#include <abi/hypercalls.def>
#undef HV_HYPERCALL
            break;
        default:
            expect(code | HV_INPUT_REPS(1), INPUT, HV_STATUS_INVALID_HYPERCALL_CODE);
        }
    }
}

static void test_reserved_bits(void **state)
{
    (void)state;
    put_names(1, HV_REGISTER_VP_INDEX);
    for (unsigned bit = 17; bit < 64; bit++) {
        uint64_t value = HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1);
        bool reserved = bit < 32 || (bit >= 44 && bit < 48) || bit >= 60;

        if (reserved) {
            expect(value | UINT64_C(1) << bit, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
        }
    }
}

static void test_repetitions_of_a_rep_call(void **state)
{
    (void)state;
    put_names(2, HV_REGISTER_VP_INDEX);
    expect(HVCALL_GET_VP_REGISTERS, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(2) | UINT64_C(2) << 48, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(2) | UINT64_C(0xFFF) << 48, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
    assert_int_equal(call(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(2) | UINT64_C(1) << 48, INPUT, OUTPUT), HV_RESULT(0, 2));
}

static void test_a_simple_call_has_no_repetitions(void **state)
{
    (void)state;
    expect(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_REPS(1), INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect(HVCALL_ENABLE_PARTITION_VTL | UINT64_C(1) << 48, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT);
}

static void test_fast(void **state)
{
    (void)state;
    expect(HVCALL_ENABLE_VP_VTL | HV_INPUT_FAST, INPUT, HV_STATUS_INVALID_HYPERCALL_INPUT); /* 240 bytes */
    assert_int_equal(call(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 2), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(call(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, 5, 1), HV_STATUS_INVALID_PARTITION_ID);
    assert_int_equal(call(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 1), HV_STATUS_SUCCESS);
    assert_true(atomic_load(&partition.vtl1_enabled));
}

static void test_alignment_and_straddling(void **state)
{
    (void)state;
    uint64_t one = HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1);

    put_names(4, HV_REGISTER_VP_INDEX);
    for (unsigned off = 1; off < 8; off++) {
        assert_int_equal(call(one, INPUT + off, OUTPUT), HV_STATUS_INVALID_ALIGNMENT);
        assert_int_equal(call(one, INPUT, OUTPUT + off), HV_STATUS_INVALID_ALIGNMENT);
    }
    expect(one, INPUT + PAGE_SIZE - 16, HV_STATUS_INVALID_ALIGNMENT); /* the name is in the next page */
    assert_int_equal(call(one, INPUT, OUTPUT + PAGE_SIZE - 8), HV_STATUS_INVALID_ALIGNMENT);
    assert_int_equal(call(one, INPUT, OUTPUT + PAGE_SIZE - 16), HV_RESULT(0, 1));
    /* 257 answers of 16 bytes are more than a page. */
    assert_int_equal(call(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(257), INPUT, OUTPUT), HV_STATUS_INVALID_ALIGNMENT);
    expect(HVCALL_POST_MESSAGE, INPUT + PAGE_SIZE - 248, HV_STATUS_INVALID_ALIGNMENT);
}

/* attacks.md MEM-14: buffers are checked with the caller's rights for the right direction. */
static void test_buffers_the_caller_may_not_use(void **state)
{
    (void)state;
    uint64_t one = HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1);
    static const uint64_t bad[] = { 0, BENCH_REGION, BENCH_HOLE, BENCH_APIC, BENCH_WINDOW, UINT64_C(1) << 48, ~UINT64_C(0xFFF) };
    uint64_t before[2] = { 0x1111111111111111, 0x2222222222222222 }, after[2];

    put_names(1, HV_REGISTER_VP_INDEX);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(call(one, bad[i], OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
        assert_int_equal(call(one, INPUT, bad[i]), HV_STATUS_INVALID_HYPERCALL_INPUT);
    }
    bench_poke(OUTPUT, before, sizeof(before));
    bench_protect(OUTPUT, SLAT_R);
    assert_int_equal(call(one, INPUT, OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
    bench_protect(OUTPUT, SLAT_NONE);
    assert_int_equal(call(one, INPUT, OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
    bench_peek(OUTPUT, after, sizeof(after));
    assert_memory_equal(before, after, sizeof(before));
    bench_protect(INPUT, SLAT_NONE);
    assert_int_equal(call(one, INPUT, OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
    bench_protect(INPUT, SLAT_R);
    bench_protect(OUTPUT, SLAT_RW);
    assert_int_equal(call(one, INPUT, OUTPUT), HV_RESULT(0, 1));
}

static void test_input_and_output_in_one_page(void **state)
{
    (void)state;
    uint64_t answer[2];

    put_names(1, HV_REGISTER_VSM_PARTITION_STATUS);
    assert_int_equal(call(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), INPUT, INPUT), HV_RESULT(0, 1));
    bench_peek(INPUT, answer, sizeof(answer));
    assert_int_equal(answer[0], 1 | 1 << 16);
    assert_int_equal(answer[1], 0);
}

static void test_vtl0_may_not_call_what_vtl1_may(void **state)
{
    (void)state;
    struct { struct hv_input_modify_vtl_protection_mask header; uint64_t page; } input = {
        .header = { .partition_id = HV_PARTITION_ID_SELF, .map_flags = 0xF }, .page = OUTPUT / PAGE_SIZE,
    };

    bench_enable_vtl1(cpu);
    bench_protect(OUTPUT, SLAT_NONE);
    bench_poke(INPUT, &input, sizeof(input));
    expect(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(1), INPUT, HV_STATUS_ACCESS_DENIED);
    /* The refusal comes before anything is looked at. */
    expect(HVCALL_MODIFY_VTL_PROTECTION_MASK, INPUT, HV_STATUS_ACCESS_DENIED);
    expect(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(1), BENCH_REGION, HV_STATUS_ACCESS_DENIED);
    assert_int_equal(bench_rights(VTL0, OUTPUT), SLAT_NONE);
}

static void put_pages(unsigned count, uint32_t flags, uint64_t first)
{
    struct hv_input_modify_vtl_protection_mask header = { .partition_id = HV_PARTITION_ID_SELF, .map_flags = flags };

    bench_poke(INPUT, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        uint64_t page = first / PAGE_SIZE + i;

        bench_poke(INPUT + sizeof(header) + i * sizeof(page), &page, sizeof(page));
    }
}

/* At most 32 elements an exit, fewer where tables are made; RIP stays and RCX carries the start until all are done. */
static void test_continuation(void **state)
{
    (void)state;
    uint64_t value = HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(150);
    uint64_t epoch = atomic_load(&partition.slat_epoch);
    unsigned exits = 0, done = 0;

    put_pages(150, 0, 0x100000);
    while (done < 150) {
        unsigned before = done;

        call(value, INPUT, 0);
        exits++;
        value = cpu->gpr[RCX];
        done = bench_active(cpu)->reg[VREG_RIP] == BENCH_CODE ? HV_INPUT_REP_START(value) : 150;
        assert_in_range(done - before, 1, 32);
        assert_int_equal(bench_rights(VTL0, 0x100000 + (done - 1) * PAGE_SIZE), SLAT_NONE);
        assert_int_equal(bench_rights(VTL0, 0x100000 + done * PAGE_SIZE), SLAT_RWX);
        /* What was taken away so far is gone everywhere before VTL1 goes on. */
        assert_int_equal(atomic_load(&partition.slat_epoch), epoch + exits);
    }
    assert_int_equal(exits, 5);
    assert_int_equal(cpu->gpr[RAX], HV_RESULT(HV_STATUS_SUCCESS, 150));
    assert_int_equal(bench_rights(VTL0, 0x100000 - PAGE_SIZE), SLAT_RWX);
}

/* A page of another 2 MiB each needs a table, so fewer fit into an exit. */
static void test_continuation_with_tables(void **state)
{
    (void)state;
    static const uint64_t pages[] = { 0x1, 0x201, 0x601, 0xA01, 0xC01, 0xE01 }; /* the hypervisor's region is at 0x800 */
    uint64_t list[32];

    put_pages(0, 0, 0);
    for (unsigned i = 0; i < 32; i++) {
        list[i] = i < 6 ? pages[i] : 0x10 + i;
    }
    bench_poke(INPUT + 16, list, sizeof(list));
    call(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(32), INPUT, 0);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_in_range(HV_INPUT_REP_START(cpu->gpr[RCX]), 16, 22);
}

/* A page of the VTL's that is written costs as much as an exit may do. */
static void test_continuation_with_overlay_pages(void **state)
{
    (void)state;
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    struct hv_register_assoc elements[4];

    for (unsigned i = 0; i < 4; i++) {
        elements[i] = (struct hv_register_assoc){ .name = HV_REGISTER_REFERENCE_TSC, .value = { (0x30 + i) * PAGE_SIZE | 1, 0 } };
    }
    bench_poke(INPUT, &header, sizeof(header));
    bench_poke(INPUT + sizeof(header), elements, sizeof(elements));
    for (unsigned done = 1; done < 4; done++) {
        call(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(4) | (uint64_t)(done - 1) << 48, INPUT, 0);
        assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
        assert_int_equal(HV_INPUT_REP_START(cpu->gpr[RCX]), done);
        assert_int_equal(partition.vtl[VTL1].reference_tsc, elements[done - 1].value.low);
    }
    assert_int_equal(call(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(4) | UINT64_C(3) << 48, INPUT, 0), HV_RESULT(0, 4));
}

static void test_an_error_tells_how_many_were_done(void **state)
{
    (void)state;
    uint64_t hypervisor = BENCH_REGION / PAGE_SIZE;

    put_pages(5, 0, 0x100000);
    bench_poke(INPUT + 16 + 3 * 8, &hypervisor, sizeof(hypervisor));
    assert_int_equal(call(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(5), INPUT, 0),
                     HV_RESULT(HV_STATUS_INVALID_PARAMETER, 3));
    assert_int_equal(bench_rights(VTL0, 0x102000), SLAT_NONE);
    assert_int_equal(bench_rights(VTL0, 0x104000), SLAT_RWX);
    assert_int_not_equal(atomic_load(&partition.slat_epoch), 0);
}

/* What abi/vsm.list says of the form of each call. */
static const struct {
    uint16_t code, size, element_size;
    bool is_rep, of_partition;
    uint16_t zero[3][2];
} calls[] = {
#define IS_REP_SIMPLE     false
#define IS_REP_SIMPLE_VAR false
#define IS_REP_REP        true
#define IS_REP_REP_VAR    true
#define IS_REP_SWITCH     false
#define HV_HYPERCALL(number, name, vtl, kind, in, rep_in, rep_out, partition_first, at1, size1, at2, size2, at3, size3) \
    { (number), (in), (rep_in), IS_REP_##kind, (partition_first), { { at1, size1 }, { at2, size2 }, { at3, size3 } } },
#include <abi/hypercalls.def>
#undef HV_HYPERCALL
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static uint16_t call_of_row(unsigned n)
{
    return HV_RESULT_STATUS(call(calls[n].code | HV_INPUT_REPS(calls[n].is_rep ? 1 : 0), INPUT, OUTPUT));
}

static void test_another_partition(void **state)
{
    (void)state;
    unsigned seen = 0;

    for (unsigned n = 0; n < CALLS; n++) {
        static const uint64_t others[] = { 0, 1, HV_PARTITION_ID_SELF - 1 };

        for (unsigned i = 0; calls[n].of_partition && i < sizeof(others) / sizeof(others[0]); i++, seen++) {
            uint8_t input[512] = { 0 };

            memcpy(input, &others[i], sizeof(others[i]));
            bench_poke(INPUT, input, sizeof(input));
            assert_int_equal(call_of_row(n), HV_STATUS_INVALID_PARTITION_ID);
        }
    }
    assert_in_range(seen, 3 * 10, 3 * CALLS);
}

/* With one byte that must be zero set; of an element where it has any. */
static void expect_zero(unsigned n, uint16_t at)
{
    uint8_t input[512] = { 0 };

    memset(input, 0xFF, calls[n].of_partition ? sizeof(uint64_t) : 0);
    input[at] = 0x80;
    bench_poke(INPUT, input, sizeof(input));
    assert_int_equal(call_of_row(n), HV_STATUS_INVALID_PARAMETER);
}

static void test_each_byte_that_must_be_zero(void **state)
{
    (void)state;
    unsigned seen = 0;

    for (unsigned n = 0; n < CALLS; n++) {
        for (unsigned range = 0; range < 3; range++) {
            uint16_t at = (uint16_t)(calls[n].zero[range][0] + (range == 2 ? calls[n].size : 0));

            for (unsigned i = 0; i < calls[n].zero[range][1]; i++, seen++) {
                expect_zero(n, (uint16_t)(at + i));
            }
        }
    }
    assert_in_range(seen, 50, 200);
}

/* The sizes are the TLFS's, not what the list says. */
static void test_known_sizes(void **state)
{
    (void)state;
    static const uint16_t known[][3] = {
        { 0x02, 24, 0 }, { 0x03, 24, 8 }, { 0x0B, 16, 0 }, { 0x0C, 16, 8 }, { 0x0D, 16, 0 }, { 0x0F, 240, 0 }, { 0x13, 32, 0 },
        { 0x14, 32, 8 }, { 0x15, 24, 0 }, { 0x50, 16, 4 }, { 0x51, 16, 32 }, { 0x52, 32, 0 }, { 0x5C, 256, 0 }, { 0x5D, 8, 0 },
        { 0x94, 32, 0 }, { 0x99, 240, 0 }, { 0x9A, 16, 4 }, { 0xD4, 16, 8 },
    };

    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        unsigned n = 0;

        while (n < CALLS && calls[n].code != known[i][0]) {
            n++;
        }
        assert_in_range(n, 0, CALLS - 1);
        assert_int_equal(calls[n].size, known[i][1]);
        assert_int_equal(calls[n].element_size, known[i][2]);
    }
}

static void test_registers_survive(void **state)
{
    (void)state;
    put_names(1, HV_REGISTER_VP_INDEX);
    for (unsigned reg = RBX; reg < GPR_COUNT; reg++) {
        cpu->gpr[reg] = 0x1000 + reg;
    }
    call(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), INPUT, OUTPUT);
    assert_int_equal(cpu->gpr[RCX], HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1));
    assert_int_equal(cpu->gpr[RDX], INPUT);
    assert_int_equal(cpu->gpr[R8], OUTPUT);
    assert_int_equal(cpu->gpr[RBX], 0x1000 + RBX);
    assert_int_equal(cpu->gpr[R15], 0x1000 + R15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_ring_0_of_protected_mode, start, stop),
        cmocka_unit_test_setup_teardown(test_other_bytes_at_rip_do_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_unknown_codes, start, stop),
        cmocka_unit_test_setup_teardown(test_reserved_bits, start, stop),
        cmocka_unit_test_setup_teardown(test_repetitions_of_a_rep_call, start, stop),
        cmocka_unit_test_setup_teardown(test_a_simple_call_has_no_repetitions, start, stop),
        cmocka_unit_test_setup_teardown(test_fast, start, stop),
        cmocka_unit_test_setup_teardown(test_alignment_and_straddling, start, stop),
        cmocka_unit_test_setup_teardown(test_buffers_the_caller_may_not_use, start, stop),
        cmocka_unit_test_setup_teardown(test_input_and_output_in_one_page, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl0_may_not_call_what_vtl1_may, start, stop),
        cmocka_unit_test_setup_teardown(test_continuation, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_continuation_with_tables, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_continuation_with_overlay_pages, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_an_error_tells_how_many_were_done, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_another_partition, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_each_byte_that_must_be_zero, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_known_sizes, start, stop),
        cmocka_unit_test_setup_teardown(test_registers_survive, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
