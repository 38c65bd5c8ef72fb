/* xAPIC mode at first, x2APIC mode once asked for, the MSRs of that mode; VTL0 has none of it. */
#include "vtl1_apic.h"

static void mode(void)
{
    uint64_t base = vtl1_msr(MSR_APIC_BASE), machine = read_msr(MSR_APIC_BASE), value;

    note(base == machine, "base-0x%lx", base); /* the same processor, enabled, xAPIC mode */
    note(vtl1_try(X2APIC_TPR, 0) == GP, "x2apic-in-xapic-mode");
    note(vtl1_try(MSR_APIC_BASE, base + PAGE_SIZE) == GP, "moved");
    note(vtl1_try(MSR_APIC_BASE, (base & ~UINT64_C(0x800)) | 0x400) == GP, "x2apic-without-enable");
    vtl1_set_msr(MSR_APIC_BASE, base | 0x400);
    note(vtl1_msr(MSR_APIC_BASE) == (base | 0x400), "not-x2apic");
    note(vtl1_try(MSR_APIC_BASE, base) == GP, "back-to-xapic");
    vtl1_set_msr(X2APIC_SVR, 0x1FF);
    vtl1_set_msr(MSR_APIC_BASE, base & ~UINT64_C(0x800));
    note(vtl1_msr(MSR_APIC_BASE) == (base & ~UINT64_C(0x800)), "not-off");
    note(vtl1_try(X2APIC_TPR, 0) == GP && vtl1_try(MSR_APIC_BASE, base | 0x400) == GP, "off-to-x2apic");
    vtl1_set_msr(MSR_APIC_BASE, base);
    vtl1_set_msr(MSR_APIC_BASE, base | 0x400);
    note(vtl1_msr(X2APIC_SVR) == 0xFF, "registers-kept-while-off");
    note(read_msr(MSR_APIC_BASE) == machine, "vtl0s-base");
    note(try_read_msr(X2APIC_ID, &value) == GP && try_write_msr(X2APIC_TPR, 0) == GP, "vtl0-has-x2apic");
    report_notes("vtl1-apic-mode");
}

/* Each with a value it takes and one it refuses; and what only reads or only writes. */
static void rows(void)
{
    static const struct { uint32_t msr; uint64_t good, bad; } writable[] = {
        { X2APIC_TPR, 0x50, 0x100 }, { X2APIC_SVR, 0x1FF, 0x10000 }, { 0x832, 0x10031, 0x80000 }, { 0x835, 0x10700, 0x80000 },
        { 0x837, 0x10032, 0x80000 }, { 0x82F, 0x10000, 0x80000 }, { 0x83E, 0xB, 0x10 },
    };
    static const uint32_t read_only[] = { X2APIC_ID, 0x803, X2APIC_PPR, 0x80D, X2APIC_ISR1, 0x819, X2APIC_IRR1, 0x839 };
    static const uint32_t absent[] = { 0x800, 0x804, 0x80C, 0x80E, 0x829, 0x831, 0x83A, 0x83D };

    for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
        vtl1_set_msr(writable[i].msr, writable[i].good);
        note(vtl1_msr(writable[i].msr) == writable[i].good, "0x%x:0x%lx", writable[i].msr, vtl1_msr(writable[i].msr));
        note(vtl1_try(writable[i].msr, writable[i].bad) == GP, "0x%x:bad", writable[i].msr);
        note(vtl1_msr(writable[i].msr) == writable[i].good, "0x%x:changed", writable[i].msr);
    }
    for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++) {
        vtl1_msr(read_only[i]);
        note(vtl1_try(read_only[i], 0) == GP, "0x%x:written", read_only[i]);
    }
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        note(vtl1(COMMAND_READ_MSR, absent[i], 0, 0).r9 == GP && vtl1_try(absent[i], 0) == GP, "0x%x:there", absent[i]);
    }
    note(vtl1(COMMAND_READ_MSR, X2APIC_EOI, 0, 0).r9 == GP && vtl1_try(X2APIC_EOI, 1) == GP, "eoi");
    vtl1_set_msr(X2APIC_TPR, 0);
    vtl1_set_msr(0x835, 0x31);
    vtl1_set_msr(X2APIC_SVR, 0xFF);
    note(vtl1_msr(0x835) == 0x10031, "not-masked-with-the-apic");
    vtl1_set_msr(0x835, 0x32);
    note(vtl1_msr(0x835) == 0x10032, "unmasked-without-the-apic");
    vtl1_set_msr(X2APIC_SVR, 0x1FF);
    report_notes("vtl1-apic-registers");
}

void test_registers(void)
{
    mode();
    note(vtl1_msr(X2APIC_ID) == 0, "id");
    note(vtl1_msr(0x80D) == 1, "logical-id-0x%lx", vtl1_msr(0x80D));
    rows();
}
