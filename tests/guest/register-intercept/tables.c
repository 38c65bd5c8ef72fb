/* LGDT, LIDT, LLDT, LTR: operands in every form, faults before intercepts; the loads and stores that VTL1 did not ask for. */
#include "register_intercept.h"

#include <lib/string.h>

#define VECTOR_NP 11u
#define ABSENT    UINT64_C(0x0000600000000000) /* the firmware maps nothing there */
#define LDT_AT    0x100u /* selectors in the copied table: 16 bytes each */
#define TSS_AT    0x110u
#define GONE_AT   0x120u
#define CODE_AT   0x130u
#define LIMIT     0x13Fu
#define ALL       (HV_CR_INTERCEPT_GDTR_WRITE | HV_CR_INTERCEPT_IDTR_WRITE | HV_CR_INTERCEPT_LDTR_WRITE | HV_CR_INTERCEPT_TR_WRITE)

static struct {
    struct table_pointer gdt, idt, new_gdt;
    uint8_t *table;
} here;

static void system_descriptor(unsigned at, uint64_t base, uint32_t limit, uint8_t access)
{
    uint64_t raw[2] = { (limit & 0xFFFF) | (base & 0xFFFFFF) << 16 | (uint64_t)access << 40 | (uint64_t)(limit >> 16) << 48
                            | (base >> 24 & 0xFF) << 56, base >> 32 };

    memcpy(here.table + at, raw, sizeof(raw));
}

/* The firmware's table and four descriptors behind it. */
static void make_table(void)
{
    here.gdt = read_gdt();
    here.idt = read_idt();
    here.table = pages_take(1, PAGE_SIZE);
    memcpy(here.table, (const void *)(uintptr_t)here.gdt.base, here.gdt.limit + 1u);
    system_descriptor(LDT_AT, UINT64_C(0xFFFF812345678000), 0x7F, 0x82);
    system_descriptor(TSS_AT, 0x3456000, 0x67, 0x89);
    system_descriptor(GONE_AT, 0x3456000, 0x67, 0x02);
    system_descriptor(CODE_AT, 0, 0xFFFFF, 0x9B);
    here.new_gdt = (struct table_pointer){ LIMIT, (uint64_t)(uintptr_t)here.table };
}

static void set_gdt(const struct table_pointer *table)
{
    __asm__ volatile("lgdt %0" : : "m"(*table) : "memory");
}

static void one_lgdt(const char *id, const void *code, const void *argument, unsigned length)
{
    const struct expected_write write = { REG, HV_REGISTER_GDTR, (uint64_t)here.new_gdt.limit << 48, here.new_gdt.base, length };

    ask(HV_CR_INTERCEPT_GDTR_WRITE);
    expect(id, POLICY_INJECT_GP, code, argument, &write, GUEST_FAULT + VECTOR_GP);
    note(read_gdt().base == here.gdt.base && read_gdt().limit == here.gdt.limit, "%s:denied", id);
    expect(id, POLICY_COMPLETE, code, argument, &write, 0);
    note(read_gdt().base == here.new_gdt.base && read_gdt().limit == LIMIT, "%s:0x%lx", id, read_gdt().base);
    ask(0);
    set_gdt(&here.gdt);
}

static void forms(void)
{
    uint64_t gs = read_msr(0xC0000101);

    memcpy(code_pointer, &here.new_gdt, sizeof(code_pointer));
    one_lgdt("lgdt", code_lgdt, &here.new_gdt, 3);
    one_lgdt("lgdt-scaled", code_lgdt_scaled, &here.new_gdt, 9);
    one_lgdt("lgdt-rip", code_lgdt_rip, NULL, 7);
    one_lgdt("lgdt-stack", code_lgdt_stack, &here.new_gdt, 5);
    write_msr(0xC0000101, (uint64_t)(uintptr_t)code_pointer - 0x40);
    one_lgdt("lgdt-gs", code_lgdt_gs, NULL, 9);
    write_msr(0xC0000101, gs);
    report_notes("register-intercept-gdtr");
}

static void idt(void)
{
    struct table_pointer other = { here.idt.limit - 16, here.idt.base };
    const struct expected_write write = { REG, HV_REGISTER_IDTR, (uint64_t)other.limit << 48, other.base, 3 };

    ask(HV_CR_INTERCEPT_IDTR_WRITE);
    expect("lidt", POLICY_INJECT_GP, code_lidt, &other, &write, GUEST_FAULT + VECTOR_GP);
    note(read_idt().limit == here.idt.limit, "lidt:denied");
    expect("lidt", POLICY_COMPLETE, code_lidt, &other, &write, 0);
    note(read_idt().limit == other.limit && read_idt().base == other.base, "lidt:0x%x", read_idt().limit);
    ask(0);
    expect("lidt-off", POLICY_INJECT_GP, code_lidt, &here.idt, NULL, 0);
    report_notes("register-intercept-idtr");
}

/* Where the operand is not, or what it holds cannot be. */
static void faults(void)
{
    struct table_pointer bad = { 0x7F, UINT64_C(1) << 62 };
    struct probe probe;

    ask(ALL);
    expect("lgdt-base", POLICY_COMPLETE, code_lgdt, &bad, NULL, GUEST_FAULT + VECTOR_GP);
    expect("lidt-base", POLICY_COMPLETE, code_lidt, &bad, NULL, GUEST_FAULT + VECTOR_GP);
    expect("lgdt-address", POLICY_COMPLETE, code_lgdt, (const void *)(UINT64_C(1) << 62), NULL, GUEST_FAULT + VECTOR_GP);
    expect("lidt-absent", POLICY_COMPLETE, code_lidt, (const void *)ABSENT, NULL, GUEST_FAULT + VECTOR_PF);
    probe_run(&probe, code_lgdt, (const void *)(ABSENT + PAGE_SIZE - 4));
    note(probe.vector == GUEST_FAULT + VECTOR_PF && probe.error == 0, "lgdt-absent:0x%x-0x%lx", probe.vector, probe.error);
    note(probe.cr2 == ABSENT + PAGE_SIZE - 4 && probe.rip == (uint64_t)(uintptr_t)code_lgdt, "lgdt-absent:0x%lx", probe.cr2);
    ask(0);
    report_notes("register-intercept-table-faults");
}

static void segment_fault(const char *id, const void *code, uint16_t selector, uint32_t vector, uint64_t error)
{
    uint64_t operand = selector, before = intercepts();
    struct probe probe;

    probe_run(&probe, code, &operand);
    note(probe.vector == GUEST_FAULT + vector && probe.error == error, "%s:0x%x-0x%lx", id, probe.vector, probe.error);
    note(intercepts() == before, "%s:intercepted", id);
}

static void segments(void)
{
    uint64_t ldt = LDT_AT, tss = TSS_AT, none = 0;
    const struct expected_write to_ldt = { REG, HV_REGISTER_LDTR, UINT64_C(0xFFFF812345678000), UINT64_C(0x008201000000007F), 3 };
    const struct expected_write to_none = { REG, HV_REGISTER_LDTR, 0, 0, 3 };
    const struct expected_write to_tss = { REG, HV_REGISTER_TR, 0x3456000, UINT64_C(0x008B011000000067), 3 };
    struct probe probe;

    set_gdt(&here.new_gdt);
    ask(HV_CR_INTERCEPT_LDTR_WRITE | HV_CR_INTERCEPT_TR_WRITE);
    expect("lldt-denied", POLICY_INJECT_GP, code_lldt, &ldt, &to_ldt, GUEST_FAULT + VECTOR_GP);
    expect("lldt", POLICY_COMPLETE, code_lldt, &ldt, &to_ldt, 0);
    note((uint16_t)probe_run(&probe, code_sldt, NULL) == LDT_AT, "sldt");
    expect("lldt-memory", POLICY_COMPLETE, code_lldt_memory, &none, &to_none, 0);
    note((uint16_t)probe_run(&probe, code_sldt, NULL) == 0, "sldt-none");
    expect("ltr-denied", POLICY_INJECT_GP, code_ltr, &tss, &to_tss, GUEST_FAULT + VECTOR_GP);
    expect("ltr", POLICY_COMPLETE, code_ltr, &tss, &to_tss, 0);
    note(read_tr() == TSS_AT, "str-0x%lx", read_tr());
    expect("ltr-memory", POLICY_COMPLETE, code_ltr_memory, &tss, &to_tss, 0);
    segment_fault("ltr-null", code_ltr, 0, VECTOR_GP, 0);
    segment_fault("ltr-type", code_ltr, LDT_AT, VECTOR_GP, LDT_AT);
    segment_fault("lldt-type", code_lldt, TSS_AT, VECTOR_GP, TSS_AT);
    segment_fault("lldt-code", code_lldt, CODE_AT, VECTOR_GP, CODE_AT);
    segment_fault("lldt-of-the-ldt", code_lldt, LDT_AT | 4, VECTOR_GP, LDT_AT | 4);
    segment_fault("lldt-limit", code_lldt, LIMIT + 1, VECTOR_GP, LIMIT + 1);
    segment_fault("lldt-not-present", code_lldt, GONE_AT, VECTOR_NP, GONE_AT);
    ask(0);
    report_notes("register-intercept-segments");
}

/* One of the four is asked for: the other loads, and every store, are as without. */
static void unasked(void)
{
    struct { uint16_t before; struct table_pointer seen; uint16_t behind; } __attribute__((packed)) out = { 0x1111, { 0, 0 }, 0x2222 };
    uint64_t tss = TSS_AT, ldt = LDT_AT, word = UINT64_MAX;
    struct probe probe;

    here.table[TSS_AT + 5] = 0x89;
    ask(HV_CR_INTERCEPT_IDTR_WRITE);
    expect("lgdt-unasked", POLICY_INJECT_GP, code_lgdt, &here.new_gdt, NULL, 0);
    expect("ltr-unasked", POLICY_INJECT_GP, code_ltr, &tss, NULL, 0);
    note(here.table[TSS_AT + 5] == 0x8B, "busy-0x%x", here.table[TSS_AT + 5]);
    expect("lldt-unasked", POLICY_INJECT_GP, code_lldt, &ldt, NULL, 0);
    expect("sgdt", POLICY_INJECT_GP, code_sgdt, &out.seen, NULL, 0);
    note(out.seen.base == here.new_gdt.base && out.seen.limit == LIMIT, "sgdt:0x%lx", out.seen.base);
    expect("sidt", POLICY_INJECT_GP, code_sidt, &out.seen, NULL, 0);
    note(out.seen.base == here.idt.base && out.seen.limit == here.idt.limit, "sidt:0x%lx", out.seen.base);
    note(out.before == 0x1111 && out.behind == 0x2222, "more-than-ten-bytes");
    expect("sgdt-absent", POLICY_INJECT_GP, code_sgdt, (const void *)ABSENT, NULL, GUEST_FAULT + VECTOR_PF);
    note(probe_run(&probe, code_sldt, NULL) == LDT_AT && probe.vector == 0, "sldt");
    note(probe_run(&probe, code_sldt_word, NULL) == (UINT64_C(0xFFFFFFFFFFFF0000) | LDT_AT), "sldt-word");
    note(probe_run(&probe, code_str, NULL) == TSS_AT, "str");
    probe_run(&probe, code_str_memory, &word);
    note(word == (UINT64_C(0xFFFFFFFFFFFF0000) | TSS_AT), "str-memory:0x%lx", word);
    probe_run(&probe, code_sldt_memory, &word);
    note(word == (UINT64_C(0xFFFFFFFFFFFF0000) | LDT_AT), "sldt-memory:0x%lx", word);
    ask(0);
    report_notes("register-intercept-tables-unasked");
}

/* A store into a page that VTL1 has taken is a GPA intercept, whoever makes it. */
static void protected_operand(void)
{
    uint8_t *page = pages_take(1, PAGE_SIZE);
    uint64_t before = intercepts();
    struct probe probe;

    note(protection_on() == HV_STATUS_SUCCESS, "protection");
    protect(page, 1, HV_MAP_GPA_READABLE);
    ask(HV_CR_INTERCEPT_IDTR_WRITE | HV_CR_INTERCEPT_GDTR_WRITE);
    set_policy(POLICY_INJECT_GP);
    probe_run(&probe, code_sgdt, page + 0x20);
    note(probe.vector == GUEST_FAULT + VECTOR_GP && intercepts() == before + 1, "sgdt:0x%x", probe.vector);
    note((uint32_t)message_word(0) == HV_MESSAGE_GPA_INTERCEPT, "sgdt:type-0x%lx", message_word(0));
    note(message_word(offsetof(struct hv_message, gpa.gpa)) == (uint64_t)(uintptr_t)page + 0x20, "sgdt:gpa");
    protect(page, 1, 0);
    probe_run(&probe, code_lgdt, page + 0x20);
    note(probe.vector == GUEST_FAULT + VECTOR_GP && intercepts() == before + 2, "lgdt:0x%x", probe.vector);
    note((uint32_t)message_word(0) == HV_MESSAGE_GPA_INTERCEPT, "lgdt:type-0x%lx", message_word(0));
    protect(page, 1, HV_MAP_GPA_ALL);
    note(page[0x20] == 0, "written");
    ask(0);
    report_notes("register-intercept-protected-operand");
}

void test_tables(void)
{
    make_table();
    forms();
    idt();
    faults();
    segments();
    unasked();
    protected_operand();
    set_gdt(&here.gdt);
}
