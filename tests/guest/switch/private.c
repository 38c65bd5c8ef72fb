/* What a switch must not carry over: each VTL keeps its own (TLFS, "Private State"). */
#include "guest.h"

#include "switch.h"

struct private_msr {
    const char *name;
    uint32_t msr;
    uint64_t vtl0, vtl1; /* written to the real value with XOR: harmless bits, different ones */
};

static const struct private_msr msrs[] = {
    { "star", 0xC0000081, UINT64_C(0x1111) << 32, UINT64_C(0x2222) << 32 },
    { "lstar", 0xC0000082, 0x111000, 0x222000 },
    { "cstar", 0xC0000083, 0x333000, 0x444000 },
    { "sfmask", 0xC0000084, 0x100, 0x200 },
    { "fs-base", 0xC0000100, 0x5000, 0x6000 },
    { "gs-base", 0xC0000101, 0x7000, 0x8000 },
    { "kernel-gs-base", 0xC0000102, 0x9000, 0xA000 },
    { "tsc-aux", 0xC0000103, 0xB, 0xC },
    { "sysenter-cs", 0x174, 0x18, 0x28 },
    { "sysenter-esp", 0x175, 0xD000, 0xE000 },
    { "sysenter-eip", 0x176, 0xF000, 0x11000 },
    { "pat", 0x277, UINT64_C(6) << 56, UINT64_C(1) << 48 },
    { "efer", 0xC0000080, 0, 1 },
    { "guest-os-id", HV_MSR_GUEST_OS_ID, 0x11, 0x22 },
    { "simp", HV_MSR_SIMP, 0, 0 },
    { "sint3", HV_MSR_SINT0 + 3, 0x41, 0x42 },
    { "scontrol", HV_MSR_SCONTROL, 0, 1 },
};

/* Both VTLs write, both read their own back, both get their old value. */
static void one_msr(const struct private_msr *row)
{
    uint64_t old0 = 0;
    bool readable = note(try_read_msr(row->msr, &old0) == 0, "%s-unreadable", row->name);
    struct answer old1 = vtl1(COMMAND_READ_MSR, row->msr, 0, 0);
    uint64_t flags = read_rflags();
    uint64_t value0, value1;

    __asm__ volatile("cli" : : : "memory");
    note(try_write_msr(row->msr, old0 ^ row->vtl0) == 0, "%s-write-faults", row->name);
    note(vtl1(COMMAND_WRITE_MSR, row->msr, old1.rax ^ row->vtl1, 0).r9 == 0, "%s-write-faults-in-vtl1", row->name);
    value0 = readable ? read_msr(row->msr) : 0;
    value1 = vtl1_value(COMMAND_READ_MSR, row->msr, 0, 0);
    note(try_write_msr(row->msr, old0) == 0, "%s-old-value-refused:0x%lx", row->name, old0);
    vtl1(COMMAND_WRITE_MSR, row->msr, old1.rax, 0);
    write_rflags(flags);
    note(value0 == (old0 ^ row->vtl0), "%s-vtl0:0x%lx", row->name, value0);
    note(value1 == (old1.rax ^ row->vtl1), "%s-vtl1:0x%lx", row->name, value1);
}

/* State that VTL1 has other values of since its start, before and after a call. */
struct picture {
    uint64_t cr0, cr3, cr4, dr7, rflags, cs, ss, ds, es, fs, gs, tr, gdt, idt, rsp;
};

static __attribute__((noinline)) struct picture take_picture(void)
{
    return (struct picture){
        read_cr0(), read_cr3(), read_cr4(), read_dr7(), read_rflags() & 0x3F7700, read_cs(), read_ss(), read_ds(), read_es(), read_fs(),
        read_gs(), read_tr(), read_gdt().base << 16 | read_gdt().limit, read_idt().base << 16 | read_idt().limit, read_rsp(),
    };
}

static void control_state(void)
{
    static const struct {
        const char *name;
        enum guest_state state;
    } differ[] = { { "cr3", STATE_CR3 }, { "gdt", STATE_GDT }, { "idt", STATE_IDT }, { "cs", STATE_CS }, { "rsp", STATE_RSP } };
    struct picture before = take_picture(), after;
    const uint64_t own[] = { read_cr3(), read_gdt().base, read_idt().base, read_cs(), read_rsp() };

    vtl1(COMMAND_WRITE_STATE, STATE_DR7, 0x700, 0); /* LE and GE set: no breakpoint is enabled */
    vtl1(COMMAND_WRITE_STATE, STATE_CR4, vtl1_value(COMMAND_READ_STATE, STATE_CR4, 0, 0) | 4, 0); /* TSD, for ring 3 */
    vtl1(COMMAND_WRITE_STATE, STATE_CR0, vtl1_value(COMMAND_READ_STATE, STATE_CR0, 0, 0) ^ 0x40000, 0); /* AM */
    after = take_picture();
    for (unsigned i = 0; i < sizeof(before) / 8; i++) {
        note(((uint64_t *)&before)[i] == ((uint64_t *)&after)[i], "vtl0-word-%u:0x%lx", i, ((uint64_t *)&after)[i]);
    }
    for (unsigned i = 0; i < sizeof(differ) / sizeof(differ[0]); i++) {
        note(vtl1_value(COMMAND_READ_STATE, differ[i].state, 0, 0) != own[i], "%s-the-same", differ[i].name);
    }
    note(vtl1_value(COMMAND_READ_STATE, STATE_DR7, 0, 0) == 0x700, "vtl1-dr7");
    note((vtl1_value(COMMAND_READ_STATE, STATE_CR4, 0, 0) & 4) != 0, "vtl1-cr4");
    report_notes("switch-private-control-state");
}

/* Flags of each VTL, whatever the other did. */
static void flags(void)
{
    uint64_t old = read_rflags();
    uint64_t with, without;

    write_rflags((old | UINT64_C(1) << 21) & ~UINT64_C(0x200));
    vtl1(COMMAND_PING, 0, 0, 0);
    with = read_rflags();
    write_rflags(old & ~(UINT64_C(1) << 21 | UINT64_C(0x200)));
    vtl1(COMMAND_PING, 0, 0, 0);
    without = read_rflags();
    write_rflags(old);
    note((with & UINT64_C(1) << 21) != 0 && (without & UINT64_C(1) << 21) == 0, "id:0x%lx,0x%lx", with, without);
    note(((with | without) & 0x200) == 0, "if:0x%lx,0x%lx", with, without);
    note((vtl1_value(COMMAND_READ_STATE, STATE_RFLAGS, 0, 0) & (UINT64_C(1) << 21 | 0x200)) == 0, "vtl1-flags");
    report_notes("switch-private-rflags");
}

void test_private(void)
{
    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        one_msr(&msrs[i]);
    }
    report_notes("switch-private-msrs");
    control_state();
    flags();
}
