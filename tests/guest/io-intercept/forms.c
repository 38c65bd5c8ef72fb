/* Each form of IN, OUT, INS and OUTS: its message, VTL1 denying and completing it. */
#include "io_intercept.h"

#define READ   HV_INTERCEPT_READ
#define WRITE  HV_INTERCEPT_WRITE
#define STRING HV_IO_ACCESS_STRING
#define REP    HV_IO_ACCESS_REP
#define CODE(name) #name, code_##name, code_##name##_at

const struct io_form out8_form = { CODE(out8), WRITE, 1, 0, 1, 0 }, in8_form = { CODE(in8), READ, 1, 0, 1, 0 };

static const struct io_form forms[] = {
    { CODE(out8), WRITE, 1, 0, 1, 0 }, { CODE(out16), WRITE, 2, 0, 2, 0 }, { CODE(out32), WRITE, 4, 0, 1, 0 },
    { CODE(in8), READ, 1, 0, 1, 0 }, { CODE(in16), READ, 2, 0, 2, 0 }, { CODE(in32), READ, 4, 0, 1, 0 },
    { CODE(outsb), WRITE, 1, STRING, 1, 0 }, { CODE(rep_outsw), WRITE, 2, STRING | REP, 3, 0 },
    { CODE(outsd_fs), WRITE, 4, STRING, 2, 0 }, { CODE(insb), READ, 1, STRING, 1, 0 },
    { CODE(rep_insd), READ, 4, STRING | REP, 2, 0 }, { CODE(insb_32), READ, 1, STRING, 2, 0 },
};
/* The port is in the instruction: 80h, which is open to VTL0 and of no consequence. */
static const struct io_form immediate[] = {
    { CODE(out8_imm), WRITE, 1, 0, 2, 0x80 }, { CODE(in8_imm), READ, 1, 0, 2, 0x80 },
};

/* RAX as VTL1's answer leaves it. */
static uint64_t answered(const struct io_form *form, uint64_t rax)
{
    uint64_t mask = (UINT64_C(1) << 8 * form->size) - 1;

    if (form->access == WRITE) {
        return rax;
    }
    return (form->size == 4 ? 0 : rax & ~mask) | (GUEST_READ_ANSWER & mask);
}

static void one_form(const struct io_form *form, uint64_t port)
{
    static uint64_t buffer[4];
    uint64_t at = (uint64_t)(uintptr_t)buffer;
    struct io_run run = { .before = { UINT64_C(0x8877665544332211), UINT64_C(0xFFFF0000) | port, 3, at, at + 16 } };

    note(install((uint16_t)port, HV_INTERCEPT_ACCESS_READ | HV_INTERCEPT_ACCESS_WRITE) == HV_STATUS_SUCCESS, "install");
    buffer[2] = UINT64_C(0x1111111111111111);
    expect(form, POLICY_INJECT_GP, &run, true, GUEST_FAULT + VECTOR_GP);
    expect(form, POLICY_COMPLETE, &run, true, 0);
    note(run.after.rax == answered(form, run.before.rax), "%s:rax-0x%lx", form->name, run.after.rax);
    note(run.after.rcx == 3 && run.after.rsi == run.before.rsi && run.after.rdi == run.before.rdi, "%s:rcx-0x%lx", form->name,
         run.after.rcx);
    note(buffer[2] == UINT64_C(0x1111111111111111), "%s:memory-0x%lx", form->name, buffer[2]);
    note(install((uint16_t)port, 0) == HV_STATUS_SUCCESS, "remove");
}

/* A write that VTL1 denies or drops does not reach the device; one that it lets go does. */
static void scratch(void)
{
    struct io_run run = { .before = { .rax = 0x5A, .rdx = SCRATCH } };

    out8(SCRATCH, 0x11);
    install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE);
    expect(&out8_form, POLICY_INJECT_GP, &run, true, GUEST_FAULT + VECTOR_GP);
    note(in8(SCRATCH) == 0x11, "denied:0x%x", in8(SCRATCH));
    expect(&out8_form, POLICY_COMPLETE, &run, true, 0);
    note(in8(SCRATCH) == 0x11, "dropped:0x%x", in8(SCRATCH));
    expect(&out8_form, POLICY_DISARM, &run, true, 0); /* VTL1 takes its demand back and lets VTL0 run on */
    note(in8(SCRATCH) == 0x5A, "let-go:0x%x", in8(SCRATCH));
    run.before.rax = 0x33;
    expect(&out8_form, POLICY_INJECT_GP, &run, false, 0);
    note(in8(SCRATCH) == 0x33, "off:0x%x", in8(SCRATCH));
}

/* Nobody to ask: denied. SINT0 as for any message. */
static void delivery(void)
{
    uint64_t raised = vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0), simp = vtl1_value(COMMAND_READ_MSR, HV_MSR_SIMP, 0, 0);
    struct io_run run = { .before = { .rax = 0x77, .rdx = SCRATCH } };

    out8(SCRATCH, 0x22);
    install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE);
    expect(&out8_form, POLICY_COMPLETE, &run, true, 0);
    note(vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0) == raised + 1, "sint0-not-raised");
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, 0, 0);
    expect(&out8_form, POLICY_COMPLETE, &run, false, GUEST_FAULT + VECTOR_GP);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, simp, 0);
    install(SCRATCH, 0);
    note(in8(SCRATCH) == 0x22, "written:0x%x", in8(SCRATCH));
}

void test_forms(void)
{
    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        one_form(&forms[i], NOTHING);
    }
    one_form(&immediate[0], 0x80);
    one_form(&immediate[1], 0x80);
    report_notes("io-intercept-forms");
    scratch();
    report_notes("io-intercept-scratch");
    delivery();
    report_notes("io-intercept-delivery");
}
