/* WRMSR: each MSR's bit alone, VTL1 completing and denying, values that fault anyway, and its neighbours. */
#include "register_intercept.h"

#define EFER 0xC0000080u
#define MISC_ENABLE 0x1A0u
#define APIC_BASE 0x1Bu

static const struct {
    uint32_t bit, msr;
    uint64_t toggle; /* makes another legal value of what VTL0 has */
    uint64_t bad;    /* 0: there is none */
} msrs[] = {
    { HV_CR_INTERCEPT_LSTAR_WRITE, 0xC0000082, 0x1230, UINT64_C(1) << 62 },
    { HV_CR_INTERCEPT_STAR_WRITE, 0xC0000081, UINT64_C(0x0008000000000000), 0 },
    { HV_CR_INTERCEPT_CSTAR_WRITE, 0xC0000083, 0x4560, UINT64_C(1) << 47 },
    { HV_CR_INTERCEPT_EFER_WRITE, EFER, 1, 1u << 12 },
    { HV_CR_INTERCEPT_SYSENTER_CS_WRITE, 0x174, 0x18, UINT64_C(1) << 32 },
    { HV_CR_INTERCEPT_SYSENTER_EIP_WRITE, 0x176, 0x7890, UINT64_C(1) << 62 },
    { HV_CR_INTERCEPT_SYSENTER_ESP_WRITE, 0x175, 0x7FF0, UINT64_C(1) << 47 },
    { HV_CR_INTERCEPT_SFMASK_WRITE, 0xC0000084, 0x47700, UINT64_C(1) << 32 },
    { HV_CR_INTERCEPT_TSC_AUX_WRITE, 0xC0000103, 0x77, UINT64_C(1) << 32 },
    { HV_CR_INTERCEPT_APIC_BASE_WRITE, APIC_BASE, 0, 0x800 },
};
#define COUNT (sizeof(msrs) / sizeof(msrs[0]))

static void one_msr(unsigned n)
{
    uint64_t before = read_msr(msrs[n].msr), arguments[2] = { msrs[n].msr, before ^ msrs[n].toggle };
    uint64_t bad[2] = { msrs[n].msr, before ^ msrs[n].bad };
    const struct expected_write write = { WRMSR, msrs[n].msr, arguments[1], 0, 2 };

    ask(msrs[n].bit);
    expect("denied", POLICY_INJECT_GP, code_wrmsr, arguments, &write, GUEST_FAULT + VECTOR_GP);
    note(read_msr(msrs[n].msr) == before, "0x%x:denied:0x%lx", msrs[n].msr, read_msr(msrs[n].msr));
    expect("complete", POLICY_COMPLETE, code_wrmsr, arguments, &write, 0);
    note(read_msr(msrs[n].msr) == arguments[1], "0x%x:0x%lx", msrs[n].msr, read_msr(msrs[n].msr));
    if (msrs[n].bad != 0) {
        expect("fault-first", POLICY_COMPLETE, code_wrmsr, bad, NULL, GUEST_FAULT + VECTOR_GP);
    }
    ask(0);
    arguments[1] = before;
    expect("off", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
    note(read_msr(msrs[n].msr) == before, "0x%x:restored:0x%lx", msrs[n].msr, read_msr(msrs[n].msr));
}

/* One MSR is asked for: writes of all others are VTL0's, as without, and reads of all. */
static void neighbours(unsigned asked)
{
    ask(msrs[asked].bit);
    for (unsigned n = 0; n < COUNT; n++) {
        uint64_t before = read_msr(msrs[n].msr), arguments[2] = { msrs[n].msr, before ^ msrs[n].toggle };

        if (n != asked) {
            expect("neighbour", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
            note(read_msr(msrs[n].msr) == arguments[1], "0x%x-beside-0x%x", msrs[n].msr, msrs[asked].msr);
            arguments[1] = before;
            expect("neighbour-back", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
        }
    }
    ask(0);
}

/* It reads one value and takes none; only the mask makes a write VTL1's business. */
static void misc_enable(void)
{
    uint64_t before = read_msr(MISC_ENABLE), arguments[2] = { MISC_ENABLE, before ^ 1 };

    ask(HV_CR_INTERCEPT_MISC_ENABLE_WRITE);
    expect("misc-mask-empty", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
    note(set_own(HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK, 1) == HV_STATUS_SUCCESS, "misc-mask");
    expect("misc", POLICY_COMPLETE, code_wrmsr, arguments, &(struct expected_write){ WRMSR, MISC_ENABLE, arguments[1], 0, 2 }, 0);
    arguments[1] = before ^ 2;
    expect("misc-other-bit", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
    note(read_msr(MISC_ENABLE) == before, "misc-0x%lx", read_msr(MISC_ENABLE));
    set_own(HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK, 0);
    ask(0);
}

void test_msrs(void)
{
    for (unsigned n = 0; n < COUNT; n++) {
        one_msr(n);
    }
    misc_enable();
    report_notes("register-intercept-msrs");
    neighbours(0);
    neighbours(COUNT - 2);
    report_notes("register-intercept-neighbours");
}
