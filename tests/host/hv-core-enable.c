/* HvCallEnablePartitionVtl, HvCallEnableVpVtl and HvCallModifyVtlProtectionMask: every row of their tables of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/protection.h>
#include <hv/tpm_page.h>
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
    bench_serve(cpus[1]);
    return 0;
}

static int stop_vtl1(void **state)
{
    (void)state;
    bench_serve_stop();
    bench_stop();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static uint16_t enable_partition(uint8_t vtl, uint8_t flags)
{
    struct hv_input_enable_partition_vtl input = { .partition_id = HV_PARTITION_ID_SELF, .target_vtl = vtl, .flags = flags };

    return call_enable_partition_vtl(cpu, &input);
}

static void test_enable_partition(void **state)
{
    (void)state;
    assert_int_equal(enable_partition(0, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(enable_partition(2, 0), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(enable_partition(1, 1), HV_STATUS_INVALID_PARAMETER);
    assert_false(atomic_load(&partition.vtl1_enabled));
    assert_int_equal(enable_partition(1, 0), HV_STATUS_SUCCESS);
    assert_int_equal(enable_partition(1, 0), HV_STATUS_INVALID_VTL_STATE);
}

static int start_mode_based(void **state)
{
    bench_mode_based = true;
    return start(state);
}

static int stop_mode_based(void **state)
{
    bench_mode_based = false;
    return stop(state);
}

static uint64_t register_value(uint32_t name)
{
    struct hv_input_vp_registers input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    struct hv_register_value value;

    assert_int_equal(call_get_register(cpu, &input, name, &value), HV_STATUS_SUCCESS);
    return value.low;
}

static uint16_t set_secure_config(uint64_t value)
{
    struct hv_input_vp_registers input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    struct hv_register_assoc assoc = { .name = HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0, .value = { .low = value } };

    return call_set_register(cpu, &input, &assoc);
}

/* Mode-based execution: offered, asked for, switched on by VTL1, and only then are there masks for user mode alone. */
static void test_mode_based_execution(void **state)
{
    unsigned rights;

    (void)state;
    assert_int_equal(register_value(HV_REGISTER_VSM_CAPABILITIES), 0x20006);
    assert_false(protection_rights(0x9, &rights));
    assert_int_equal(enable_partition(1, 2), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(enable_partition(1, HV_ENABLE_MBEC), HV_STATUS_SUCCESS);
    assert_int_equal(register_value(HV_REGISTER_VSM_PARTITION_STATUS), 0x310003);
    assert_int_equal(register_value(HV_REGISTER_VSM_VP_STATUS), 0x10000);
    assert_int_equal(set_secure_config(1), HV_STATUS_ACCESS_DENIED);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(set_secure_config(0), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set_secure_config(2), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set_secure_config(5), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set_secure_config(1), HV_STATUS_SUCCESS);
    assert_int_equal(register_value(HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0), 1);
    assert_int_equal(register_value(HV_REGISTER_VSM_VP_STATUS) & HV_VSM_VP_STATUS_ACTIVE_MBEC, HV_VSM_VP_STATUS_ACTIVE_MBEC);
    assert_true(protection_rights(0x9, &rights) && rights == (SLAT_R | SLAT_UX));
    assert_true(protection_rights(0xB, &rights) && rights == (SLAT_RW | SLAT_UX));
    assert_false(protection_rights(0x5, &rights) || protection_rights(0x7, &rights) || protection_rights(0x8, &rights));
    assert_true(slat_set_rights(&partition.slat[VTL0], gpa(PAGE_SIZE), SLAT_R | SLAT_UX));
    assert_int_equal(slat_get_rights(&partition.slat[VTL0], gpa(PAGE_SIZE)), SLAT_R | SLAT_UX);
}

static void test_no_mode_based_execution(void **state)
{
    (void)state;
    assert_int_equal(register_value(HV_REGISTER_VSM_CAPABILITIES), 0x20000);
    assert_int_equal(enable_partition(1, HV_ENABLE_MBEC), HV_STATUS_INVALID_PARAMETER);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(set_secure_config(1), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_int_equal(set_secure_config(0), HV_STATUS_SUCCESS);
    assert_int_equal(register_value(HV_REGISTER_VSM_VP_STATUS) & HV_VSM_VP_STATUS_ACTIVE_MBEC, 0);
}

static struct hv_input_enable_vp_vtl good(uint32_t vp)
{
    return (struct hv_input_enable_vp_vtl){
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = vp, .target_vtl = 1,
        .context = { .rip = 0x100000, .rsp = 0x9000, .rflags = 2, .cs = { .attributes = 0xA09B },
                     .efer = EFER_LME | EFER_LMA | EFER_NXE | EFER_SCE, .cr0 = CR0_PE | CR0_PG | CR0_NE | CR0_WP,
                     .cr3 = 0x2000, .cr4 = CR4_PAE },
    };
}

static void test_the_first_vtl1_is_the_loaders(void **state)
{
    (void)state;
    struct hv_input_enable_vp_vtl input = good(HV_VP_INDEX_SELF);

    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_VTL_STATE);
    atomic_store(&partition.vtl1_enabled, true);
    input.vp_index = 1;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_ACCESS_DENIED);
    input.vp_index = 0;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_SUCCESS);
    assert_true(cpu->vtl[VTL1].enabled);
    assert_int_equal(cpu->active, VTL0);
    assert_int_equal(bench_vtl[0][VTL1].context.rip, 0x100000);
    assert_int_equal(cpu->vtl[VTL1].sint[7], HV_SINT_RESET);
    /* From now on VTL0 brings no VTL1 up, here or elsewhere. */
    input.vp_index = HV_VP_INDEX_SELF;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(call_enable_vp_vtl(cpus[1], &input), HV_STATUS_ACCESS_DENIED);
    assert_int_equal(bench_vtl[0][VTL1].starts, 1);
}

static void test_vtl1_enables_others(void **state)
{
    (void)state;
    struct hv_input_enable_vp_vtl input = good(1);

    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_SUCCESS);
    assert_true(cpus[1]->vtl[VTL1].enabled);
    assert_int_equal(cpus[1]->active, VTL0);
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_VTL_ALREADY_ENABLED);
    input.vp_index = 0;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_VTL_ALREADY_ENABLED);
    assert_int_equal(bench_vtl[1][VTL1].starts, 1);
}

static void test_bad_enable_vp(void **state)
{
    (void)state;
    struct hv_input_enable_vp_vtl input = good(1);

    input = good(2);
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_VP_INDEX);
    input = good(0xFFFFFFFF);
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_VP_INDEX);
    input = good(1);
    input.target_vtl = 0;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_PARAMETER);
    input.target_vtl = 2;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_PARAMETER);
    assert_false(cpus[1]->vtl[VTL1].enabled);
}

static void expect_context_refused(struct hv_input_enable_vp_vtl input)
{
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_INVALID_REGISTER_VALUE);
    assert_false(cpus[1]->vtl[VTL1].enabled);
}

static void test_contexts_the_processor_would_refuse(void **state)
{
    (void)state;
    static const struct { size_t offset; uint64_t value; } bad[] = {
        { offsetof(struct hv_initial_vp_context, cr0), CR0_PE },
        { offsetof(struct hv_initial_vp_context, cr0), CR0_PE | CR0_PG | UINT64_C(1) << 40 },
        { offsetof(struct hv_initial_vp_context, cr4), 0 },
        { offsetof(struct hv_initial_vp_context, cr4), CR4_PAE | 1u << 24 },
        { offsetof(struct hv_initial_vp_context, cr4), CR4_PAE | 1u << 16 }, /* FSGSBASE, which this processor does not have */
        { offsetof(struct hv_initial_vp_context, cr4), CR4_PAE | 1u << 13 }, /* VMXE */
        { offsetof(struct hv_initial_vp_context, cr0), CR0_PE | CR0_PG | CR0_NW },
        { offsetof(struct hv_initial_vp_context, efer), EFER_LMA },
        { offsetof(struct hv_initial_vp_context, efer), EFER_LME | EFER_LMA | UINT64_C(0x4000) },
        { offsetof(struct hv_initial_vp_context, msr_cr_pat), UINT64_C(2) << 8 },
        { offsetof(struct hv_initial_vp_context, fs.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, gs.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, tr.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, ldtr.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, cs.base), UINT64_C(0x100000000) },
        { offsetof(struct hv_initial_vp_context, ss.base), UINT64_C(0x100000000) },
        { offsetof(struct hv_initial_vp_context, ds.base), UINT64_C(0x100000000) },
        { offsetof(struct hv_initial_vp_context, es.base), UINT64_C(0x100000000) },
        { offsetof(struct hv_initial_vp_context, efer), EFER_LME | EFER_LMA | EFER_SVME },
        { offsetof(struct hv_initial_vp_context, rip), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, rsp), UINT64_C(0xFFFF000000000000) },
        { offsetof(struct hv_initial_vp_context, gdtr.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, idtr.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, cr3), UINT64_C(1) << 48 },
        { offsetof(struct hv_initial_vp_context, msr_cr_pat), 2 },
        { offsetof(struct hv_initial_vp_context, fs.base), UINT64_C(0x800000000000) },
        { offsetof(struct hv_initial_vp_context, cs.base), SIZE_4G },
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hv_input_enable_vp_vtl input = good(1);

        memcpy((uint8_t *)&input.context + bad[i].offset, &bad[i].value, sizeof(uint64_t));
        expect_context_refused(input);
    }
}

static void expect_segment_refused(size_t segment, uint16_t selector, uint16_t attributes)
{
    struct hv_input_enable_vp_vtl input = good(1);
    struct hv_x64_segment_register value = { .selector = selector, .attributes = attributes, .limit = 0xFFFF };

    memcpy((uint8_t *)&input.context + segment, &value, sizeof(value));
    expect_context_refused(input);
}

static void test_segments_the_processor_would_refuse(void **state)
{
    (void)state;
    expect_segment_refused(offsetof(struct hv_initial_vp_context, cs), 8, 0xA013);    /* not present */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, cs), 8, 0xA093);    /* data */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, cs), 8, 0xA08B);    /* system */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, cs), 8, 0xA0FB);    /* ring 3 */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ss), 0x10, 0xC09B); /* code */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ss), 0x10, 0xC091); /* read-only */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ss), 0x13, 0xC0F3); /* ring 3 */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ds), 0x10, 0xC099); /* execute-only code */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, gs), 0x10, 0xC083); /* system */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, tr), 0x18, 0x83);   /* a 16-bit task */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, tr), 0x18, 0x9B);   /* no system segment */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, tr), 0x1C, 0x8B);   /* in the LDT */
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ldtr), 0x20, 0x8B);
    expect_segment_refused(offsetof(struct hv_initial_vp_context, ldtr), 0x24, 0x82);
}

/* What clients state, and what the vendor gets for it. */
static void test_loose_contexts(void **state)
{
    (void)state;
    struct hv_input_enable_vp_vtl input = good(1);
    const struct hv_initial_vp_context *loaded = &bench_vtl[1][VTL1].context;

    input.context.cs.attributes = 0xFF9A; /* not accessed, both L and D, reserved bits */
    input.context.ss = (struct hv_x64_segment_register){ .base = 0, .attributes = 0x0013 };
    input.context.fs = (struct hv_x64_segment_register){ .base = UINT64_C(0xFFFF800000000000) };
    input.context.ds.attributes = 0x4092;
    input.context.tr = (struct hv_x64_segment_register){ .limit = 0xFFFF, .selector = 0x18, .attributes = 0x89 };
    input.context.efer = EFER_LME;
    input.context.rflags = UINT64_MAX;
    input.context.msr_cr_pat = 0;
    assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_SUCCESS);
    assert_int_equal(loaded->cs.attributes, 0xB09B);
    assert_int_equal(loaded->ss.attributes, 0);
    assert_int_equal(loaded->fs.attributes, 0);
    assert_int_equal(loaded->fs.base, UINT64_C(0xFFFF800000000000));
    assert_int_equal(loaded->ds.attributes, 0x4093);
    assert_int_equal(loaded->tr.attributes, 0x8B);
    assert_int_equal(loaded->efer, EFER_LME | EFER_LMA);
    assert_int_equal(loaded->rflags, 0x3D7FD7);
    assert_int_equal(loaded->cr0 & CR0_ET, CR0_ET);
    assert_int_equal(loaded->msr_cr_pat, 0);
}

static struct hv_input_enable_vp_vtl protected_mode(void)
{
    struct hv_input_enable_vp_vtl input = good(1);

    input.context.efer = 0;
    input.context.cs.attributes = 0xC09B;
    input.context.cr0 = CR0_PE;
    input.context.cr4 = 0;
    return input;
}

/* Without long mode: paging off, of 32-bit entries, of PAE; 16-bit code; on its way to long mode. */
static void test_protected_mode(void **state)
{
    static const struct { uint64_t cr0, cr4, efer; uint16_t code; } modes[] = {
        { CR0_PE, 0, 0, 0xC09B }, { CR0_PE | CR0_PG, 0, 0, 0xC09B }, { CR0_PE | CR0_PG, CR4_PAE, EFER_NXE, 0xC09B },
        { CR0_PE, 0, 0, 0x009B }, { CR0_PE, CR4_PAE, EFER_LME, 0xC09A },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct hv_input_enable_vp_vtl input = protected_mode();
        const struct hv_initial_vp_context *loaded = &bench_vtl[1][VTL1].context;

        cpus[1]->vtl[VTL1].enabled = false;
        input.context.cr0 = modes[i].cr0;
        input.context.cr4 = modes[i].cr4;
        input.context.efer = modes[i].efer;
        input.context.cs.attributes = modes[i].code;
        assert_int_equal(call_enable_vp_vtl(cpu, &input), HV_STATUS_SUCCESS);
        assert_int_equal(loaded->efer, modes[i].efer);
        assert_int_equal(loaded->cs.attributes, modes[i].code | 1);
        assert_int_equal(loaded->cr0 & ~CR0_ET, modes[i].cr0);
    }
}

#define FIELD(name) offsetof(struct hv_initial_vp_context, name)

static void test_no_state_of_protected_mode(void **state)
{
    static const struct { size_t offset; uint64_t value; } bad[] = {
        { FIELD(cr0), 0 }, { FIELD(cr0), CR0_PG },
        { FIELD(cr4), CR4_PCIDE }, { FIELD(cr4), 1u << 13 },
        { FIELD(efer), EFER_LMA }, { FIELD(efer), EFER_LMA | EFER_LME },
        { FIELD(cr3), SIZE_4G }, { FIELD(rip), SIZE_4G },
        { FIELD(rsp), SIZE_4G }, { FIELD(cs.base), SIZE_4G },
        { FIELD(fs.base), SIZE_4G }, { FIELD(gs.base), SIZE_4G },
        { FIELD(tr.base), SIZE_4G }, { FIELD(ldtr.base), SIZE_4G },
        { FIELD(gdtr.base), SIZE_4G }, { FIELD(idtr.base), SIZE_4G },
    };
    struct hv_input_enable_vp_vtl input;

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        input = protected_mode();
        memcpy((uint8_t *)&input.context + bad[i].offset, &bad[i].value, sizeof(uint64_t));
        expect_context_refused(input);
    }
    input = protected_mode();
    input.context.cs.attributes = 0xA09B; /* L is long mode's */
    expect_context_refused(input);
    input.context.cs.attributes = 0xC0FB; /* ring 3 */
    expect_context_refused(input);
    input = good(1);
    input.context.cs.attributes = 0xC09B; /* compatibility mode */
    expect_context_refused(input);
    input.context.cr4 = 0; /* long mode without PAE */
    input.context.cs.attributes = 0xA09B;
    expect_context_refused(input);
}

/* The owner wants no VTL1 in this boot: VTL0 finds none, and gets none. */
static void test_not_offered(void **state)
{
    (void)state;
    partition.boot.vsm_offered = 0;
    assert_int_equal(enable_partition(1, 0), HV_STATUS_ACCESS_DENIED);
    assert_false(atomic_load(&partition.vtl1_claimed));
    assert_int_equal(register_value(HV_REGISTER_VSM_PARTITION_STATUS), 1);
}

static uint16_t modify(uint32_t flags, uint8_t vtl, uint64_t page)
{
    struct hv_input_modify_vtl_protection_mask input = { .partition_id = HV_PARTITION_ID_SELF, .map_flags = flags, .input_vtl = vtl };

    return call_modify_protection(cpu, &input, page);
}

static void test_flags(void **state)
{
    (void)state;
    static const struct { uint32_t flags; unsigned rights; } legal[] = {
        { 0x0, SLAT_NONE }, { 0x1, SLAT_R }, { 0x3, SLAT_RW }, { 0xD, SLAT_RX }, { 0xF, SLAT_RWX },
    };
    unsigned rights, next = 0;

    for (uint32_t flags = 0; flags < 0x10000; flags++) {
        bool expected = next < 5 && flags == legal[next].flags;

        assert_int_equal(protection_rights(flags, &rights), expected);
        if (expected) {
            assert_int_equal(rights, legal[next++].rights);
            assert_int_equal(modify(flags, 0, 0x300), HV_STATUS_SUCCESS);
            assert_int_equal(bench_rights(VTL0, 0x300000), rights);
        } else {
            assert_int_equal(modify(flags, 0, 0x300), HV_STATUS_INVALID_REGISTER_VALUE);
        }
    }
    assert_int_equal(next, 5);
    assert_false(protection_rights(0x80000001, &rights));
    assert_int_equal(bench_rights(VTL1, 0x300000), SLAT_RWX);
}

static void test_whose_mask(void **state)
{
    (void)state;
    assert_int_equal(modify(0, 0x20, 0x300), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(modify(0, HV_INPUT_VTL_USE_TARGET | 2, 0x300), HV_STATUS_INVALID_PARAMETER);
    assert_int_equal(bench_rights(VTL0, 0x300000), SLAT_RWX);
    assert_int_equal(modify(0, HV_INPUT_VTL_USE_TARGET | 1, 0x300), HV_STATUS_SUCCESS);
    assert_int_equal(modify(0, HV_INPUT_VTL_USE_TARGET, 0x301), HV_STATUS_SUCCESS);
    assert_int_equal(modify(0, 0x01, 0x302), HV_STATUS_SUCCESS); /* bit 4 clear: the rest is ignored */
    for (uint64_t page = 0x300; page < 0x303; page++) {
        assert_int_equal(bench_rights(VTL0, page << 12), SLAT_NONE);
    }
    partition.vsm_config = 0;
    assert_int_equal(modify(0xF, 0, 0x300), HV_STATUS_ACCESS_DENIED);
    atomic_store(&partition.vtl1_enabled, false);
    assert_int_equal(modify(0xF, 0, 0x300), HV_STATUS_INVALID_VTL_STATE);
    assert_int_equal(bench_rights(VTL0, 0x300000), SLAT_NONE);
}

/* Nobody gets the hypervisor's memory, a device or a hole by way of a mask. The TPM's registers are VTL1's to take. */
static void test_only_ram_and_the_tpm_carry_a_mask(void **state)
{
    (void)state;
    static const uint64_t bad[] = { 0, BENCH_REGION, BENCH_REGION + BENCH_REGION_SIZE - PAGE_SIZE, BENCH_RAM_END, BENCH_HOLE,
                                    BENCH_APIC, BENCH_ECAM, BENCH_WINDOW, BENCH_HIGH_RAM + BENCH_HIGH_SIZE, UINT64_C(1) << 47,
                                    TPM_ADDRESS - PAGE_SIZE, TPM_ADDRESS + TPM_SIZE };
    static const uint64_t huge[] = { UINT64_C(1) << 36, UINT64_C(1) << 52 | 0x300, UINT64_MAX, (UINT64_C(1) << 36) | 0x300 };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unsigned before = bench_rights(VTL0, bad[i]);

        assert_int_equal(modify(0xF, 0, bad[i] >> 12), HV_STATUS_INVALID_PARAMETER);
        assert_int_equal(modify(0x0, 0, bad[i] >> 12), HV_STATUS_INVALID_PARAMETER);
        assert_int_equal(bench_rights(VTL0, bad[i]), before);
    }
    for (unsigned i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
        assert_int_equal(modify(0x0, 0, huge[i]), HV_STATUS_INVALID_PARAMETER);
    }
    assert_int_equal(bench_rights(VTL0, 0x300000), SLAT_RWX);
    for (uint64_t page = TPM_ADDRESS; page < TPM_ADDRESS + TPM_SIZE; page += PAGE_SIZE) {
        assert_int_equal(modify(0, 0, page >> 12), HV_STATUS_SUCCESS);
        assert_int_equal(bench_rights(VTL0, page), SLAT_NONE);
        assert_int_equal(bench_rights(VTL1, page), SLAT_RWX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_enable_partition, start, stop),
        cmocka_unit_test_setup_teardown(test_mode_based_execution, start_mode_based, stop_mode_based),
        cmocka_unit_test_setup_teardown(test_no_mode_based_execution, start, stop),
        cmocka_unit_test_setup_teardown(test_the_first_vtl1_is_the_loaders, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_enables_others, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_bad_enable_vp, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_contexts_the_processor_would_refuse, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_segments_the_processor_would_refuse, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_loose_contexts, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_protected_mode, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_no_state_of_protected_mode, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_not_offered, start, stop),
        cmocka_unit_test_setup_teardown(test_flags, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_whose_mask, start_vtl1, stop_vtl1),
        cmocka_unit_test_setup_teardown(test_only_ram_and_the_tpm_carry_a_mask, start_vtl1, stop_vtl1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
