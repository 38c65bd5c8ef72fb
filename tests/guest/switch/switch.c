/* VTL call and return: what passes between the VTLs, by every legal form (TLFS, "VTL Call", "VTL Return"). */
#include "switch.h"

#include "guest.h"

void fill_xmm(const uint64_t from[32]);
void read_xmm(uint64_t to[32]);

/* The firmware is compiled with vector registers of its own: nothing of it may run in between. */
static uint64_t interrupts_off(void)
{
    uint64_t flags = read_rflags();

    __asm__ volatile("cli" : : : "memory");
    return flags;
}

static uint64_t pattern(unsigned n)
{
    return UINT64_C(0x0123456789ABCDEF) * (n + 3) ^ UINT64_C(0xFEDC000000000000) >> n;
}

static void fill(struct vtl_registers *registers, enum guest_command command)
{
    uint64_t *each = &registers->cr2;

    for (unsigned i = SEEN_CR2; i <= SEEN_RAX; i++) {
        each[i] = pattern(i);
    }
    registers->rdx = command;
    registers->rcx = 0; /* the control value of the stub form */
    registers->rax = 0; /* and of the direct one */
}

static bool is_passed(unsigned index)
{
    return index != SEEN_RAX && index != SEEN_RCX;
}

/* VTL1 -> VTL0: VTL1 gives everything back complemented. */
static void general_registers(const char *id, uint64_t entry)
{
    struct vtl_registers before, after;
    uint64_t rcx = entry == 0 ? 0x11 : 0;
    uint64_t flags = interrupts_off();

    fill(&before, COMMAND_TURN);
    before.rcx = rcx;
    after = before;
    vtl_call_full(&after, entry, &rcx);
    write_rflags(flags);
    for (unsigned i = SEEN_CR2; i <= SEEN_RBX; i++) {
        uint64_t sent = (&before.cr2)[i];

        if (is_passed(i)) {
            note((&after.cr2)[i] == ~sent, "register-%u-back:0x%lx", i, (&after.cr2)[i]);
        }
    }
    note(after.rax == 0 && rcx == 0, "rax:0x%lx,rcx:0x%lx,after-return", after.rax, rcx);
    report_notes(id);
}

/* COMMAND_SEEN shows the entry before it: one call to be seen for each register. */
static void registers_seen(const char *id, uint64_t entry)
{
    for (unsigned i = SEEN_CR2; i <= SEEN_ASSIST_RCX; i++) {
        struct vtl_registers sent;
        uint64_t rcx, expected, flags = interrupts_off();

        fill(&sent, COMMAND_PING);
        sent.rcx = entry == 0 ? 0x11 : 0;
        expected = i <= SEEN_RAX ? (&sent.cr2)[i] : i == SEEN_REASON ? HV_VTL_ENTRY_VTL_CALL : i == SEEN_ASSIST_RAX ? 0 : 0x11;
        expected = i == SEEN_RCX ? 0x11 : expected; /* the stub's own; RAX has the control value */
        vtl_call_full(&sent, entry, &rcx);
        write_rflags(flags);
        note(vtl1_value(COMMAND_SEEN, i, 0, 0) == expected, "register-%u", i);
    }
    report_notes(id);
}

static void vector_registers(void)
{
    uint64_t sent[32], back[32], seen[32];
    struct vtl_registers registers;
    uint64_t rcx, flags = interrupts_off();

    for (unsigned i = 0; i < 32; i++) {
        sent[i] = pattern(i + 40);
    }
    fill(&registers, COMMAND_TURN);
    fill_xmm(sent);
    vtl_call_full(&registers, vtl_call_entry, &rcx);
    read_xmm(back);
    for (unsigned i = 0; i < 32; i++) {
        fill(&registers, COMMAND_PING);
        fill_xmm(sent);
        vtl_call_full(&registers, vtl_call_entry, &rcx);
        seen[i] = vtl1_value(COMMAND_SEEN, SEEN_XMM0_LOW + i, 0, 0);
    }
    write_rflags(flags);
    for (unsigned i = 0; i < 32; i++) {
        note(back[i] == ~sent[i], "xmm%u-back:0x%lx", i / 2, back[i]);
        note(seen[i] == sent[i], "xmm%u-seen:0x%lx", i / 2, seen[i]);
    }
    report_notes("switch-xmm-passes");
}

static void debug_registers(void)
{
    uint64_t back[4];

    write_dr0(pattern(1) >> 20);
    write_dr1(pattern(2) >> 20);
    write_dr2(pattern(3) >> 20);
    write_dr3(pattern(4) >> 20);
    for (unsigned i = 0; i < 4; i++) {
        note(vtl1_value(COMMAND_READ_STATE, STATE_DR0 + i, 0, 0) == pattern(1 + i) >> 20, "dr%u-seen", i);
        vtl1(COMMAND_WRITE_STATE, STATE_DR0 + i, pattern(10 + i) >> 20, 0);
    }
    back[0] = read_dr0();
    back[1] = read_dr1();
    back[2] = read_dr2();
    back[3] = read_dr3();
    for (unsigned i = 0; i < 4; i++) {
        note(back[i] == pattern(10 + i) >> 20, "dr%u-back:0x%lx", i, back[i]);
    }
    write_dr0(0);
    write_dr1(0);
    write_dr2(0);
    write_dr3(0);
    report_notes("switch-dr0-3-pass");
}

static void call_with(struct vtl_registers *registers, enum guest_command command, uint64_t a, uint64_t b, uint64_t *rcx)
{
    *registers = (struct vtl_registers){ .rdx = command, .r8 = a, .r9 = b, .cr2 = read_cr2() };
    vtl_call_full(registers, vtl_call_entry, rcx);
}

/* TLFS, "VTL Return": fast leaves VTL1's RAX and RCX, else they come from the assist page, or are zero without one. */
static void returns(void)
{
    struct vtl_registers r;
    uint64_t rcx, page;

    call_with(&r, COMMAND_SET_RETURN, pattern(20), pattern(21), &rcx);
    report("switch-return-assist-page", r.rax == pattern(20) && rcx == pattern(21), "rax:0x%lx,rcx:0x%lx", r.rax, rcx);
    call_with(&r, COMMAND_RETURN_STYLE, GUEST_RETURN_DIRECT, 0, &rcx);
    call_with(&r, COMMAND_SET_RETURN, pattern(22), pattern(23), &rcx);
    report("switch-return-assist-page-direct", r.rax == pattern(22) && rcx == pattern(23), "rax:0x%lx,rcx:0x%lx", r.rax, rcx);
    call_with(&r, COMMAND_RETURN_STYLE, GUEST_RETURN_FAST, 0, &rcx);
    call_with(&r, COMMAND_SET_RETURN, pattern(24), pattern(25), &rcx);
    report("switch-return-fast", r.rax == 1 && rcx == 0x12, "rax:0x%lx,rcx:0x%lx", r.rax, rcx);
    call_with(&r, COMMAND_RETURN_STYLE, GUEST_RETURN_FAST | GUEST_RETURN_DIRECT, 0, &rcx);
    call_with(&r, COMMAND_SET_RETURN, pattern(26), pattern(27), &rcx);
    report("switch-return-fast-direct", r.rax == 1 && rcx == 0x12, "rax:0x%lx,rcx:0x%lx", r.rax, rcx);
    call_with(&r, COMMAND_RETURN_STYLE, 0, 0, &rcx);
    page = vtl1_value(COMMAND_READ_MSR, HV_MSR_VP_ASSIST_PAGE, 0, 0);
    call_with(&r, COMMAND_WRITE_MSR, HV_MSR_VP_ASSIST_PAGE, page & ~HV_MSR_PAGE_ENABLE, &rcx);
    report("switch-return-no-assist-page", (page & 1) != 0 && r.rax == 0 && rcx == 0, "page:0x%lx,rax:0x%lx,rcx:0x%lx", page,
           r.rax, rcx);
    call_with(&r, COMMAND_SET_RETURN, pattern(28), pattern(29), &rcx);
    report("switch-return-no-assist-page-again", r.rax == 0 && rcx == 0, "rax:0x%lx,rcx:0x%lx", r.rax, rcx);
    call_with(&r, COMMAND_WRITE_MSR, HV_MSR_VP_ASSIST_PAGE, page, &rcx);
    report("switch-assist-page-back", vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "-");
}

static void on_other_processor(void *argument)
{
    uint64_t *answer = argument;

    answer[0] = vtl1_value(COMMAND_PING, 0, 0, 0);
    answer[1] = read_msr(HV_MSR_VP_INDEX);
}

static void other_processors(void)
{
    for (uint32_t i = 1; i < processor_count; i++) {
        volatile uint64_t answer[2] = { 0, 0 };
        bool ran = processor_start(i, on_other_processor, (void *)answer) && processor_wait(i);

        note(ran && answer[0] == GUEST_PING + i && answer[1] == i, "processor-%u:0x%lx", i, answer[0]);
    }
    if (processor_count > 1) {
        report_notes("switch-other-processors");
    }
}

void guest_test(void)
{
    general_registers("switch-shared-pass-stub", vtl_call_entry);
    general_registers("switch-shared-pass-direct", 0);
    registers_seen("switch-seen-stub", vtl_call_entry);
    registers_seen("switch-seen-direct", 0);
    vector_registers();
    debug_registers();
    returns();
    test_private();
    test_illegal();
    test_extended();
    other_processors();
}
