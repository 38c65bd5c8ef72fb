/* MOV to CR0 and CR4, CLTS, LMSW, XSETBV: masks, faults before intercepts, and what VTL0 reads meanwhile. */
#include "register_intercept.h"

#define CR0_MP 0x2u
#define CR0_TS 0x8u
#define CR0_AM 0x40000u
#define CR0_NW 0x20000000u
#define CR0_PG 0x80000000u
#define CR4_TSD 0x4u
#define CR4_DE  0x8u
#define CR4_PAE 0x20u
#define CR4_VMXE 0x2000u
#define CR4_OSXSAVE 0x40000u

static const void *value(uint64_t v) { return (const void *)(uintptr_t)v; }

/* With TS set the firmware's interrupt handlers, which save the x87 state, would fault. */
static uint64_t close_interrupts(void)
{
    uint64_t flags = read_rflags();

    __asm__ volatile("cli" : : : "memory");
    return flags;
}

static void cr0_masks(void)
{
    uint64_t cr0 = read_cr0(), flags = close_interrupts();
    const struct expected_write am = { REG, HV_REGISTER_CR0, cr0 ^ CR0_AM, 0, 3 }, back = { REG, HV_REGISTER_CR0, cr0, 0, 3 };

    ask(HV_CR_INTERCEPT_CR0_WRITE);
    expect("cr0-mask-empty", POLICY_INJECT_GP, code_cr0, value(cr0 ^ CR0_AM), NULL, 0);
    note(read_cr0() == (cr0 ^ CR0_AM), "cr0-mask-empty:0x%lx", read_cr0());
    expect("cr0-mask-empty", POLICY_INJECT_GP, code_cr0, value(cr0), NULL, 0);
    ask_masks(CR0_AM, 0);
    note(read_cr0() == cr0, "cr0-read-0x%lx", read_cr0());
    expect("cr0-denied", POLICY_INJECT_GP, code_cr0, value(cr0 ^ CR0_AM), &am, GUEST_FAULT + VECTOR_GP);
    note(read_cr0() == cr0, "cr0-denied:0x%lx", read_cr0());
    expect("cr0", POLICY_COMPLETE, code_cr0, value(cr0 ^ CR0_AM), &am, 0);
    note(read_cr0() == (cr0 ^ CR0_AM), "cr0:0x%lx", read_cr0());
    expect("cr0-same", POLICY_INJECT_GP, code_cr0, value(cr0 ^ CR0_AM), NULL, 0);
    expect("cr0-other-bits", POLICY_INJECT_GP, code_cr0, value(cr0 ^ CR0_AM ^ CR0_TS ^ CR0_MP), NULL, 0);
    note(read_cr0() == (cr0 ^ CR0_AM ^ CR0_TS ^ CR0_MP), "cr0-other-bits:0x%lx", read_cr0());
    expect("cr0-back", POLICY_COMPLETE, code_cr0, value(cr0), &back, 0);
    note(read_cr0() == cr0, "cr0-back:0x%lx", read_cr0());
    ask(0);
    expect("cr0-off", POLICY_INJECT_GP, code_cr0, value(cr0 ^ CR0_AM), NULL, 0);
    expect("cr0-off", POLICY_INJECT_GP, code_cr0, value(cr0), NULL, 0);
    write_rflags(flags);
    report_notes("register-intercept-cr0");
}

/* With every bit in the mask, what the processor refuses is still refused by itself. */
static void cr0_faults(void)
{
    uint64_t cr0 = read_cr0();

    ask(HV_CR_INTERCEPT_CR0_WRITE);
    ask_masks(UINT64_MAX, 0);
    expect("cr0-high", POLICY_COMPLETE, code_cr0, value(cr0 | UINT64_C(1) << 32), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr0-nw", POLICY_COMPLETE, code_cr0, value(cr0 | CR0_NW), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr0-pg-in-64-bit-code", POLICY_COMPLETE, code_cr0, value(cr0 ^ CR0_PG), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr0-pg-without-pe", POLICY_COMPLETE, code_cr0, value(cr0 ^ 1), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr0-reserved", POLICY_INJECT_GP, code_cr0, value(cr0 ^ 0x100), NULL, 0); /* ignored by loads */
    note(read_cr0() == cr0, "cr0-0x%lx", read_cr0());
    ask(0);
    report_notes("register-intercept-cr0-faults");
}

/* The other two instructions that write CR0. */
static void machine_status(void)
{
    uint64_t cr0 = read_cr0(), flags = close_interrupts();
    uint16_t word = (uint16_t)(cr0 ^ CR0_MP);
    const struct expected_write mp = { REG, HV_REGISTER_CR0, cr0 ^ CR0_MP, 0, 4 }, ts = { REG, HV_REGISTER_CR0, cr0, 0, 2 };
    const struct expected_write mp_back = { REG, HV_REGISTER_CR0, cr0, 0, 3 };

    ask(HV_CR_INTERCEPT_CR0_WRITE);
    ask_masks(CR0_MP, 0);
    expect("lmsw", POLICY_COMPLETE, code_lmsw, value(word), &mp, 0);
    note(read_cr0() == (cr0 ^ CR0_MP), "lmsw:0x%lx", read_cr0());
    word = (uint16_t)(cr0 & ~1u); /* PE is not cleared by it */
    expect("lmsw-memory", POLICY_COMPLETE, code_lmsw_memory, &word, &mp_back, 0);
    note(read_cr0() == cr0, "lmsw-memory:0x%lx", read_cr0());
    expect("lmsw-other-bit", POLICY_INJECT_GP, code_lmsw, value(cr0 | CR0_TS), NULL, 0);
    note(read_cr0() == (cr0 | CR0_TS), "lmsw-other-bit:0x%lx", read_cr0());
    expect("clts-other-bit", POLICY_INJECT_GP, code_clts, NULL, NULL, 0);
    note(read_cr0() == cr0, "clts-other-bit:0x%lx", read_cr0());
    ask_masks(CR0_TS, 0);
    expect("clts-same", POLICY_INJECT_GP, code_clts, NULL, NULL, 0);
    ask(0);
    write_cr0(cr0 | CR0_TS);
    ask(HV_CR_INTERCEPT_CR0_WRITE);
    expect("clts-denied", POLICY_INJECT_GP, code_clts, NULL, &ts, GUEST_FAULT + VECTOR_GP);
    note(read_cr0() == (cr0 | CR0_TS), "clts-denied:0x%lx", read_cr0());
    expect("clts", POLICY_COMPLETE, code_clts, NULL, &ts, 0);
    note(read_cr0() == cr0, "clts:0x%lx", read_cr0());
    ask(0);
    write_rflags(flags);
    report_notes("register-intercept-lmsw-clts");
}

static void cr4(void)
{
    uint64_t before = read_cr4(), flags = close_interrupts(); /* the firmware's handlers set DE */
    const struct expected_write tsd = { REG, HV_REGISTER_CR4, before ^ CR4_TSD, 0, 3 }, back = { REG, HV_REGISTER_CR4, before, 0, 3 };

    ask(HV_CR_INTERCEPT_CR4_WRITE);
    ask_masks(0, CR4_TSD);
    note(read_cr4() == before, "cr4-read-0x%lx", read_cr4());
    expect("cr4-denied", POLICY_INJECT_GP, code_cr4, value(before ^ CR4_TSD), &tsd, GUEST_FAULT + VECTOR_GP);
    expect("cr4", POLICY_COMPLETE, code_cr4, value(before ^ CR4_TSD), &tsd, 0);
    note(read_cr4() == (before ^ CR4_TSD), "cr4:0x%lx", read_cr4());
    expect("cr4-other-bit", POLICY_INJECT_GP, code_cr4, value(before ^ CR4_TSD ^ CR4_DE), NULL, 0);
    note(read_cr4() == (before ^ CR4_TSD ^ CR4_DE), "cr4-other-bit:0x%lx", read_cr4());
    expect("cr4-back", POLICY_COMPLETE, code_cr4, value(before), &back, 0);
    ask_masks(0, UINT64_MAX);
    expect("cr4-vmxe", POLICY_COMPLETE, code_cr4, value(before ^ CR4_VMXE), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr4-reserved", POLICY_COMPLETE, code_cr4, value(before | 1u << 31), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr4-high", POLICY_COMPLETE, code_cr4, value(before | UINT64_C(1) << 40), NULL, GUEST_FAULT + VECTOR_GP);
    expect("cr4-pae-in-long-mode", POLICY_COMPLETE, code_cr4, value(before ^ CR4_PAE), NULL, GUEST_FAULT + VECTOR_GP);
    note(read_cr4() == before, "cr4-0x%lx", read_cr4());
    ask(0);
    expect("cr4-off", POLICY_INJECT_GP, code_cr4, value(before ^ CR4_TSD), NULL, 0);
    expect("cr4-off", POLICY_INJECT_GP, code_cr4, value(before), NULL, 0);
    write_rflags(flags);
    report_notes("register-intercept-cr4");
}

static uint64_t xcr0(void)
{
    return vtl1_value(COMMAND_GET_REGISTER, HV_REGISTER_XFEM, VTL0_OF_VTL1, 0);
}

/* Where the processor can intercept it. */
static void xsetbv(void)
{
    uint64_t before = xcr0(), other = before ^ 2, bad = before & ~UINT64_C(1), saved = read_cr4();
    const struct expected_write write = { REG, HV_REGISTER_XFEM, other, 0, 3 };

    if (!uses_vmcall) {
        note(set_own(HV_REGISTER_CR_INTERCEPT_CONTROL, HV_CR_INTERCEPT_XCR0_WRITE) == HV_STATUS_INVALID_REGISTER_VALUE, "offered");
        report_notes("register-intercept-xcr0");
        return;
    }
    write_cr4(saved | CR4_OSXSAVE);
    ask(HV_CR_INTERCEPT_XCR0_WRITE);
    expect("xcr0-denied", POLICY_INJECT_GP, code_xsetbv, &other, &write, GUEST_FAULT + VECTOR_GP);
    note(xcr0() == before, "xcr0-denied:0x%lx", xcr0());
    expect("xcr0", POLICY_COMPLETE, code_xsetbv, &other, &write, 0);
    note(xcr0() == other, "xcr0:0x%lx", xcr0());
    expect("xcr0-fault-first", POLICY_COMPLETE, code_xsetbv, &bad, NULL, GUEST_FAULT + VECTOR_GP);
    ask(0);
    expect("xcr0-off", POLICY_INJECT_GP, code_xsetbv, &before, NULL, 0);
    note(xcr0() == before, "xcr0-off:0x%lx", xcr0());
    write_cr4(saved);
    report_notes("register-intercept-xcr0");
}

void test_control_registers(void)
{
    cr0_masks();
    cr0_faults();
    machine_status();
    cr4();
    ask_masks(0, 0);
    xsetbv();
}
