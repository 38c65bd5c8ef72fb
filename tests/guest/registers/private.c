/* VTL0's private registers as VTL1 reads and sets them: what VTL0's own instructions say is the measure. */
#include "registers.h"

#define MSR_EFER UINT64_C(0xC0000080)

static const struct {
    uint32_t name, msr;
    uint64_t good, bad; /* bad 0: every value is good */
} msrs[] = {
    { HV_REGISTER_KERNEL_GS_BASE, 0xC0000102, UINT64_C(0xFFFF812345678000), UINT64_C(1) << 63 },
    { HV_REGISTER_PAT, 0x277, UINT64_C(0x0007040600070406) ^ UINT64_C(1) << 56, UINT64_C(0x0207040600070406) },
    { HV_REGISTER_SYSENTER_CS, 0x174, 0x1234, UINT64_C(1) << 32 },
    { HV_REGISTER_SYSENTER_EIP, 0x176, UINT64_C(0xFFFF800000001234), UINT64_C(1) << 47 },
    { HV_REGISTER_SYSENTER_ESP, 0x175, UINT64_C(0x7FFFFFFFFFF0), UINT64_C(1) << 62 },
    { HV_REGISTER_STAR, 0xC0000081, UINT64_C(0x0023001800001234), 0 },
    { HV_REGISTER_LSTAR, 0xC0000082, UINT64_C(0xFFFF800000005678), UINT64_C(0x0000800000000000) },
    { HV_REGISTER_CSTAR, 0xC0000083, UINT64_C(0xFFFF80000000ABCD), UINT64_C(0x1000000000000000) },
    { HV_REGISTER_SFMASK, 0xC0000084, 0x47700, UINT64_C(0x100000000) },
    { HV_REGISTER_TSC_AUX, 0xC0000103, 0x55AA, UINT64_C(0x100000000) },
};

static void one_msr(unsigned n)
{
    uint64_t before = read_msr(msrs[n].msr), value = 0;

    note(get(FROM_VTL1, TARGET_VTL0, msrs[n].name, &value) == HV_STATUS_SUCCESS && value == before, "0x%x:read-0x%lx", msrs[n].name, value);
    if (msrs[n].bad != 0) {
        note(set(FROM_VTL1, TARGET_VTL0, msrs[n].name, msrs[n].bad) == HV_STATUS_INVALID_REGISTER_VALUE, "0x%x:bad", msrs[n].name);
        note(read_msr(msrs[n].msr) == before, "0x%x:changed-by-a-bad-value", msrs[n].name);
    }
    note(set(FROM_VTL1, TARGET_VTL0, msrs[n].name, msrs[n].good) == HV_STATUS_SUCCESS, "0x%x:set", msrs[n].name);
    note(read_msr(msrs[n].msr) == msrs[n].good, "0x%x:0x%lx-not-0x%lx", msrs[n].name, read_msr(msrs[n].msr), msrs[n].good);
    write_msr(msrs[n].msr, before);
    note(get(FROM_VTL1, TARGET_VTL0, msrs[n].name, &value) == HV_STATUS_SUCCESS && value == before, "0x%x:restored", msrs[n].name);
}

static void test_private_msrs(void)
{
    uint64_t efer = read_msr(MSR_EFER);

    for (unsigned n = 0; n < sizeof(msrs) / sizeof(msrs[0]); n++) {
        one_msr(n);
    }
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_EFER, efer | 1) == HV_STATUS_SUCCESS && read_msr(MSR_EFER) == (efer | 1), "efer-sce");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_EFER, efer & ~UINT64_C(0x100)) == HV_STATUS_INVALID_REGISTER_VALUE, "efer-lme");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_EFER, efer | 1u << 12) == HV_STATUS_INVALID_REGISTER_VALUE, "efer-svme");
    note(read_msr(MSR_EFER) == (efer | 1), "efer-0x%lx", read_msr(MSR_EFER));
    write_msr(MSR_EFER, efer);
    report_notes("registers-private-msrs");
}

static void one_control(uint32_t name, uint64_t (*read)(void), void (*write)(uint64_t), uint64_t toggle, const uint64_t *bad,
                        unsigned count)
{
    uint64_t before = read();

    for (unsigned n = 0; n < count; n++) {
        uint16_t status = set(FROM_VTL1, TARGET_VTL0, name, before ^ bad[n]);

        note(status == HV_STATUS_INVALID_REGISTER_VALUE && read() == before, "0x%x:bad-0x%lx:0x%x", name, bad[n], status);
    }
    note(set(FROM_VTL1, TARGET_VTL0, name, before ^ toggle) == HV_STATUS_SUCCESS, "0x%x:set", name);
    note(read() == (before ^ toggle), "0x%x:0x%lx", name, read());
    write(before);
}

static void test_control_registers(void)
{
    static const uint64_t bad_cr0[] = { 1, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 29 };
    static const uint64_t bad_cr4[] = { 1u << 5, 1u << 13, 1u << 12, 1u << 17, UINT64_C(1) << 31, UINT64_C(1) << 40 };

    one_control(HV_REGISTER_CR0, read_cr0, write_cr0, UINT64_C(1) << 18, bad_cr0, 4); /* AM; PE, PG, bit 32, NW alone */
    one_control(HV_REGISTER_CR4, read_cr4, write_cr4, 1u << 2, bad_cr4, 6);           /* TSD; PAE, VMXE, LA57, PCIDE, reserved */
    report_notes("registers-private-control");
}

static void expect_segment(const char *name, uint32_t reg, uint64_t selector)
{
    struct hv_register_value value = { 0, 0 };

    note(get_both(FROM_VTL1, TARGET_VTL0, reg, &value) == HV_STATUS_SUCCESS, "%s:status", name);
    note((value.high >> 32 & 0xFFFF) == selector, "%s:selector-0x%lx-not-0x%lx", name, value.high >> 32 & 0xFFFF, selector);
}

static void test_segments(void)
{
    struct hv_register_value value;
    struct table_pointer gdt = read_gdt(), idt = read_idt();

    expect_segment("es", HV_REGISTER_ES, read_es());
    expect_segment("cs", HV_REGISTER_CS, read_cs());
    expect_segment("ss", HV_REGISTER_SS, read_ss());
    expect_segment("ds", HV_REGISTER_DS, read_ds());
    expect_segment("fs", HV_REGISTER_FS, read_fs());
    expect_segment("gs", HV_REGISTER_GS, read_gs());
    get_both(FROM_VTL1, TARGET_VTL0, HV_REGISTER_CS, &value);
    note((value.high >> 48 & 0x209A) == 0x209A, "cs:attributes-0x%lx", value.high >> 48); /* long, present, readable code */
    get_both(FROM_VTL1, TARGET_VTL0, HV_REGISTER_GS, &value);
    note(value.low == read_msr(0xC0000101), "gs:base-0x%lx", value.low);
    note(get_both(FROM_VTL1, TARGET_VTL0, HV_REGISTER_GDTR, &value) == HV_STATUS_SUCCESS, "gdtr");
    note(value.high == gdt.base && value.low >> 48 == gdt.limit, "gdtr-0x%lx-0x%lx", value.high, value.low);
    note(get_both(FROM_VTL1, TARGET_VTL0, HV_REGISTER_IDTR, &value) == HV_STATUS_SUCCESS, "idtr");
    note(value.high == idt.base && value.low >> 48 == idt.limit, "idtr-0x%lx-0x%lx", value.high, value.low);
    report_notes("registers-private-segments");
}

static void test_debug_registers(void)
{
    uint64_t value = 0, dr7 = read_dr7();

    note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR7, &value) == HV_STATUS_SUCCESS && value == dr7, "dr7-0x%lx", value);
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR7, UINT64_C(1) << 32) == HV_STATUS_INVALID_REGISTER_VALUE, "dr7-high");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR7, 0x300) == HV_STATUS_SUCCESS && read_dr7() == 0x700, "dr7-set-0x%lx", read_dr7());
    write_dr7(dr7);
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR6, 0xFFFF0FF0) == HV_STATUS_INVALID_PARAMETER, "dr6-set");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RIP, UINT64_C(1) << 62) == HV_STATUS_INVALID_REGISTER_VALUE, "rip-not-canonical");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RFLAGS, 0x20202) == HV_STATUS_INVALID_REGISTER_VALUE, "rflags-vm");
    report_notes("registers-private-debug");
}

static uint16_t set_wide(uint32_t name, uint64_t low, uint64_t high)
{
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } input = { { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = TARGET_VTL0 },
                { .name = name, .value = { low, high } } };

    return HV_RESULT_STATUS(send(FROM_VTL1, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input), NULL));
}

/* Shared between the VTLs, so VTL0 finds what VTL1 has set. */
static void test_shared(void)
{
    uint64_t (*const readers[])(void) = { read_dr0, read_dr1, read_dr2, read_dr3 };
    uint64_t xcr0 = 0, value = 0;

    for (uint32_t n = 0; n < 4; n++) {
        uint64_t address = UINT64_C(0xFFFF800000001000) + n;

        note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR0 + n, address) == HV_STATUS_SUCCESS && readers[n]() == address, "dr%u", n);
        note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR0 + n, &value) == HV_STATUS_SUCCESS && value == address, "dr%u-get", n);
        note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_DR0 + n, 0) == HV_STATUS_SUCCESS && readers[n]() == 0, "dr%u-zero", n);
    }
    note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, &xcr0) == HV_STATUS_SUCCESS && (xcr0 & 1) != 0, "xfem-0x%lx", xcr0);
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, 3) == HV_STATUS_SUCCESS, "xfem-set");
    note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, &value) == HV_STATUS_SUCCESS && value == 3, "xfem-0x%lx", value);
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, 2) == HV_STATUS_INVALID_REGISTER_VALUE, "xfem-without-x87");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, 5) == HV_STATUS_INVALID_REGISTER_VALUE, "xfem-avx-without-sse");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, UINT64_C(1) << 62 | 3) == HV_STATUS_INVALID_REGISTER_VALUE, "xfem-unknown");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_XFEM, xcr0) == HV_STATUS_SUCCESS, "xfem-restored");
    report_notes("registers-shared");
}

/* What a processor could not hold is refused: the entry of VTL0 would fail with it. */
static void test_tables(void)
{
    struct table_pointer gdt = read_gdt(), idt = read_idt();
    uint64_t cr3 = read_cr3(), apic_base = read_msr(0x1B), value = 0;
    struct hv_register_value tr;

    note(set_wide(HV_REGISTER_GDTR, (uint64_t)(gdt.limit - 8) << 48, gdt.base) == HV_STATUS_SUCCESS, "gdtr");
    note(read_gdt().limit == gdt.limit - 8 && read_gdt().base == gdt.base, "gdtr-set");
    note(set_wide(HV_REGISTER_GDTR, (uint64_t)gdt.limit << 48, gdt.base) == HV_STATUS_SUCCESS, "gdtr-restored");
    note(set_wide(HV_REGISTER_IDTR, (uint64_t)(idt.limit - 16) << 48, idt.base) == HV_STATUS_SUCCESS, "idtr");
    note(read_idt().limit == idt.limit - 16 && read_idt().base == idt.base, "idtr-set");
    note(set_wide(HV_REGISTER_IDTR, (uint64_t)idt.limit << 48, idt.base) == HV_STATUS_SUCCESS, "idtr-restored");
    note(set_wide(HV_REGISTER_GDTR, 0, UINT64_C(1) << 63) == HV_STATUS_INVALID_REGISTER_VALUE, "gdtr-not-canonical");
    note(set_wide(HV_REGISTER_IDTR, 0, UINT64_C(1) << 47) == HV_STATUS_INVALID_REGISTER_VALUE, "idtr-not-canonical");
    note(get_both(FROM_VTL1, TARGET_VTL0, HV_REGISTER_TR, &tr) == HV_STATUS_SUCCESS, "tr");
    note(set_wide(HV_REGISTER_TR, 0x12340000, UINT64_C(0x008B002000000067)) == HV_STATUS_SUCCESS && read_tr() == 0x20, "tr-set");
    note(set_wide(HV_REGISTER_TR, 0, UINT64_C(0x0089002000000067)) == HV_STATUS_INVALID_REGISTER_VALUE, "tr-not-busy");
    note(set_wide(HV_REGISTER_TR, 0, UINT64_C(0x000B002000000067)) == HV_STATUS_INVALID_REGISTER_VALUE, "tr-not-present");
    note(set_wide(HV_REGISTER_TR, 0, UINT64_C(0x008B002400000067)) == HV_STATUS_INVALID_REGISTER_VALUE, "tr-of-the-ldt");
    note(set_wide(HV_REGISTER_TR, UINT64_C(1) << 63, UINT64_C(0x008B002000000067)) == HV_STATUS_INVALID_REGISTER_VALUE, "tr-base");
    set_wide(HV_REGISTER_TR, tr.low, tr.high);
    note(set_wide(HV_REGISTER_LDTR, 0x5000, UINT64_C(0x0082003000000067)) == HV_STATUS_SUCCESS, "ldtr");
    note(set_wide(HV_REGISTER_LDTR, 0, 0) == HV_STATUS_SUCCESS, "ldtr-none");
    note(set_wide(HV_REGISTER_LDTR, 0, UINT64_C(0x0089003000000067)) == HV_STATUS_INVALID_REGISTER_VALUE, "ldtr-type");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR3, cr3 ^ 8) == HV_STATUS_SUCCESS && read_cr3() == (cr3 ^ 8), "cr3");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR3, cr3) == HV_STATUS_SUCCESS && read_cr3() == cr3, "cr3-restored");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR3, cr3 | UINT64_C(1) << 63) == HV_STATUS_INVALID_REGISTER_VALUE, "cr3-high");
    note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_APIC_BASE, &value) == HV_STATUS_SUCCESS && value == apic_base, "apic-base");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_APIC_BASE, apic_base) == HV_STATUS_SUCCESS, "apic-base-same");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_APIC_BASE, apic_base ^ 0x800) == HV_STATUS_INVALID_REGISTER_VALUE, "apic-base-off");
    report_notes("registers-private-tables");
}

static void test_cr8(void)
{
    uint64_t value = 0, before;

    __asm__ volatile("mov %%cr8, %0" : "=r"(before));
    for (uint64_t level = 0; level < 4; level += 3) {
        __asm__ volatile("mov %0, %%cr8" : : "r"(level));
        note(get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR8, &value) == HV_STATUS_SUCCESS && value == level, "cr8-0x%lx", value);
    }
    __asm__ volatile("mov %0, %%cr8" : : "r"(before));
    report_notes("registers-cr8");
}

void test_private(void)
{
    test_shared();
    test_tables();
    test_cr8();
    test_private_msrs();
    test_control_registers();
    test_segments();
    test_debug_registers();
}
