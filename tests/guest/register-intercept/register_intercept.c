/* Secure intercepts of registers and MSRs (TLFS, "Secure Register Intercepts"): the messages, what VTL1 does with them, the rules. */
#include "register_intercept.h"

#include <lib/string.h>

uint16_t set_own(uint32_t name, uint64_t value)
{
    return (uint16_t)vtl1_value(COMMAND_SET_REGISTER, name, value, OWN_VTL);
}

uint64_t get_own(uint32_t name)
{
    struct answer answer = vtl1(COMMAND_GET_REGISTER, name, OWN_VTL, 0);

    note(answer.r9 == HV_STATUS_SUCCESS, "get-0x%x:0x%lx", name, answer.r9);
    return answer.rax;
}

void ask(uint64_t control)
{
    note(set_own(HV_REGISTER_CR_INTERCEPT_CONTROL, control) == HV_STATUS_SUCCESS, "control-0x%lx", control);
}

void ask_masks(uint64_t cr0, uint64_t cr4)
{
    note(set_own(HV_REGISTER_CR_INTERCEPT_CR0_MASK, cr0) == HV_STATUS_SUCCESS, "cr0-mask");
    note(set_own(HV_REGISTER_CR_INTERCEPT_CR4_MASK, cr4) == HV_STATUS_SUCCESS, "cr4-mask");
}

void set_policy(enum guest_policy policy) { vtl1(COMMAND_POLICY, policy, 0, 0); }
uint64_t intercepts(void) { return vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0); }

static uint16_t attributes_of(uint64_t selector)
{
    uint32_t rights = 0;

    __asm__("lar %1, %0" : "+r"(rights) : "r"((uint32_t)selector));
    return (uint16_t)(rights >> 8 & 0xF0FF);
}

/* Byte by byte: what is not looked at here is compared with zero. */
static void check_message(const char *id, const struct expected_write *e)
{
    struct hv_message m, zero = { 0 };
    const struct hv_x64_intercept_header *header = &m.reg.header;
    uint16_t state = 1u << 2 | (read_cr0() >> 18 & 1) << 3 | 1u << 4; /* CPL 0, PE, AM, LMA, VTL 0 */

    for (unsigned i = 0; i < sizeof(m) / 8; i++) {
        ((uint64_t *)&m)[i] = vtl1_value(COMMAND_MESSAGE, i, 0, 0);
    }
    note(m.type == (e->access != REG ? HV_MESSAGE_MSR_INTERCEPT : HV_MESSAGE_REGISTER_INTERCEPT), "%s:type-0x%x", id, m.type);
    note(m.payload_size == 0x40 && m.flags == 0 && m.reserved == 0 && m.origin == 0, "%s:size-0x%x", id, m.payload_size);
    note(header->vp_index == processor_self(), "%s:vp-%u", id, header->vp_index);
    note(header->instruction_length_cr8 == e->length, "%s:length-0x%x-not-0x%x", id, header->instruction_length_cr8, e->length);
    note(header->access == (e->access == RDMSR ? HV_INTERCEPT_READ : HV_INTERCEPT_WRITE), "%s:access-%u", id, header->access);
    note((header->execution_state & ~8u) == (state & ~8u), "%s:execution-state-0x%x", id, header->execution_state);
    note(header->cs.selector == read_cs() && header->cs.attributes == attributes_of(read_cs()), "%s:cs-0x%x", id, header->cs.selector);
    note((header->rflags & 0x28002) == 2 && (header->rflags & 0x200) == (read_rflags() & 0x200), "%s:rflags-0x%lx", id, header->rflags);
    if (e->access != REG) {
        note(m.msr.msr == e->name && m.msr.reserved == 0, "%s:msr-0x%x", id, m.msr.msr);
        note(m.msr.rdx == (e->access == RDMSR ? e->high : e->low >> 32)
             && m.msr.rax == (e->access == RDMSR ? e->low : (uint32_t)e->low), "%s:value-0x%lx-0x%lx", id, m.msr.rdx, m.msr.rax);
    } else {
        note(m.reg.name == e->name && m.reg.flags == 0 && m.reg.reserved0 == 0 && m.reg.reserved1 == 0, "%s:name-0x%x", id, m.reg.name);
        note(m.reg.value.low == e->low && m.reg.value.high == e->high, "%s:value-0x%lx-0x%lx", id, m.reg.value.low, m.reg.value.high);
    }
    note(memcmp(m.payload + 0x40, zero.payload, sizeof(m.payload) - 0x40) == 0, "%s:rest", id);
}

static uint64_t message_rip(void)
{
    return message_word(offsetof(struct hv_message, reg.header.rip));
}

void expect(const char *id, enum guest_policy policy, const void *code, const void *argument, const struct expected_write *expected,
            uint32_t vector)
{
    uint64_t before = intercepts(), refused = vtl1_value(COMMAND_COUNT, COUNT_REFUSED, 0, 0);
    struct probe probe;

    set_policy(policy);
    probe_run(&probe, code, argument);
    note(probe.vector == vector, "%s:vector-0x%x-not-0x%x", id, probe.vector, vector);
    note(intercepts() == before + (expected != NULL), "%s:intercepts-%lu", id, intercepts() - before);
    note(vtl1_value(COMMAND_COUNT, COUNT_REFUSED, 0, 0) == refused, "%s:vtl1-was-refused", id);
    if (expected != NULL && intercepts() == before + 1) {
        check_message(id, expected);
        note(vector == 0 || probe.rip == message_rip(), "%s:rip-0x%lx-not-0x%lx", id, message_rip(), probe.rip);
        note(message_rip() - (uint64_t)(uintptr_t)code < 64, "%s:message-rip-0x%lx", id, message_rip());
    }
}

/* vsm-abi.md 5.2: the four registers, from both VTLs. */
static void test_statuses(void)
{
    uint64_t possible = UINT64_C(0xFFFFF9) | HV_CR_INTERCEPT_MISC_ENABLE_WRITE | (uses_vmcall ? HV_CR_INTERCEPT_XCR0_WRITE : 0);

    possible |= HV_CR_INTERCEPT_CR4_WRITE;
    for (uint32_t name = HV_REGISTER_CR_INTERCEPT_CONTROL; name <= HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK; name++) {
        note(get_own(name) == 0, "0x%x-at-first", name);
        note(vtl1_value(COMMAND_SET_REGISTER, name, 1, VTL0_OF_VTL1) == HV_STATUS_ACCESS_DENIED, "0x%x-set-of-vtl0", name);
        note(vtl1(COMMAND_GET_REGISTER, name, VTL0_OF_VTL1, 0).r9 == HV_STATUS_ACCESS_DENIED, "0x%x-get-of-vtl0", name);
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        uint16_t wanted = (possible >> bit & 1) != 0 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE;
        uint16_t status = set_own(HV_REGISTER_CR_INTERCEPT_CONTROL, UINT64_C(1) << bit);

        note(status == wanted, "bit-%u:0x%x", bit, status);
        note(wanted != HV_STATUS_SUCCESS || get_own(HV_REGISTER_CR_INTERCEPT_CONTROL) == UINT64_C(1) << bit, "bit-%u:read", bit);
    }
    ask(0);
    for (uint32_t name = HV_REGISTER_CR_INTERCEPT_CR0_MASK; name <= HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK; name++) {
        note(set_own(name, UINT64_MAX - name) == HV_STATUS_SUCCESS && get_own(name) == UINT64_MAX - name, "0x%x-value", name);
        note(set_own(name, 0) == HV_STATUS_SUCCESS && get_own(name) == 0, "0x%x-zero", name);
    }
    report_notes("register-intercept-statuses");
}

/* Entry reason 2 and SINT0, as with any message; a slot that stays full gets the flag, and VTL0 traps again. */
static void test_delivery(void)
{
    uint64_t arguments[2] = { 0xC0000082, read_msr(0xC0000082) };
    const struct expected_write write = { WRMSR, 0xC0000082, arguments[1], 0, 2 };
    uint64_t raised = vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0), simp = vtl1_value(COMMAND_READ_MSR, HV_MSR_SIMP, 0, 0);

    ask(HV_CR_INTERCEPT_LSTAR_WRITE);
    expect("sint0", POLICY_COMPLETE, code_wrmsr, arguments, &write, 0);
    note(vtl1_value(COMMAND_COUNT, COUNT_SINT0, 0, 0) == raised + 1, "sint0-not-raised");
    /* Nobody to ask: denied. */
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, 0, 0);
    expect("no-message-page", POLICY_COMPLETE, code_wrmsr, arguments, NULL, GUEST_FAULT + VECTOR_GP);
    vtl1(COMMAND_WRITE_MSR, HV_MSR_SIMP, simp, 0);
    /* VTL1 takes its demand back and lets VTL0 run on: the write is VTL0's own. */
    expect("disarm", POLICY_DISARM, code_wrmsr, arguments, &write, 0);
    note(get_own(HV_REGISTER_CR_INTERCEPT_CONTROL) == 0, "disarm:armed");
    report_notes("register-intercept-delivery");
}

static const uint32_t locked[] = {
    HV_REGISTER_CR0, HV_REGISTER_CR4, HV_REGISTER_LSTAR, HV_REGISTER_STAR, HV_REGISTER_CSTAR, HV_REGISTER_APIC_BASE, HV_REGISTER_EFER,
    HV_REGISTER_SYSENTER_CS, HV_REGISTER_SYSENTER_ESP, HV_REGISTER_SYSENTER_EIP, HV_REGISTER_SFMASK,
};

/* vsm-abi.md 8.2, LOCK_REGS: what LVBS's secure kernel reads and writes, in its order, and what VTL0 then still can do. */
static void test_lock_registers(void)
{
    uint64_t lstar[2] = { 0xC0000082, read_msr(0xC0000082) ^ 0x1000 }, cr0 = read_cr0(), cr4 = read_cr4();
    const struct expected_write write = { WRMSR, 0xC0000082, lstar[1], 0, 2 };

    for (unsigned i = 0; i < sizeof(locked) / sizeof(locked[0]); i++) {
        struct answer answer = vtl1(COMMAND_GET_REGISTER, locked[i], VTL0_OF_VTL1, 0);

        note(answer.r9 == HV_STATUS_SUCCESS, "0x%x:0x%lx", locked[i], answer.r9);
    }
    ask(0x7FD543);
    ask_masks(0x80010001, 0xFFFFDE3F); /* PE, WP, PG; all but PGE, PCE, MCE, VMXE */
    note(get_own(HV_REGISTER_CR_INTERCEPT_CONTROL) == 0x7FD543, "control");
    expect("lock-cr0-same", POLICY_INJECT_GP, code_cr0, (const void *)cr0, NULL, 0);
    expect("lock-clts", POLICY_INJECT_GP, code_clts, NULL, NULL, 0);
    expect("lock-cr0-mp", POLICY_INJECT_GP, code_cr0, (const void *)(cr0 ^ 2), NULL, 0);
    expect("lock-cr0-mp-back", POLICY_INJECT_GP, code_cr0, (const void *)cr0, NULL, 0);
    note(read_cr0() == cr0, "cr0-0x%lx", read_cr0());
    expect("lock-cr4-pge", POLICY_INJECT_GP, code_cr4, (const void *)(cr4 ^ 0x80), NULL, 0);
    note(read_cr4() == (cr4 ^ 0x80), "cr4-0x%lx", read_cr4());
    expect("lock-cr4-same", POLICY_INJECT_GP, code_cr4, (const void *)cr4, NULL, 0);
    expect("lock-cr0-wp", POLICY_INJECT_GP, code_cr0, (const void *)(cr0 ^ 0x10000),
           &(struct expected_write){ REG, HV_REGISTER_CR0, cr0 ^ 0x10000, 0, 3 }, GUEST_FAULT + VECTOR_GP);
    expect("lock-lstar", POLICY_INJECT_GP, code_wrmsr, lstar, &write, GUEST_FAULT + VECTOR_GP);
    ask(0);
    ask_masks(0, 0);
    report_notes("register-intercept-lock");
}

void guest_test(void)
{
    test_statuses();
    test_delivery();
    test_msrs();
    test_reads();
    test_control_registers();
    test_tables();
    test_lock_registers();
    test_processors();
}
