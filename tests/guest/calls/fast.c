/* Parameters in general and XMM registers, from both VTLs. */
#include "forms.h"

#define FAST_GET(n) (HVCALL_GET_VP_REGISTERS | HV_INPUT_FAST | HV_INPUT_REPS(n))
#define UNTOUCHED   UINT64_C(0xEEEEEEEEEEEEEEEE)
#define CR0_EM      UINT64_C(0x4)
#define CR0_TS      UINT64_C(0x8)
#define CR4_OSFXSR  UINT64_C(0x200)

static struct form form;

static void prepare(uint64_t value, uint64_t first, uint64_t second)
{
    form = (struct form){ .entry = hypercall_page, .rcx = value, .rdx = first, .r8 = second };
    form.cr0 = form.old_cr0 = read_cr0();
    form.cr4 = form.old_cr4 = read_cr4();
    for (unsigned i = 0; i < 12; i++) {
        form.xmm[i] = UNTOUCHED;
    }
}

static void prepare_get(unsigned count, uint32_t name)
{
    prepare(FAST_GET(count), HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    for (unsigned i = 0; i < count && i < 24; i++) {
        ((uint32_t *)form.xmm)[i] = name;
    }
}

/* Interrupts stay off until the control registers are back: the firmware's handlers use XMM registers. */
static uint64_t run(void)
{
    uint64_t flags = read_rflags();
    struct probe probe;

    __asm__ volatile("cli" : : : "memory");
    probe_run(&probe, form_call, &form);
    write_cr0(form.old_cr0);
    write_cr4(form.old_cr4);
    write_rflags(flags);
    return probe.vector != 0 ? probe.vector : form.rax;
}

static void input_and_output(void)
{
    uint64_t result;

    prepare_get(2, HV_REGISTER_VSM_PARTITION_STATUS);
    result = run();
    note(result == HV_RESULT(0, 2), "get:0x%lx", result);
    note(form.xmm[2] == 0x10003 && form.xmm[3] == 0 && form.xmm[4] == 0x10003, "output:0x%lx,0x%lx", form.xmm[2], form.xmm[4]);
    note(form.xmm[1] == UNTOUCHED && form.xmm[6] == UNTOUCHED, "other-registers-changed");
    note(form.rdx == HV_PARTITION_ID_SELF && form.r8 == HV_VP_INDEX_SELF && form.rcx == FAST_GET(2), "general-registers-changed");
    prepare_get(4, HV_REGISTER_VP_INDEX);
    note(run() == HV_RESULT(0, 4) && form.xmm[8] == 0 && form.xmm[9] == 0 && form.xmm[10] == UNTOUCHED, "four");
    prepare_get(5, HV_REGISTER_VP_INDEX);
    note(run() == HV_STATUS_INVALID_HYPERCALL_INPUT && form.xmm[11] == UNTOUCHED, "too-much");
    prepare_get(2, HV_REGISTER_VSM_PARTITION_STATUS);
    ((uint32_t *)form.xmm)[1] = 0x77777777;
    note(run() == HV_RESULT(HV_STATUS_INVALID_PARAMETER, 1) && form.xmm[2] == 0x10003 && form.xmm[4] == UNTOUCHED, "second-unknown");
    prepare(HVCALL_TRANSLATE_VIRTUAL_ADDRESS | HV_INPUT_FAST, HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    form.xmm[0] = HV_TRANSLATE_READ;
    form.xmm[1] = hypercall_page / PAGE_SIZE;
    note(run() == HV_STATUS_SUCCESS && (uint32_t)form.xmm[2] == 0 && form.xmm[3] == hypercall_page / PAGE_SIZE, "translate:0x%lx",
         form.xmm[3]);
    prepare(HVCALL_TRANSLATE_VIRTUAL_ADDRESS_EX | HV_INPUT_FAST, HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF);
    form.xmm[0] = HV_TRANSLATE_READ;
    form.xmm[1] = hypercall_page / PAGE_SIZE;
    note(run() == HV_STATUS_SUCCESS && (uint32_t)form.xmm[2] == 0 && form.xmm[10] == UNTOUCHED, "translate-ex:0x%lx", form.xmm[10]);
    note(form.xmm[8] == hypercall_page / PAGE_SIZE, "translate-ex:0x%lx", form.xmm[8]);
    prepare(HVCALL_ENABLE_VP_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 0);
    note(run() == HV_STATUS_INVALID_HYPERCALL_INPUT, "240-bytes");
    prepare(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 1);
    note(run() == HV_STATUS_INVALID_VTL_STATE, "16-bytes");
    report_notes("calls-fast");
}

static void not_usable(void)
{
    prepare_get(1, HV_REGISTER_VP_INDEX);
    form.cr4 &= ~CR4_OSFXSR;
    note(run() == GUEST_FAULT + VECTOR_UD, "no-osfxsr");
    prepare_get(1, HV_REGISTER_VP_INDEX);
    form.cr0 |= CR0_TS;
    note(run() == GUEST_FAULT + VECTOR_UD, "task-switched");
    prepare_get(1, HV_REGISTER_VP_INDEX);
    form.cr0 |= CR0_EM;
    note(run() == GUEST_FAULT + VECTOR_UD, "emulated");
    prepare(HVCALL_NOTIFY_LONG_SPIN_WAIT | HV_INPUT_FAST, 5, 0);
    form.cr0 |= CR0_TS;
    note(run() == HV_STATUS_SUCCESS, "general-registers-alone");
    prepare_get(1, HV_REGISTER_VP_INDEX);
    note(run() == HV_RESULT(0, 1), "usable-again");
    report_notes("calls-fast-not-usable");
}

/* XMM registers are shared: what VTL0 leaves in them is VTL1's input. */
static void from_vtl1(void)
{
    uint8_t *pages = pages_take(12, PAGE_SIZE);
    struct probe probe;
    bool denied = true;

    prepare(0, COMMAND_HYPERCALL_RAW, HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_FAST | HV_INPUT_REPS(12));
    form.entry = vtl_call_entry;
    form.r9 = HV_PARTITION_ID_SELF;
    form.r10 = HV_MAP_GPA_READABLE;
    for (unsigned i = 0; i < 12; i++) {
        form.xmm[i] = (uint64_t)(uintptr_t)pages / PAGE_SIZE + i;
    }
    note(run() == HV_RESULT(0, 12), "protect:0x%lx", form.rax);
    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    for (unsigned i = 0; i < 12; i++) {
        probe_run(&probe, probe_write, pages + i * PAGE_SIZE);
        denied = denied && probe.vector == GUEST_FAULT + VECTOR_GP;
    }
    note(denied, "a-page-was-written");
    note(protect(pages, 12, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "give-back");
    report_notes("calls-fast-from-vtl1");
}

void test_fast(void)
{
    input_and_output();
    not_usable();
    from_vtl1();
}
