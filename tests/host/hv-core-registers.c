/* HvCallGetVpRegisters and HvCallSetVpRegisters, register by register. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/clock.h>
#include <hv/deadline.h>
#include <hv/hypercalls.h>
#include <hv/local_apic.h>
#include <hv/partition.h>
#include <hv/synthetic_msr.h>
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

static const struct hv_input_vp_registers own = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
static const struct hv_input_vp_registers of_vtl0 = {
    .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = HV_INPUT_VTL_USE_TARGET,
};
static const struct hv_input_vp_registers of_vtl1 = {
    .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = HV_INPUT_VTL_USE_TARGET | 1,
};

static uint16_t get(const struct hv_input_vp_registers *input, uint32_t name, uint64_t *value)
{
    struct hv_register_value out = { ~UINT64_C(0), ~UINT64_C(0) };
    uint16_t status = call_get_register(cpu, input, name, &out);

    *value = out.low;
    assert_int_equal(out.high, 0);
    return status;
}

static uint64_t value_of(const struct hv_input_vp_registers *input, uint32_t name)
{
    uint64_t value;

    assert_int_equal(get(input, name, &value), HV_STATUS_SUCCESS);
    return value;
}

static uint16_t set(const struct hv_input_vp_registers *input, uint32_t name, uint64_t low, uint64_t high)
{
    struct hv_register_assoc assoc = { .name = name, .value = { low, high } };

    return call_set_register(cpu, input, &assoc);
}

static uint16_t get_with(uint32_t vp, uint8_t vtl)
{
    struct hv_input_vp_registers input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = vp, .input_vtl = vtl };
    uint64_t value;

    return get(&input, HV_REGISTER_VSM_VP_STATUS, &value);
}

static void test_header(void **state)
{
    (void)state;
    assert_int_equal(get_with(2, 0), HV_STATUS_INVALID_VP_INDEX);
    assert_int_equal(get_with(0xACACACAC, 0), HV_STATUS_INVALID_VP_INDEX);
    assert_int_equal(get_with(0xFFFFFFFF, 0), HV_STATUS_INVALID_VP_INDEX);
    for (unsigned bit = 5; bit < 8; bit++) {
        assert_int_equal(get_with(0, (uint8_t)(1u << bit)), HV_STATUS_INVALID_PARAMETER);
    }
    for (uint8_t vtl = 2; vtl < 16; vtl++) {
        assert_int_equal(get_with(0, HV_INPUT_VTL_USE_TARGET | vtl), HV_STATUS_INVALID_PARAMETER);
        assert_int_equal(get_with(0, vtl), HV_STATUS_SUCCESS); /* without bit 4: one's own */
    }
    assert_int_equal(get_with(0, HV_INPUT_VTL_USE_TARGET | 1), HV_STATUS_ACCESS_DENIED);
}

/* Nothing of VTL1 answers VTL0, whatever the name. */
static void test_vtl0_learns_nothing_of_vtl1(void **state)
{
    (void)state;
    static const uint32_t names[] = {
#define HV_VP_REGISTER(number, ...) number,
#include <abi/vp_registers.def>
#undef HV_VP_REGISTER
    };
    uint64_t value;

    bench_enable_vtl1(cpu);
    bench_vtl[0][VTL1].reg[VREG_CR3] = 0x1234000;
    cpu->vtl[VTL1].vp_assist_page = 0x5001;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(get(&of_vtl1, names[i], &value), HV_STATUS_ACCESS_DENIED);
        assert_int_equal(value, 0);
        assert_int_equal(set(&of_vtl1, names[i], 0, 0), HV_STATUS_ACCESS_DENIED);
    }
}

static void test_ones_own_architectural_registers(void **state)
{
    (void)state;
    static const uint32_t names[] = { HV_REGISTER_RIP, HV_REGISTER_CR3, HV_REGISTER_RAX, HV_REGISTER_R15, HV_REGISTER_CR2,
                                      HV_REGISTER_EFER };
    uint64_t value;

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(get(&own, names[i], &value), HV_STATUS_ACCESS_DENIED);
    }
    assert_int_equal(set(&own, HV_REGISTER_RIP, 0, 0), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(set(&own, HV_REGISTER_RFLAGS, 0, 0), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RIP], BENCH_CODE);
}

static void test_vtl1_reads_vtl0(void **state)
{
    (void)state;
    struct bench_vtl *vtl0 = &bench_vtl[0][VTL0];

    vtl0->reg[VREG_RIP] = 0x1111;
    vtl0->reg[VREG_RSP] = 0x2222;
    vtl0->reg[VREG_CR4] = 0x3333;
    cpu->cr2 = 0x4444;
    for (unsigned reg = 0; reg < GPR_COUNT; reg++) {
        cpu->gpr[reg] = 0x100 + reg;
    }
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_RIP), 0x1111);
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_RSP), 0x2222);
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_CR4), 0x3333);
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_CR2), 0x4444);
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_RBX), 0x100 + RBX);
    assert_int_equal(value_of(&of_vtl0, HV_REGISTER_R15), 0x100 + R15);
}

static void test_status_registers(void **state)
{
    (void)state;
    uint64_t value;

    assert_int_equal(value_of(&own, HV_REGISTER_VSM_PARTITION_STATUS), 1 | 1 << 16);
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_VP_STATUS), 1 << 16);
    bench_enable_vtl1(cpu);
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_PARTITION_STATUS), 3 | 1 << 16);
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_VP_STATUS), 3 << 16);
    cpu->active = VTL1;
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_VP_STATUS), 1 | 3 << 16);
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_CAPABILITIES), 0x20000);
    assert_int_equal(value_of(&own, HV_REGISTER_VP_INDEX), 0);
    assert_int_equal(get(&own, 0x000D0001, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, 0, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, 0xFFFFFFFF, &value), HV_STATUS_INVALID_PARAMETER);
}

/* What the register says about the code page is what the page holds. */
static void test_code_page_offsets(void **state)
{
    (void)state;
    uint64_t offsets = value_of(&own, HV_REGISTER_VSM_CODE_PAGE_OFFSETS);
    const uint8_t *call = hypercall_page_vmmcall + (offsets & 0xFFF);
    const uint8_t *back = hypercall_page_vmmcall + (offsets >> 12 & 0xFFF);
    static const uint8_t call_code[] = { 0x48, 0x89, 0xC8, 0xB9, 0x11, 0, 0, 0, 0x0F, 0x01, 0xD9, 0xC3 };
    static const uint8_t return_code[] = { 0x48, 0x89, 0xC8, 0xB9, 0x12, 0, 0, 0, 0x0F, 0x01, 0xD9, 0xC3 };

    assert_int_equal(offsets >> 24, 0);
    assert_memory_equal(call, call_code, sizeof(call_code));
    assert_memory_equal(back, return_code, sizeof(return_code));
    assert_memory_equal(hypercall_page_vmmcall, "\x0F\x01\xD9\xC3", 4);
}

static void test_read_only_registers(void **state)
{
    (void)state;
    assert_int_equal(set(&own, HV_REGISTER_VSM_VP_STATUS, 0, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&own, HV_REGISTER_VSM_CAPABILITIES, 0, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_CR2, 0, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&of_vtl0, 0x12345678, 0, 0), HV_STATUS_INVALID_PARAMETER);
}

static void test_vtl1_moves_vtl0(void **state)
{
    (void)state;
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RIP, 0xFFFF800000001234, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RIP], 0xFFFF800000001234);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RFLAGS, UINT64_MAX, 0), HV_STATUS_INVALID_REGISTER_VALUE); /* VM among them */
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RFLAGS, ~RFLAGS_VM, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RFLAGS], 0x3D7FD7);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RFLAGS, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RFLAGS], 2);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_RIP], BENCH_CODE);
}

/* An address of VTL0's mode: outside 64-bit mode an entry with more than 32 bits would fail. */
static void test_rip_fits_the_mode(void **state)
{
    struct bench_vtl *vtl0 = &bench_vtl[0][VTL0];

    (void)state;
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RIP, UINT64_C(1) << 47, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    vtl0->segment[VSEG_CS].attributes = 0xC09B; /* compatibility mode */
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RIP, SIZE_4G + 2, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_RIP, SIZE_4G - 1, 0), HV_STATUS_SUCCESS);
    assert_int_equal(vtl0->reg[VREG_RIP], SIZE_4G - 1);
}

static uint64_t pending(unsigned vector, bool deliver_code, uint32_t code)
{
    return 1 | (deliver_code ? 1u << 8 : 0) | (uint64_t)vector << 16 | (uint64_t)code << 32;
}

static void test_pending_event(void **state)
{
    (void)state;
    const struct event *event = &cpu->vtl[VTL0].pending;

    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(13, true, 0xABCD), 0), HV_STATUS_SUCCESS);
    assert_true(event->type == EVENT_EXCEPTION && event->vector == 13 && event->has_error_code);
    assert_int_equal(event->error_code, 0xABCD);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(14, true, 2), 0x5555000), HV_STATUS_SUCCESS);
    assert_true(event->sets_cr2 && event->cr2 == 0x5555000);
    assert_int_equal(cpu->cr2, 0); /* VTL1's until the fault is delivered */
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(6, false, 0), 0x7777), HV_STATUS_SUCCESS);
    assert_false(event->sets_cr2 || event->has_error_code);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(event->type, EVENT_NONE);
}

/* Acknowledged where it came from, VTL0 has to have it: as a virtual interrupt. */
static void test_no_pending_event_loses_no_interrupt(void **state)
{
    (void)state;
    cpu->vtl[VTL0].pending = (struct event){ .type = EVENT_INTERRUPT, .vector = 0x41, .broken_off = true };
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(cpu->vtl[VTL0].pending.type, EVENT_NONE);
    assert_true(cpu->held[1] == 1u << 1);
}

static void test_bad_pending_events(void **state)
{
    (void)state;
    assert_int_equal(set(&own, HV_REGISTER_PENDING_EVENT0, pending(13, true, 0), 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(2, false, 0), 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(32, false, 0), 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(0xFFFF, false, 0), 0), HV_STATUS_INVALID_PARAMETER);
    /* An entry with one of these fails on some processors, with an error code or without. */
    for (unsigned vector = 20; vector < 32; vector++) {
        assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(vector, false, 0), 0), HV_STATUS_INVALID_REGISTER_VALUE);
        assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(vector, true, 0), 0), HV_STATUS_INVALID_REGISTER_VALUE);
    }
    for (unsigned bit = 1; bit < 16; bit++) {
        if (bit != 8) {
            assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(13, true, 0) | 1u << bit, 0),
                             HV_STATUS_INVALID_REGISTER_VALUE);
        }
    }
    assert_int_equal(cpu->vtl[VTL0].pending.type, EVENT_NONE);
}

/* What hit VTL1's page on its way follows the exception, as what it was. */
static void test_a_pending_interrupt_is_kept(void **state)
{
    (void)state;
    cpu->vtl[VTL0].pending = (struct event){ .type = EVENT_INTERRUPT, .vector = 0x31 };
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(13, true, 0), 0), HV_STATUS_SUCCESS);
    assert_int_equal(cpu->vtl[VTL0].pending.vector, 13);
    assert_int_equal(bench_waiting(cpu, VTL0), 0x31);
    assert_int_equal(bench_waiting(cpu, VTL1), 0);
    cpu->vtl[VTL0].pending = (struct event){ .type = EVENT_NMI, .vector = 2 };
    assert_int_equal(set(&of_vtl0, HV_REGISTER_PENDING_EVENT0, pending(13, true, 0), 0), HV_STATUS_SUCCESS);
    assert_int_equal(atomic_load(&cpu->public.requests), REQUEST_NMI);
}

static void test_partition_config(void **state)
{
    (void)state;
    static const uint64_t bad[] = { 0x1, 0x3, 0x5, 0xB, 0xF, 0x1D, 0x9F, 0x100, UINT64_C(1) << 63 };

    partition.vsm_config = 0;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, bad[i], 0), HV_STATUS_INVALID_REGISTER_VALUE);
    }
    assert_int_equal(set(&of_vtl0, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1F, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(partition.vsm_config, 0);
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1F, 0), HV_STATUS_SUCCESS);
    assert_int_equal(value_of(&own, HV_REGISTER_VSM_PARTITION_CONFIG), 0x1F);
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1F, 0), HV_STATUS_SUCCESS);
    /* Protection is never switched off again. */
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1E, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x07, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    /* The rest comes and goes: ZeroMemoryOnReset, DenyLowerVtlStartup. */
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x7F, 0), HV_STATUS_SUCCESS);
    assert_true(partition_denies_startup());
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1F, 0), HV_STATUS_SUCCESS);
    assert_false(partition_denies_startup());
}

/* Without protection there is no default mask in force. */
static void test_default_mask_waits(void **state)
{
    (void)state;
    partition.vsm_config = 0;
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x06, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_rights(VTL0, 0x1000), SLAT_RWX);
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1E, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x07, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_rights(VTL0, 0x1000), SLAT_RW);
}

static struct hv_input_vp_registers of_other(uint8_t input_vtl)
{
    return (struct hv_input_vp_registers){ .partition_id = HV_PARTITION_ID_SELF, .vp_index = 1, .input_vtl = input_vtl };
}

/* The answer is the other processor's, given by it, whatever VTL it has active; the rights are the caller's. */
static void test_other_processor(void **state)
{
    struct hv_input_vp_registers vtl0 = of_other(HV_INPUT_VTL_USE_TARGET), vtl1 = of_other(HV_INPUT_VTL_USE_TARGET | 1);
    uint64_t value;

    (void)state;
    assert_int_equal(get(&vtl1, HV_REGISTER_VP_INDEX, &value), HV_STATUS_INVALID_VTL_STATE);
    bench_enable_vtl1(cpus[1]);
    bench_vtl[1][VTL0].reg[VREG_LSTAR] = 0x1111;
    bench_vtl[0][VTL0].reg[VREG_LSTAR] = 0x2222;
    bench_serve(cpus[1]);
    for (enum vtl active = VTL0; active < VTL_COUNT; active++) {
        cpus[1]->active = active;
        assert_int_equal(value_of(&vtl0, HV_REGISTER_LSTAR), 0x1111);
        assert_int_equal(value_of(&vtl1, HV_REGISTER_VP_INDEX), 1);
        assert_int_equal(value_of(&vtl0, HV_REGISTER_VSM_VP_STATUS) & 0xF, active);
    }
    assert_int_equal(set(&vtl0, HV_REGISTER_LSTAR, 0x3333, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&vtl0, HV_REGISTER_LSTAR, UINT64_C(1) << 62, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(bench_vtl[1][VTL0].reg[VREG_LSTAR], 0x3333);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_LSTAR], 0x2222);
    assert_int_equal(set(&vtl0, HV_REGISTER_PENDING_EVENT0, 1 | UINT64_C(6) << 16, 0), HV_STATUS_SUCCESS);
    assert_int_equal(cpus[1]->vtl[VTL0].pending.vector, 6);
    cpu->active = VTL0;
    cpus[1]->active = VTL1;
    assert_int_equal(get(&vtl1, HV_REGISTER_VP_INDEX, &value), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(get(&vtl0, HV_REGISTER_LSTAR, &value), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(set(&vtl0, HV_REGISTER_LSTAR, 0x4444, 0), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(bench_vtl[1][VTL0].reg[VREG_LSTAR], 0x3333);
    bench_serve_stop();
}

/* By the TLFS's numbers: registers, the MSRs that they are, and a value that each takes. */
static const struct {
    uint32_t name, count, msr;
    uint64_t value;
} synthetic[] = {
    { 0x90002, 1, 0x40000000, UINT64_C(0x8100000000000001) }, { 0x90001, 1, 0x40000001, 0x30001 }, { 0x90013, 1, 0x40000073, 0x31001 },
    { 0x90017, 1, 0x40000021, 0x32001 }, { 0xA0000, 16, 0x40000090, 0x200F3 }, { 0xA0010, 1, 0x40000080, 1 },
    { 0xA0012, 2, 0x40000082, 0x33001 }, { 0xB0000, 8, 0x400000B0, 0x71F00 },
};

/* Either way leads to the same state, of the VTL that is named and of no other. */
static void synthetic_of(enum vtl caller, enum vtl target)
{
    const struct hv_input_vp_registers *input = target == VTL1 ? &of_vtl1 : &of_vtl0;
    uint64_t value;

    cpu->active = caller;
    for (unsigned i = 0; i < sizeof(synthetic) / sizeof(synthetic[0]); i++) {
        for (uint32_t n = 0; n < synthetic[i].count; n++) {
            uint32_t msr = synthetic[i].msr + n, name = synthetic[i].name + n;
            uint64_t other;

            assert_true(synthetic_msr_read(cpu, 1 - target, msr, &other));
            assert_int_equal(set(input, name, synthetic[i].value, 0), HV_STATUS_SUCCESS);
            assert_true(synthetic_msr_read(cpu, target, msr, &value));
            assert_int_equal(value, synthetic[i].value);
            assert_int_equal(value_of(input, name), value);
            assert_true(synthetic_msr_read(cpu, 1 - target, msr, &value));
            assert_int_equal(value, other);
        }
    }
    assert_int_equal(set(input, HV_REGISTER_GUEST_OS_ID, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(value_of(input, HV_REGISTER_HYPERCALL), 0x30000);
}

static void test_synthetic_registers(void **state)
{
    (void)state;
    synthetic_of(VTL0, VTL0);
    synthetic_of(VTL1, VTL1);
    synthetic_of(VTL1, VTL0);
}

static void test_synthetic_registers_that_are_read_only(void **state)
{
    (void)state;
    static const uint32_t names[] = { 0x90000, 0x90003, 0x90004, 0xA0011 };
    uint64_t value;

    bench_tsc = 123456789;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(get(&of_vtl0, names[i], &value), HV_STATUS_SUCCESS);
        assert_int_equal(set(&of_vtl0, names[i], value, 0), HV_STATUS_INVALID_PARAMETER);
        assert_int_equal(set(&own, names[i], value, 0), HV_STATUS_INVALID_PARAMETER);
    }
    assert_int_equal(value_of(&own, HV_REGISTER_TIME_REF_COUNT), clock_now());
    assert_int_equal(value_of(&own, HV_REGISTER_SVERSION), 1);
    assert_int_equal(value_of(&own, HV_REGISTER_EOM), 0);
    assert_int_equal(get(&own, HV_REGISTER_EOI, &value), HV_STATUS_INVALID_PARAMETER);
    /* Neighbours that are none. */
    assert_int_equal(get(&own, 0x90005, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, 0x90014, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, 0xA0015, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, 0xB0008, &value), HV_STATUS_INVALID_PARAMETER);
}

static void expect_refused(const struct hv_input_vp_registers *input, uint32_t name, uint64_t bad)
{
    uint64_t before = value_of(input, name);

    assert_int_equal(set(input, name, bad, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(value_of(input, name), before);
}

/* The rights are those of the VTL whose page it becomes, not the caller's: VTL1 cannot make VTL0 reach what it may not. */
static void test_pages_for_vtl0(void **state)
{
    (void)state;
    static const uint32_t names[] = { 0x90001, 0x90013, 0x90017, 0xA0012, 0xA0013 };
    uint8_t before[PAGE_SIZE], after[PAGE_SIZE];

    assert_int_equal(set(&of_vtl0, HV_REGISTER_GUEST_OS_ID, 1, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&own, HV_REGISTER_GUEST_OS_ID, 1, 0), HV_STATUS_SUCCESS);
    memset(before, 0x77, sizeof(before));
    bench_poke(0x30000, before, sizeof(before));
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        bench_protect(0x30000, SLAT_NONE);
        expect_refused(&of_vtl0, names[i], 0x30001);
        bench_protect(0x30000, SLAT_R);
        expect_refused(&of_vtl0, names[i], 0x30001);
        expect_refused(&of_vtl0, names[i], BENCH_REGION | 1);
        expect_refused(&own, names[i], BENCH_REGION | 1);
    }
    bench_peek(0x30000, after, sizeof(after));
    assert_memory_equal(before, after, sizeof(before));
    bench_protect(0x30000, SLAT_RWX);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_HYPERCALL, 0x30001, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_rights(VTL0, 0x30000), SLAT_RX);
    assert_int_equal(bench_rights(VTL1, 0x30000), SLAT_RWX);
    assert_int_equal(set(&of_vtl0, HV_REGISTER_GUEST_OS_ID, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_rights(VTL0, 0x30000), SLAT_RWX);
}

static void test_synthetic_values_that_are_refused(void **state)
{
    (void)state;
    const struct hv_input_vp_registers *inputs[] = { &own, &of_vtl0 };

    for (unsigned i = 0; i < 2; i++) {
        expect_refused(inputs[i], HV_REGISTER_SINT3, 5);
        expect_refused(inputs[i], HV_REGISTER_SCONTROL, 2);
        expect_refused(inputs[i], HV_REGISTER_SIMP, 0x10);
        expect_refused(inputs[i], HV_REGISTER_STIMER2_CONFIG, 0x2000);
        expect_refused(inputs[i], HV_REGISTER_HYPERCALL, 0x10);
    }
}

/* VTL1's own is in software; VTL0's is the machine's, held as it is while VTL1 runs. */
static void test_local_apic_registers(void **state)
{
    uint64_t value;

    (void)state;
    for (uint32_t name = HV_REGISTER_EOI; name <= HV_REGISTER_TPR; name++) {
        assert_int_equal(get(&of_vtl0, name, &value), name == HV_REGISTER_EOI ? HV_STATUS_INVALID_PARAMETER : HV_STATUS_ACCESS_DENIED);
        assert_int_equal(set(&of_vtl0, name, 0x4500, 0), HV_STATUS_ACCESS_DENIED);
    }
    assert_int_equal(set(&own, HV_REGISTER_TPR, 0x100, 0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set(&own, HV_REGISTER_TPR, 0x53, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_CR8], 5);
    assert_int_equal(value_of(&own, HV_REGISTER_TPR), 0x53);
    atomic_store(&cpu->vtl[VTL1].apic.svr, 0x1FF);
    bench_become(cpus[0]);
    assert_int_equal(set(&own, HV_REGISTER_ICR, 0x44081, 0), HV_STATUS_SUCCESS); /* to itself */
    assert_int_equal(bench_waiting(cpu, VTL1), 0x81);
    assert_int_equal(value_of(&own, HV_REGISTER_ICR), 0x44081);
    local_apic_taken(cpu, 0x81);
    assert_int_equal(local_apic_in_service(&cpu->vtl[VTL1].apic), 0x81);
    assert_int_equal(set(&own, HV_REGISTER_EOI, 0, 0), HV_STATUS_SUCCESS);
    assert_int_equal(local_apic_in_service(&cpu->vtl[VTL1].apic), 0);
}

/* A timer belongs to a processor: its deadline is there. VTL0 reaches nothing of the kind, whatever runs there. */
static void test_synthetic_registers_of_another_processor(void **state)
{
    struct hv_input_vp_registers vtl0 = of_other(HV_INPUT_VTL_USE_TARGET), vtl1 = of_other(HV_INPUT_VTL_USE_TARGET | 1);
    uint64_t value;

    (void)state;
    bench_enable_vtl1(cpus[1]);
    bench_serve(cpus[1]);
    assert_int_equal(set(&vtl1, HV_REGISTER_STIMER0_CONFIG, 0x1000 | 0x90 << 4 | 8, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&vtl1, HV_REGISTER_STIMER0_COUNT, 5000, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&vtl0, HV_REGISTER_SINT0, 0x44, 0), HV_STATUS_SUCCESS);
    assert_int_equal(set(&vtl1, HV_REGISTER_TPR, 0x30, 0), HV_STATUS_SUCCESS);
    bench_serve_stop();
    assert_int_equal(cpus[1]->deadlines[DEADLINE_VTL1_STIMERS], clock_tsc_at(5000));
    assert_int_equal(cpu->deadlines[DEADLINE_VTL1_STIMERS], 0);
    assert_int_equal(cpus[1]->vtl[VTL0].sint[0], 0x44);
    assert_int_equal(bench_vtl[1][VTL1].reg[VREG_CR8], 3);
    cpu->active = VTL0; /* nobody serves: what is asked for may not wait */
    for (unsigned i = 0; i < sizeof(synthetic) / sizeof(synthetic[0]); i++) {
        assert_int_equal(get(&vtl0, synthetic[i].name, &value), HV_STATUS_ACCESS_DENIED);
        assert_int_equal(set(&vtl0, synthetic[i].name, synthetic[i].value, 0), HV_STATUS_ACCESS_DENIED);
        assert_int_equal(set(&vtl1, synthetic[i].name, synthetic[i].value, 0), HV_STATUS_ACCESS_DENIED);
    }
    assert_int_equal(value_of(&vtl0, HV_REGISTER_VP_INDEX), 1);
    assert_int_equal(cpus[1]->vtl[VTL0].sint[0], 0x44);
    assert_int_equal(partition.vtl[VTL0].guest_os_id, 0);
}

static void test_vtl0_cannot_configure(void **state)
{
    (void)state;
    uint64_t value;

    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x1F, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(get(&own, HV_REGISTER_VSM_PARTITION_CONFIG, &value), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(partition.vsm_config, 0);
}

/* All RAM, only RAM, and on every processor before the call returns. */
static void test_default_mask(void **state)
{
    (void)state;
    uint64_t epoch = atomic_load(&partition.slat_epoch);

    partition.vsm_config = 0;
    assert_int_equal(set(&own, HV_REGISTER_VSM_PARTITION_CONFIG, 0x07, 0), HV_STATUS_SUCCESS);
    assert_int_equal(bench_rights(VTL0, 0x1000), SLAT_RW);
    assert_int_equal(bench_rights(VTL0, BENCH_RAM_END - PAGE_SIZE), SLAT_RW);
    assert_int_equal(bench_rights(VTL0, BENCH_HIGH_RAM), SLAT_RW);
    assert_int_equal(bench_rights(VTL0, BENCH_REGION), SLAT_NONE);
    assert_int_equal(bench_rights(VTL0, BENCH_APIC), SLAT_R);
    assert_int_equal(bench_rights(VTL0, BENCH_HOLE), SLAT_RWX);
    assert_int_equal(bench_rights(VTL1, 0x1000), SLAT_RWX);
    assert_true(atomic_load(&partition.slat_epoch) > epoch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_header, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl0_learns_nothing_of_vtl1, start, stop),
        cmocka_unit_test_setup_teardown(test_ones_own_architectural_registers, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_reads_vtl0, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_status_registers, start, stop),
        cmocka_unit_test_setup_teardown(test_code_page_offsets, start, stop),
        cmocka_unit_test_setup_teardown(test_read_only_registers, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_moves_vtl0, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_rip_fits_the_mode, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_pending_event, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_no_pending_event_loses_no_interrupt, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_bad_pending_events, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_a_pending_interrupt_is_kept, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_partition_config, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_vtl0_cannot_configure, start, stop),
        cmocka_unit_test_setup_teardown(test_default_mask, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_default_mask_waits, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_other_processor, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_synthetic_registers, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_synthetic_registers_that_are_read_only, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_pages_for_vtl0, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_synthetic_values_that_are_refused, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_local_apic_registers, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_synthetic_registers_of_another_processor, start_vtl1, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
