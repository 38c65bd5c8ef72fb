/* VTL1's local APIC by its page: which accesses are emulated, what registers keep, and that MSRs and page are one APIC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/local_apic.h>
#include <hv/partition.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define TPR 0x80u
#define LDR 0xD0u
#define SVR 0xF0u
#define ICR 0x300u

/* RBX is not looked at: the exit says where. */
#define LOAD_32  "\x8B\x03"
#define STORE_32 "\x89\x03"
#define XCHG_32  "\x87\x03"

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    bench_enable_vtl1(cpu);
    bench_enable_vtl1(cpus[1]);
    local_apic_reset(&cpu->vtl[VTL1].apic);
    local_apic_reset(&cpus[1]->vtl[VTL1].apic);
    cpu->active = VTL1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void touch(uint64_t address, enum memory_access how, const char *code, size_t size)
{
    cpu->vtl[cpu->active].pending = (struct event){ .type = EVENT_NONE };
    bench_instruction(cpu, EXIT_MEMORY, INSN_OTHER, code, size);
    cpu->exit.memory = (struct exit_memory){ .address = gpa(address), .access = how };
    handle_memory(cpu);
}

static void expect_done(size_t length)
{
    assert_int_equal(bench_exception(cpu), -1);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + length);
}

static void expect_gp(void)
{
    assert_int_equal(bench_exception(cpu), VECTOR_GP);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

static void store(uint32_t offset, uint32_t value)
{
    cpu->gpr[RAX] = value;
    touch(BENCH_APIC + offset, ACCESS_WRITE, STORE_32, 2);
    expect_done(2);
}

static uint32_t load(uint32_t offset)
{
    cpu->gpr[RAX] = UINT64_MAX;
    touch(BENCH_APIC + offset, ACCESS_READ, LOAD_32, 2);
    expect_done(2);
    assert_int_equal(cpu->gpr[RAX] >> 32, 0);
    return (uint32_t)cpu->gpr[RAX];
}

/* The whole page twice: nothing stops the hypervisor, what is no register reads zero, unknown bits read zero. */
static void test_every_offset(void **state)
{
    static const struct { uint32_t offset, known; } known[] = {
        { 0x20, UINT32_MAX }, { 0x30, UINT32_MAX }, { TPR, 0xFF }, { 0xA0, 0xFF }, { LDR, 0xFF000000 }, { 0xE0, UINT32_MAX },
        { SVR, 0x3FF }, { ICR, 0xCDFFF }, { 0x310, 0xFF000000 }, { 0x2F0, 0x717FF }, { 0x320, 0x717FF }, { 0x330, 0x717FF },
        { 0x340, 0x717FF }, { 0x350, 0x717FF }, { 0x360, 0x717FF }, { 0x370, 0x717FF }, { 0x380, UINT32_MAX },
        { 0x390, UINT32_MAX }, { 0x3E0, 0xB },
    };

    (void)state;
    for (uint32_t offset = 0; offset < PAGE_SIZE; offset++) {
        uint32_t bits = offset >= 0x100 && offset < 0x280 && offset % 16 == 0 ? UINT32_MAX : 0;

        for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            bits |= known[i].offset == offset ? known[i].known : 0;
        }
        store(offset, UINT32_MAX);
        assert_int_equal(load(offset) & ~bits, 0);
    }
    assert_int_equal(load(SVR), 0x3FF);
    assert_int_equal(load(0x20), cpu->public.apic_id << 24);
}

static void test_what_reads_and_writes(void **state)
{
    (void)state;
    store(SVR, 0x1FF);
    cpu->gpr[RAX] = 0x1FE;
    touch(BENCH_APIC + SVR, ACCESS_WRITE, XCHG_32, 2);
    expect_done(2);
    assert_int_equal(cpu->gpr[RAX], 0x1FF);
    assert_int_equal(load(SVR), 0x1FE);
    touch(BENCH_APIC + SVR, ACCESS_WRITE, "\xC7\x03\xFF\x01\x00\x00", 6);
    expect_done(6);
    assert_int_equal(load(SVR), 0x1FF);
    cpu->gpr[RAX] = UINT64_C(0x1122334455667788);
    touch(BENCH_APIC + SVR, ACCESS_READ, "\x8A\x23", 2); /* AH */
    expect_done(2);
    assert_int_equal(cpu->gpr[RAX], UINT64_C(0x1122334455660088));
    bench_active(cpu)->reg[VREG_RSP] = UINT64_MAX;
    touch(BENCH_APIC + SVR, ACCESS_READ, "\x8B\x23", 2); /* ESP */
    expect_done(2);
    assert_int_equal(bench_active(cpu)->reg[VREG_RSP], 0x1FF);
    assert_int_equal(load(SVR), 0x1FF);
}

/* What is #GP(0): forms that are not emulated, execution, walks and pushes of an event, and the page in other modes. */
static void test_refused(void **state)
{
    (void)state;
    store(SVR, 0x1FF);
    touch(BENCH_APIC + SVR, ACCESS_WRITE, "\x09\x03", 2); /* OR */
    expect_gp();
    touch(BENCH_APIC + SVR, ACCESS_WRITE, "\xAB", 1); /* STOS */
    expect_gp();
    touch(BENCH_APIC + SVR, ACCESS_EXECUTE, LOAD_32, 2);
    expect_gp();
    bench_instruction(cpu, EXIT_MEMORY, INSN_OTHER, STORE_32, 2);
    cpu->gpr[RAX] = 0;
    cpu->vtl[VTL1].pending = (struct event){ .type = EVENT_NONE };
    cpu->exit.memory = (struct exit_memory){ .address = gpa(BENCH_APIC + SVR), .access = ACCESS_WRITE, .in_walk = true };
    handle_memory(cpu);
    expect_gp();
    cpu->exit.memory.in_walk = false;
    cpu->exit.interrupted = (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_PF };
    cpu->vtl[VTL1].pending = (struct event){ .type = EVENT_NONE };
    handle_memory(cpu);
    expect_gp();
    cpu->exit.interrupted = (struct event){ .type = EVENT_NONE };
    assert_int_equal(load(SVR), 0x1FF);
    atomic_store(&cpu->vtl[VTL1].apic.mode, LOCAL_APIC_X2APIC);
    touch(BENCH_APIC + SVR, ACCESS_READ, LOAD_32, 2);
    expect_gp();
    atomic_store(&cpu->vtl[VTL1].apic.mode, LOCAL_APIC_OFF);
    touch(BENCH_APIC + SVR, ACCESS_WRITE, STORE_32, 2);
    expect_gp();
}

/* VTL0's page is the machine's APIC, whatever VTL1 has in its own. */
static void test_vtl0_has_another(void **state)
{
    (void)state;
    store(LDR, 0x5A000000);
    assert_int_equal(load(LDR), 0x5A000000);
    cpu->active = VTL0;
    touch(BENCH_APIC + LDR, ACCESS_READ, LOAD_32, 2); /* not hidden: simply tried again */
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    cpu->gpr[RAX] = 0x01000000;
    touch(BENCH_APIC + LDR, ACCESS_WRITE, STORE_32, 2);
    expect_done(2);
    assert_int_equal(atomic_load(&cpu->public.ldr), 0x01000000);
    cpu->active = VTL1;
    assert_int_equal(load(LDR), 0x5A000000);
}

static bool is_raised(const struct cpu *target, uint8_t vector)
{
    return (atomic_load(&target->vtl[VTL1].apic.irr[vector / 64]) >> vector % 64 & 1) != 0;
}

/* Reserved bits of x2APIC's MSRs are refused, in the page they are dropped; both end the same interrupts. */
static void test_one_apic(void **state)
{
    uint64_t value;

    (void)state;
    store(TPR, 0xFFFFFF45);
    assert_true(local_apic_read(cpu, TPR, &value));
    assert_int_equal(value, 0x45);
    assert_int_equal(bench_vtl[0][VTL1].reg[VREG_CR8], 4);
    assert_false(local_apic_write(cpu, TPR, 0x100));
    assert_true(local_apic_write(cpu, TPR, 0x30));
    assert_int_equal(load(TPR), 0x30);
    assert_int_equal(load(0xA0), 0x30);
    store(SVR, 0x1FF);
    store(ICR, 0xFFF20000 | 1u << 18 | 0x4000 | 0x51); /* to itself; bits 31:20 and 17 do not exist */
    assert_true(is_raised(cpu, 0x51));
    assert_int_equal(load(0x220), 1u << 17);
    local_apic_taken(cpu, 0x51);
    assert_int_equal(load(0x120), 1u << 17);
    store(0xB0, 0x1234);
    assert_int_equal(load(0x120), 0);
    assert_false(local_apic_write(cpu, 0x3F0, 0x51)); /* SELF IPI is x2APIC's */
    atomic_store(&cpu->vtl[VTL1].apic.mode, LOCAL_APIC_X2APIC);
    assert_false(local_apic_write(cpu, LDR, 0));
    assert_false(local_apic_write(cpu, 0xE0, 0));
    assert_false(local_apic_write(cpu, 0x310, 0));
    assert_false(local_apic_write(cpu, 0xB0, 1));
    assert_true(local_apic_write(cpu, 0xB0, 0));
    assert_true(local_apic_write(cpu, 0x3F0, 0x52));
    assert_true(is_raised(cpu, 0x52));
}

static void test_logical_destinations(void **state)
{
    (void)state;
    store(SVR, 0x1FF);
    store(LDR, 0x01000000);
    atomic_store(&cpus[1]->vtl[VTL1].apic.svr, 0x1FF);
    atomic_store(&cpus[1]->vtl[VTL1].apic.ldr, 0x12000000);
    store(0x310, 0x02000000);
    store(ICR, 0x800 | 0x61); /* flat: bit 1 is the second's */
    assert_true(is_raised(cpus[1], 0x61) && !is_raised(cpu, 0x61));
    store(0x310, 0x10000000);
    atomic_store(&cpus[1]->vtl[VTL1].apic.dfr, 0x0FFFFFFF);
    store(ICR, 0x800 | 0x62); /* cluster 1, nobody in it */
    assert_false(is_raised(cpus[1], 0x62) || is_raised(cpu, 0x62));
    store(0x310, 0x13000000);
    store(0xE0, 0);
    store(LDR, 0x11000000);
    store(ICR, 0x800 | 0x63);
    assert_true(is_raised(cpus[1], 0x63) && is_raised(cpu, 0x63));
    atomic_store(&cpus[1]->vtl[VTL1].apic.svr, 0xFF);
    store(ICR, 0x800 | 0x64);
    assert_true(is_raised(cpu, 0x64) && !is_raised(cpus[1], 0x64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_offset, start, stop),
        cmocka_unit_test_setup_teardown(test_what_reads_and_writes, start, stop),
        cmocka_unit_test_setup_teardown(test_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl0_has_another, start, stop),
        cmocka_unit_test_setup_teardown(test_one_apic, start, stop),
        cmocka_unit_test_setup_teardown(test_logical_destinations, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
