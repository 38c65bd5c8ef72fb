/* Secure register intercepts: what VTL1 is told, what faults before it, and what is done as the processor would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/register_intercepts.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define SIMP    UINT64_C(0x20000)
#define OPERAND UINT64_C(0x30000)
#define TABLE   UINT64_C(0x31000)
#define TABLES  (HV_CR_INTERCEPT_GDTR_WRITE | HV_CR_INTERCEPT_IDTR_WRITE | HV_CR_INTERCEPT_LDTR_WRITE | HV_CR_INTERCEPT_TR_WRITE)

static struct cpu *cpu;
static struct bench_vtl *vtl0;

static int start(void **state)
{
    (void)state;
    bench_interceptable = TABLES | HV_CR_INTERCEPT_XCR0_WRITE;
    bench_start(1);
    bench_cpuid = (struct cpuid_result){ .eax = 0x37, .ebx = ~0u, .ecx = ~0u, .edx = ~0u };
    cpu = cpus[0];
    vtl0 = &bench_vtl[0][VTL0];
    bench_enable_vtl1(cpu);
    cpu->vtl[VTL1].simp = SIMP | HV_MSR_PAGE_ENABLE;
    vtl0->segment[VSEG_GDTR] = (struct hv_x64_segment_register){ .base = TABLE, .limit = 0xFF };
    vtl0->reg[VREG_CR0] = CR0_PE | CR0_PG | CR0_ET;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void ask(uint64_t control, uint64_t cr0, uint64_t cr4)
{
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL, control));
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CR0_MASK, cr0));
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CR4_MASK, cr4));
}

/* What happened to the instruction. */
enum outcome { RETIRED, TOLD, FAULT, NOTHING };

static struct hv_message told; /* the last message; its slot is free again */

/* Reads what the handler did and puts VTL0 back in front of an instruction. */
static enum outcome outcome_of(uint64_t length)
{
    static const struct hv_message none;
    uint64_t moved = vtl0->reg[VREG_RIP] - BENCH_CODE;

    if (cpu->active == VTL1) {
        bench_peek(SIMP, &told, sizeof(told));
        bench_poke(SIMP, &none, sizeof(none));
        cpu->active = VTL0;
        assert_int_equal(moved, 0);
        return TOLD;
    }
    if (bench_exception(cpu) >= 0) {
        assert_int_equal(moved, 0);
        return FAULT;
    }
    assert_true(moved == 0 || moved == length);
    return moved == 0 ? NOTHING : RETIRED;
}

static enum outcome wrmsr_of(uint32_t msr, uint64_t value)
{
    bench_instruction(cpu, EXIT_WRMSR, INSN_WRMSR, "\x0F\x30", 2);
    cpu->gpr[RCX] = msr;
    cpu->gpr[RAX] = (uint32_t)value;
    cpu->gpr[RDX] = value >> 32;
    bench_access_count = 0;
    handle_wrmsr(cpu);
    return outcome_of(2);
}

static void test_control(void **state)
{
    (void)state;
    uint64_t possible = 0xFFD555 | HV_CR_INTERCEPT_CR4_WRITE | 0x2AA8; /* writes, and the reads */

    for (unsigned bit = 0; bit < 64; bit++) {
        assert_int_equal(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL, UINT64_C(1) << bit), possible >> bit & 1);
    }
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL, 0x7FD543)); /* LVBS */
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL, 0x1000));   /* OpenTMK */
    bench_interceptable = 0;
    assert_false(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL, HV_CR_INTERCEPT_GDTR_WRITE));
    assert_int_equal(intercepts_get(cpu, HV_REGISTER_CR_INTERCEPT_CONTROL), 0x1000);
    vtl_state_reset(&cpu->vtl[VTL1]); /* as EnableVpVtl */
    for (uint32_t name = HV_REGISTER_CR_INTERCEPT_CONTROL; name <= HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK; name++) {
        assert_true(intercepts_have(name));
        assert_int_equal(intercepts_get(cpu, name), 0);
    }
    assert_false(intercepts_have(HV_REGISTER_CR_INTERCEPT_CONTROL - 1));
    assert_false(intercepts_have(HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK + 1));
}

/* A mask without its control bit is not in force. */
static void test_in_force(void **state)
{
    (void)state;
    ask(0, UINT64_MAX, UINT64_MAX);
    assert_int_equal(intercepts_in_force(cpu).cr0_mask | intercepts_in_force(cpu).cr4_mask, 0);
    ask(HV_CR_INTERCEPT_CR0_WRITE | HV_CR_INTERCEPT_CR4_WRITE, UINT64_MAX, UINT64_MAX);
    assert_int_equal(intercepts_in_force(cpu).cr0_mask, 0xE005002F); /* all but ET */
    assert_int_equal(intercepts_in_force(cpu).cr4_mask, UINT32_MAX); /* there are no others */
}

static const struct { uint32_t bit, msr; enum vreg reg; uint64_t good, bad; } msrs[] = {
    { HV_CR_INTERCEPT_LSTAR_WRITE, MSR_LSTAR, VREG_LSTAR, UINT64_C(0xFFFF800000001234), UINT64_C(1) << 47 },
    { HV_CR_INTERCEPT_STAR_WRITE, MSR_STAR, VREG_STAR, UINT64_C(0x123456789ABCDEF0), 0 },
    { HV_CR_INTERCEPT_CSTAR_WRITE, MSR_CSTAR, VREG_CSTAR, 0x5000, UINT64_C(1) << 62 },
    { HV_CR_INTERCEPT_EFER_WRITE, MSR_EFER, VREG_EFER, EFER_LME | EFER_LMA | EFER_SCE, EFER_LME | EFER_LMA | EFER_SVME },
    { HV_CR_INTERCEPT_SYSENTER_CS_WRITE, MSR_SYSENTER_CS, VREG_SYSENTER_CS, 0x18, UINT64_C(1) << 32 },
    { HV_CR_INTERCEPT_SYSENTER_EIP_WRITE, MSR_SYSENTER_EIP, VREG_SYSENTER_EIP, 0x7000, UINT64_C(1) << 47 },
    { HV_CR_INTERCEPT_SYSENTER_ESP_WRITE, MSR_SYSENTER_ESP, VREG_SYSENTER_ESP, 0x8000, UINT64_C(1) << 63 },
    { HV_CR_INTERCEPT_SFMASK_WRITE, MSR_SFMASK, VREG_SFMASK, 0x47700, UINT64_C(1) << 32 },
};

static void test_msrs(void **state)
{
    (void)state;
    for (unsigned n = 0; n < sizeof(msrs) / sizeof(msrs[0]); n++) {
        uint64_t before = vtl0->reg[msrs[n].reg];

        ask(msrs[n].bit, 0, 0);
        assert_int_equal(wrmsr_of(msrs[n].msr, msrs[n].good), TOLD);
        assert_int_equal(vtl0->reg[msrs[n].reg], before);
        assert_int_equal(told.type, HV_MESSAGE_MSR_INTERCEPT);
        assert_int_equal(told.payload_size, 0x40);
        assert_int_equal(told.msr.msr, msrs[n].msr);
        assert_int_equal(told.msr.rdx, msrs[n].good >> 32);
        assert_int_equal(told.msr.rax, (uint32_t)msrs[n].good);
        assert_int_equal(told.msr.header.instruction_length_cr8, 2);
        assert_int_equal(told.msr.header.access, HV_INTERCEPT_WRITE);
        assert_int_equal(told.msr.header.rip, BENCH_CODE);
        if (msrs[n].bad != 0) {
            assert_int_equal(wrmsr_of(msrs[n].msr, msrs[n].bad), FAULT);
        }
        ask(0xFFD555 & ~msrs[n].bit, 0, 0);
        assert_int_equal(wrmsr_of(msrs[n].msr, msrs[n].good), RETIRED);
        assert_int_equal(vtl0->reg[msrs[n].reg], msrs[n].good);
    }
}

/* The rows without a register of the back end. */
static void test_other_msrs(void **state)
{
    (void)state;
    ask(HV_CR_INTERCEPT_TSC_AUX_WRITE | HV_CR_INTERCEPT_APIC_BASE_WRITE | HV_CR_INTERCEPT_MISC_ENABLE_WRITE, 0, 0);
    assert_int_equal(wrmsr_of(MSR_TSC_AUX, 7), TOLD);
    assert_int_equal(bench_access_count, 0);
    assert_int_equal(wrmsr_of(MSR_TSC_AUX, UINT64_C(1) << 32), FAULT);
    bench_msr_value = 0xFEE00900;
    assert_int_equal(wrmsr_of(MSR_APIC_BASE, 0xFEE00900), TOLD);
    assert_int_equal(wrmsr_of(MSR_APIC_BASE, 0xFEE00D00), FAULT);
    assert_int_equal(wrmsr_of(MSR_MISC_ENABLE, 0), RETIRED); /* an empty mask */
    assert_true(intercepts_set(cpu, HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK, 1));
    assert_int_equal(wrmsr_of(MSR_MISC_ENABLE, MISC_ENABLE_VALUE), RETIRED);
    assert_int_equal(wrmsr_of(MSR_MISC_ENABLE, MISC_ENABLE_VALUE ^ 2), RETIRED);
    assert_int_equal(wrmsr_of(MSR_MISC_ENABLE, MISC_ENABLE_VALUE ^ 1), TOLD);
}

static enum outcome rdmsr_of(uint32_t msr)
{
    bench_instruction(cpu, EXIT_RDMSR, INSN_RDMSR, "\x0F\x32", 2);
    cpu->gpr[RCX] = msr;
    cpu->gpr[RAX] = UINT64_C(0x1111111122222222);
    cpu->gpr[RDX] = UINT64_C(0x3333333344444444);
    handle_rdmsr(cpu);
    return outcome_of(2);
}

/* Each alone; VTL0's registers are as before, and what they hold is told. */
static void test_reads(void **state)
{
    (void)state;
    static const struct { uint32_t bit, msr; } reads[] = {
        { 1u << 3, MSR_MISC_ENABLE }, { 1u << 5, MSR_LSTAR }, { 1u << 7, MSR_STAR }, { 1u << 9, MSR_CSTAR },
        { 1u << 11, MSR_APIC_BASE }, { 1u << 13, MSR_EFER },
    };

    vtl0->reg[VREG_LSTAR] = 0x123456789A;
    for (unsigned n = 0; n < sizeof(reads) / sizeof(reads[0]); n++) {
        ask(reads[n].bit, 0, 0);
        assert_int_equal(rdmsr_of(reads[n].msr), TOLD);
        assert_int_equal(told.type, HV_MESSAGE_MSR_INTERCEPT);
        assert_int_equal(told.msr.header.access, HV_INTERCEPT_READ);
        assert_int_equal(told.msr.header.instruction_length_cr8, 2);
        assert_int_equal(told.msr.msr, reads[n].msr);
        assert_true(told.msr.rax == UINT64_C(0x1111111122222222) && told.msr.rdx == UINT64_C(0x3333333344444444));
        assert_int_equal(cpu->gpr[RAX], UINT64_C(0x1111111122222222));
        ask(0xFFFFFF & ~reads[n].bit, 0, 0); /* all others, the write of the same among them */
        assert_int_equal(rdmsr_of(reads[n].msr), RETIRED);
    }
    ask(1u << 7, 0, 0);
    assert_int_equal(rdmsr_of(MSR_LSTAR), RETIRED);
    assert_true(cpu->gpr[RAX] == 0x3456789A && cpu->gpr[RDX] == 0x12);
    assert_int_equal(rdmsr_of(0x12345678), FAULT);
}

/* Which map of the back ends: open, closed to writes, closed. */
static void test_msr_maps(void **state)
{
    (void)state;
    assert_int_equal(msr_map_of(0), MSRS_OPEN);
    assert_int_equal(msr_map_of(HV_CR_INTERCEPT_EFER_READ | HV_CR_INTERCEPT_EFER_WRITE | HV_CR_INTERCEPT_TSC_AUX_WRITE), MSRS_OPEN);
    for (unsigned n = 0; n < sizeof(msrs) / sizeof(msrs[0]); n++) {
        assert_int_equal(msr_map_of(msrs[n].bit), msrs[n].msr == MSR_EFER ? MSRS_OPEN : MSR_WRITES_CLOSED);
    }
    assert_int_equal(msr_map_of(HV_CR_INTERCEPT_LSTAR_READ), MSRS_CLOSED);
    assert_int_equal(msr_map_of(HV_CR_INTERCEPT_STAR_READ | HV_CR_INTERCEPT_STAR_WRITE), MSRS_CLOSED);
    assert_int_equal(msr_map_of(HV_CR_INTERCEPT_CSTAR_READ), MSRS_CLOSED);
}

static void test_vtl1_is_not_intercepted(void **state)
{
    (void)state;
    ask(HV_CR_INTERCEPT_LSTAR_WRITE, 0, 0);
    cpu->active = VTL1;
    bench_instruction(cpu, EXIT_WRMSR, INSN_WRMSR, "\x0F\x30", 2);
    cpu->gpr[RCX] = MSR_LSTAR;
    cpu->gpr[RAX] = 0x1234;
    cpu->gpr[RDX] = 0;
    handle_wrmsr(cpu);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_LSTAR], 0x1234);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_RIP], BENCH_CODE + 2);
}

static void test_nobody_to_ask(void **state)
{
    (void)state;
    ask(HV_CR_INTERCEPT_LSTAR_WRITE, 0, 0);
    cpu->vtl[VTL1].simp = 0;
    assert_int_equal(wrmsr_of(MSR_LSTAR, 0x1234), FAULT);
    assert_int_equal(vtl0->reg[VREG_LSTAR], 0);
}

/* A full slot: VTL1 runs, and the message there stays the first one's. */
static void test_a_full_slot(void **state)
{
    (void)state;
    struct hv_message first = { .type = HV_MESSAGE_GPA_INTERCEPT, .origin = 5 };

    ask(HV_CR_INTERCEPT_LSTAR_WRITE, 0, 0);
    bench_poke(SIMP, &first, sizeof(first));
    assert_int_equal(wrmsr_of(MSR_LSTAR, 0x1234), TOLD);
    assert_int_equal(told.type, HV_MESSAGE_GPA_INTERCEPT);
    assert_int_equal(told.flags, HV_MESSAGE_FLAG_PENDING);
    assert_int_equal(told.origin, 5);
}

static void test_execution_state(void **state)
{
    (void)state;
    ask(HV_CR_INTERCEPT_STAR_WRITE, 0, 0);
    vtl0->reg[VREG_CR0] |= CR0_AM;
    vtl0->reg[VREG_DR7] = 0x402;
    assert_int_equal(wrmsr_of(MSR_STAR, 0), TOLD);
    assert_int_equal(told.msr.header.execution_state, 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5);
    vtl0->shadow = true;
    assert_int_equal(wrmsr_of(MSR_STAR, 0), TOLD);
    assert_int_equal(told.msr.header.execution_state, 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 12);
}

/* One write of a control register by the bytes of the instruction. */
static enum outcome control(uint8_t number, const char *bytes, size_t size, uint64_t rax)
{
    bench_instruction(cpu, EXIT_CONTROL_REGISTER, INSN_OTHER, bytes, size);
    cpu->exit.control_register = number;
    cpu->gpr[RAX] = rax;
    handle_control_register(cpu);
    return outcome_of(size);
}

static enum outcome mov_cr0(uint64_t value) { return control(0, "\x0F\x22\xC0", 3, value); }
static enum outcome mov_cr4(uint64_t value) { return control(4, "\x0F\x22\xE0", 3, value); }

static void test_cr0(void **state)
{
    (void)state;
    uint64_t cr0 = vtl0->reg[VREG_CR0];

    ask(HV_CR_INTERCEPT_CR0_WRITE, CR0_WP, 0);
    assert_int_equal(mov_cr0(cr0 | CR0_WP), TOLD);
    assert_int_equal(told.type, HV_MESSAGE_REGISTER_INTERCEPT);
    assert_int_equal(told.reg.name, HV_REGISTER_CR0);
    assert_int_equal(told.reg.flags, 0);
    assert_int_equal(told.reg.value.low, cr0 | CR0_WP);
    assert_int_equal(told.reg.value.high, 0);
    assert_int_equal(told.reg.header.instruction_length_cr8, 3);
    assert_int_equal(vtl0->reg[VREG_CR0], cr0);
    assert_int_equal(mov_cr0(cr0 | CR0_AM), RETIRED);
    assert_int_equal(vtl0->reg[VREG_CR0], cr0 | CR0_AM);
    assert_int_equal(mov_cr0((cr0 & ~CR0_ET) | 0x100), RETIRED); /* forced and ignored bits */
    assert_int_equal(vtl0->reg[VREG_CR0], cr0);
    assert_int_equal(mov_cr0(cr0 | CR0_WP | UINT64_C(1) << 32), FAULT);
    assert_int_equal(mov_cr0(cr0 | CR0_WP | CR0_NW), FAULT);
    assert_int_equal(mov_cr0((cr0 | CR0_WP) & ~CR0_PE), FAULT);
    assert_int_equal(mov_cr0((cr0 | CR0_WP) & ~CR0_PG), FAULT); /* in 64-bit code */
    vtl0->privilege = 3;
    assert_int_equal(mov_cr0(cr0 | CR0_WP), FAULT);
    assert_int_equal(vtl0->reg[VREG_CR0], cr0);
}

/* Long mode comes and goes with paging, as the processor does it. */
static void test_cr0_changes_mode(void **state)
{
    (void)state;
    uint64_t on = vtl0->reg[VREG_CR0];

    ask(HV_CR_INTERCEPT_CR0_WRITE, CR0_WP, 0);
    vtl0->segment[VSEG_CS].attributes = 0xC09B; /* compatibility mode */
    assert_int_equal(mov_cr0(on & ~CR0_PG), RETIRED);
    assert_int_equal(vtl0->reg[VREG_EFER], EFER_LME);
    vtl0->reg[VREG_CR4] = 0;
    assert_int_equal(mov_cr0(on), FAULT); /* long mode without PAE */
    vtl0->reg[VREG_CR4] = CR4_PAE;
    assert_int_equal(mov_cr0(on), RETIRED);
    assert_int_equal(vtl0->reg[VREG_EFER], EFER_LME | EFER_LMA);
    vtl0->reg[VREG_CR4] |= CR4_PCIDE;
    assert_int_equal(mov_cr0(on & ~CR0_PG), FAULT);
    vtl0->reg[VREG_CR4] |= CR4_CET;
    assert_int_equal(mov_cr0(on & ~CR0_WP), FAULT);
}

static void test_machine_status(void **state)
{
    (void)state;
    uint64_t cr0 = vtl0->reg[VREG_CR0];
    uint16_t word = 0xFFF2; /* MP, and PE clear, which stays */

    ask(HV_CR_INTERCEPT_CR0_WRITE, CR0_TS, 0);
    assert_int_equal(control(0, "\x0F\x01\xF0", 3, 0xFFFF), TOLD); /* LMSW AX */
    assert_int_equal(told.reg.value.low, cr0 | 0xF);
    bench_poke(OPERAND, &word, sizeof(word));
    assert_int_equal(control(0, "\x0F\x01\x30", 3, OPERAND), RETIRED); /* LMSW [RAX] */
    assert_int_equal(vtl0->reg[VREG_CR0], cr0 | 2);
    vtl0->reg[VREG_CR0] = cr0 | CR0_TS;
    assert_int_equal(control(0, "\x0F\x06", 2, 0), TOLD); /* CLTS */
    assert_int_equal(told.reg.value.low, cr0);
    assert_int_equal(told.reg.header.instruction_length_cr8, 2);
    ask(HV_CR_INTERCEPT_CR0_WRITE, CR0_WP, 0);
    assert_int_equal(control(0, "\x0F\x06", 2, 0), RETIRED);
    assert_int_equal(vtl0->reg[VREG_CR0], cr0);
    assert_int_equal(control(4, "\x0F\x06", 2, 0), NOTHING);         /* other bytes than the exit says */
    assert_int_equal(control(0, "\x0F\x22\xE0", 3, 0), NOTHING);
    assert_int_equal(control(0, "\x90\x90", 2, 0), NOTHING);
}

static void test_cr4(void **state)
{
    (void)state;
    uint64_t cr4 = vtl0->reg[VREG_CR4];

    ask(HV_CR_INTERCEPT_CR4_WRITE, 0, CR4_SMEP);
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP), TOLD);
    assert_int_equal(told.reg.name, HV_REGISTER_CR4);
    assert_int_equal(told.reg.value.low, cr4 | CR4_SMEP);
    assert_int_equal(mov_cr4(cr4 | CR4_SMAP), RETIRED);
    assert_int_equal(vtl0->reg[VREG_CR4], cr4 | CR4_SMAP);
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP | 1u << 13), FAULT); /* VMXE */
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP | UINT64_C(1) << 33), FAULT);
    assert_int_equal(mov_cr4((cr4 | CR4_SMEP) & ~CR4_PAE), FAULT);
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP | CR4_LA57), FAULT);
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP | CR4_CET), FAULT); /* without WP */
    vtl0->reg[VREG_CR3] |= 8;
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP | CR4_PCIDE), FAULT);
    bench_cpuid.ebx = 0;
    assert_int_equal(mov_cr4(cr4 | CR4_SMEP), FAULT); /* a processor without it */
}

static void test_xsetbv(void **state)
{
    (void)state;
    bench_xcr0 = 1;
    ask(HV_CR_INTERCEPT_XCR0_WRITE, 0, 0);
    for (unsigned asked = 2; asked-- > 0;) {
        bench_instruction(cpu, EXIT_XSETBV, INSN_XSETBV, "\x0F\x01\xD1", 3);
        cpu->gpr[RAX] = 3;
        cpu->gpr[RCX] = cpu->gpr[RDX] = 0;
        handle_xsetbv(cpu);
        assert_int_equal(outcome_of(3), asked != 0 ? TOLD : RETIRED);
        assert_int_equal(bench_xcr0, asked != 0 ? 1 : 3);
        ask(0, 0, 0);
    }
    assert_int_equal(told.reg.name, HV_REGISTER_XFEM);
    assert_int_equal(told.reg.value.low, 3);
    ask(HV_CR_INTERCEPT_XCR0_WRITE, 0, 0);
    bench_instruction(cpu, EXIT_XSETBV, INSN_XSETBV, "\x0F\x01\xD1", 3);
    cpu->gpr[RAX] = 2; /* no x87 */
    handle_xsetbv(cpu);
    assert_int_equal(outcome_of(3), FAULT);
}

static enum outcome table(const char *bytes, size_t size, uint64_t rax)
{
    bench_instruction(cpu, EXIT_TABLE_REGISTER, INSN_OTHER, bytes, size);
    cpu->gpr[RAX] = rax;
    handle_table_register(cpu);
    return outcome_of(size);
}

static void poke_pointer(uint64_t at, uint16_t limit, uint64_t base)
{
    bench_poke(at, &limit, sizeof(limit));
    bench_poke(at + 2, &base, sizeof(base));
}

static void test_load_tables(void **state)
{
    (void)state;
    uint64_t across = OPERAND + PAGE_SIZE - 3;

    poke_pointer(OPERAND, 0x1234, UINT64_C(0xFFFF800000005000));
    poke_pointer(across, 0x77, 0x6000);
    ask(HV_CR_INTERCEPT_GDTR_WRITE, 0, 0);
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND), TOLD); /* LGDT [RAX] */
    assert_int_equal(told.reg.name, HV_REGISTER_GDTR);
    assert_int_equal(told.reg.value.low, UINT64_C(0x1234000000000000));
    assert_int_equal(told.reg.value.high, UINT64_C(0xFFFF800000005000));
    assert_int_equal(table("\x0F\x01\x10", 3, across), TOLD);
    assert_int_equal(told.reg.value.high, 0x6000);
    assert_int_equal(table("\x66\x0F\x01\x18", 4, OPERAND), RETIRED); /* LIDT [RAX]; the prefix means nothing here */
    assert_int_equal(vtl0->segment[VSEG_IDTR].base, UINT64_C(0xFFFF800000005000));
    assert_int_equal(vtl0->segment[VSEG_IDTR].limit, 0x1234);
    poke_pointer(OPERAND, 0x1234, UINT64_C(1) << 63);
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND), FAULT);
    assert_int_equal(table("\x0F\x01\x10", 3, UINT64_C(1) << 62), FAULT); /* not canonical */
    vtl0->privilege = 3;
    assert_int_equal(table("\x0F\x01\x10", 3, across), FAULT);
}

/* Outside of 64-bit code: four bytes of base, three with 16-bit operands, and the segment's limit. */
static void test_load_tables_in_32_bit_code(void **state)
{
    (void)state;
    struct hv_x64_segment_register data = { .base = 0x1000, .limit = 0x300FF, .attributes = 0xC093 };

    vtl0->segment[VSEG_CS].attributes = 0xC09B;
    vtl0->segment[VSEG_DS] = vtl0->segment[VSEG_SS] = data;
    poke_pointer(OPERAND + 0x1000, 0x88, UINT64_C(0xABCD000012345678));
    ask(0, 0, 0);
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND), RETIRED);
    assert_int_equal(vtl0->segment[VSEG_GDTR].base, 0x12345678);
    assert_int_equal(table("\x66\x0F\x01\x10", 4, OPERAND), RETIRED);
    assert_int_equal(vtl0->segment[VSEG_GDTR].base, 0x345678);
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND + 0xFA), RETIRED); /* up to the limit */
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND + 0xFB), FAULT);
    assert_int_equal(bench_exception(cpu), VECTOR_GP);
    assert_int_equal(table("\x36\x0F\x01\x10", 4, OPERAND + 0xFB), FAULT); /* SS: */
    assert_int_equal(bench_exception(cpu), VECTOR_SS);
    vtl0->segment[VSEG_DS].attributes = 0;
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND), FAULT);
}

static void poke_descriptor(unsigned at, uint64_t base, uint16_t limit, uint8_t access)
{
    uint64_t raw[2] = { limit | (base & 0xFFFFFF) << 16 | (uint64_t)access << 40 | (base >> 24 & 0xFF) << 56, base >> 32 };

    bench_poke(TABLE + at, raw, sizeof(raw));
}

static void expect_fault(const char *bytes, uint64_t rax, int vector, uint32_t code)
{
    assert_int_equal(table(bytes, 3, rax), FAULT);
    assert_int_equal(bench_exception(cpu), vector);
    assert_int_equal(cpu->vtl[VTL0].pending.error_code, code);
}

#define LLDT "\x0F\x00\xD0" /* AX */
#define LTR  "\x0F\x00\xD8"

static void test_load_segments(void **state)
{
    (void)state;
    uint8_t access;

    poke_descriptor(0x20, UINT64_C(0xFFFF812345678000), 0x7F, 0x82);
    poke_descriptor(0x30, 0x9000, 0x67, 0x89);
    poke_descriptor(0x40, 0x9000, 0x67, 0x09); /* not present */
    poke_descriptor(0x50, UINT64_C(1) << 47, 0x67, 0x89);
    ask(HV_CR_INTERCEPT_LDTR_WRITE, 0, 0);
    assert_int_equal(table(LLDT, 3, 0x20), TOLD);
    assert_int_equal(told.reg.name, HV_REGISTER_LDTR);
    assert_int_equal(told.reg.value.low, UINT64_C(0xFFFF812345678000));
    assert_int_equal(told.reg.value.high, UINT64_C(0x008200200000007F));
    assert_int_equal(table(LLDT, 3, 2), TOLD);
    assert_int_equal(told.reg.value.low, 0);
    assert_int_equal(table(LTR, 3, 0x30), RETIRED);
    assert_int_equal(vtl0->segment[VSEG_TR].base, 0x9000);
    assert_int_equal(vtl0->segment[VSEG_TR].attributes, 0x8B);
    bench_peek(TABLE + 0x35, &access, 1);
    assert_int_equal(access, 0x8B);
    expect_fault(LTR, 0x30, VECTOR_GP, 0x30); /* busy now */
    expect_fault(LTR, 0, VECTOR_GP, 0);
    expect_fault(LTR, 0x40, VECTOR_NP, 0x40);
    expect_fault(LTR, 0x50, VECTOR_GP, 0x50);
    expect_fault(LTR, 0x23, VECTOR_GP, 0x20);
    expect_fault(LLDT, 0x24, VECTOR_GP, 0x24); /* in the LDT */
    expect_fault(LLDT, 0xF8, VECTOR_GP, 0xF8); /* its second half is beyond the limit */
    vtl0->segment[VSEG_GDTR].base = UINT64_C(0x8000000000) - 0x20; /* identity ends there */
    expect_fault(LLDT, 0x20, VECTOR_PF, 0);
    assert_int_equal(cpu->cr2, UINT64_C(0x8000000000));
}

static void test_stores(void **state)
{
    (void)state;
    uint8_t stored[12];

    vtl0->segment[VSEG_LDTR].selector = 0x48;
    memset(stored, 0xEE, sizeof(stored));
    bench_poke(OPERAND, stored, sizeof(stored));
    assert_int_equal(table("\x0F\x01\x00", 3, OPERAND), RETIRED); /* SGDT [RAX] */
    bench_peek(OPERAND, stored, sizeof(stored));
    assert_memory_equal(stored, "\xFF\x00\x00\x10\x03\x00\x00\x00\x00\x00\xEE\xEE", 12);
    assert_int_equal(table("\x0F\x00\xC0", 3, UINT64_MAX), RETIRED); /* SLDT EAX */
    assert_int_equal(cpu->gpr[RAX], 0x48);
    assert_int_equal(table("\x66\x0F\x00\xC0", 4, UINT64_MAX), RETIRED);
    assert_int_equal(cpu->gpr[RAX], UINT64_C(0xFFFFFFFFFFFF0048));
    assert_int_equal(table("\x0F\x00\xC4", 3, 0), RETIRED); /* SLDT ESP */
    assert_int_equal(vtl0->reg[VREG_RSP], 0x48);
    vtl0->privilege = 3;
    assert_int_equal(table("\x0F\x01\x00", 3, OPERAND), RETIRED);
    vtl0->reg[VREG_CR4] |= CR4_UMIP;
    assert_int_equal(table("\x0F\x01\x00", 3, OPERAND), FAULT);
}

/* An operand where VTL0 may not go: VTL1's intercept in its pages, #GP in the hypervisor's. */
static void test_operand_without_rights(void **state)
{
    (void)state;
    ask(TABLES, 0, 0);
    bench_protect(OPERAND, SLAT_R);
    assert_int_equal(table("\x0F\x01\x00", 3, OPERAND + 8), TOLD);
    assert_int_equal(told.type, HV_MESSAGE_GPA_INTERCEPT);
    assert_int_equal(told.gpa.gpa, OPERAND + 8);
    assert_int_equal(told.gpa.header.access, HV_INTERCEPT_WRITE);
    bench_protect(OPERAND, SLAT_NONE);
    assert_int_equal(table("\x0F\x01\x10", 3, OPERAND + 8), TOLD);
    assert_int_equal(told.gpa.header.access, HV_INTERCEPT_READ);
    assert_int_equal(table("\x0F\x01\x10", 3, BENCH_REGION), FAULT);
    assert_int_equal(table("\x0F\x01\x00", 3, BENCH_REGION), FAULT);
    assert_int_equal(table("\x0F\x01\x10", 3, BENCH_APIC), FAULT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_control), TEST(test_in_force), TEST(test_msrs), TEST(test_other_msrs), TEST(test_reads), TEST(test_msr_maps),
        TEST(test_vtl1_is_not_intercepted),
        TEST(test_nobody_to_ask), TEST(test_a_full_slot), TEST(test_execution_state), TEST(test_cr0), TEST(test_cr0_changes_mode),
        TEST(test_machine_status), TEST(test_cr4), TEST(test_xsetbv), TEST(test_load_tables), TEST(test_load_tables_in_32_bit_code),
        TEST(test_load_segments), TEST(test_stores), TEST(test_operand_without_rights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
