/* Second-level faults: guarded pages, the window, VTL1's message, #GP(0); and the switches they and the calls make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/partition.h>
#include <hv/tpm_page.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    return 0;
}

static int start_vtl1(void **state)
{
    start(state);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

#define SECRET UINT64_C(0x300000)
#define SIMP   UINT64_C(0x40000)
#define ASSIST UINT64_C(0x41000)

/* MOV [rbx], eax and what else stores. */
#define STORE_32 "\x89\x03"
#define STORE_64 "\x48\x89\x03"
#define STORE_16 "\x66\x89\x03"
#define STORE_8  "\x88\x03"
#define XCHG_32  "\x87\x03"
#define OR_32    "\x09\x03"
#define LOAD_8   "\x8A\x03"
#define LOAD_32  "\x8B\x03"
#define MOVZX_8  "\x0F\xB6\x03"
#define STOS_32  "\xAB"

static void fault(uint64_t address, enum memory_access how, bool in_walk, const char *code, size_t size)
{
    bench_instruction(cpu, EXIT_MEMORY, INSN_OTHER, code, size);
    cpu->exit.memory = (struct exit_memory){ .address = gpa(address), .access = how, .in_walk = in_walk };
    handle_memory(cpu);
}

static void expect_gp(uint64_t address, enum memory_access how, bool in_walk)
{
    fault(address, how, in_walk, STORE_32, 2);
    assert_int_equal(bench_exception(cpu), VECTOR_GP);
    assert_true(cpu->vtl[cpu->active].pending.has_error_code);
    assert_int_equal(cpu->vtl[cpu->active].pending.error_code, 0);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

/* F10: VTL1 hears nothing of the hypervisor's memory or of holes. */
static void test_hypervisor_memory_and_holes(void **state)
{
    (void)state;
    static const uint64_t never[] = { BENCH_REGION, BENCH_REGION + BENCH_REGION_SIZE - 1, BENCH_HIGH_RAM + BENCH_HIGH_SIZE,
                                      UINT64_C(1) << 47, UINT64_C(1) << 51, ~UINT64_C(0xFFF) };

    bench_enable_vtl1(cpu);
    cpu->vtl[VTL1].simp = SIMP | 1;
    for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        for (int how = ACCESS_READ; how <= ACCESS_EXECUTE; how++) {
            expect_gp(never[i], how, false);
            expect_gp(never[i], how, true);
            assert_int_equal(cpu->active, VTL0);
        }
    }
    assert_int_equal(bench_waiting(cpu, VTL1), 0);
}

static void test_a_right_given_meanwhile(void **state)
{
    (void)state;
    unsigned flushes = bench_vtl[0][VTL0].flushes;

    fault(SECRET, ACCESS_READ, false, STORE_32, 2);
    assert_int_equal(bench_exception(cpu), -1);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(bench_vtl[0][VTL0].flushes, flushes + 1);
}

/* Without VTL1 on this processor, or without its message page, VTL0 is refused all the same. */
static void test_nobody_to_ask(void **state)
{
    (void)state;
    bench_protect(SECRET, SLAT_NONE);
    expect_gp(SECRET, ACCESS_READ, false);
    bench_enable_vtl1(cpu);
    expect_gp(SECRET, ACCESS_WRITE, false);
    cpu->vtl[VTL1].simp = SIMP | 1;
    cpu->vtl[VTL1].enabled = false;
    expect_gp(SECRET, ACCESS_EXECUTE, false);
}

static struct hv_message message_of(uint64_t page)
{
    struct hv_message message;

    bench_peek(page, &message, sizeof(message));
    return message;
}

static void prepare_vtl1(void)
{
    bench_enable_vtl1(cpu);
    cpu->vtl[VTL1].simp = SIMP | 1;
    cpu->vtl[VTL1].sint[0] = 0xF3 | HV_SINT_AUTO_EOI;
    cpu->vtl[VTL1].vp_assist_page = ASSIST | 1;
    bench_protect(SIMP, SLAT_NONE); /* VTL1's pages are VTL1's */
    bench_protect(ASSIST, SLAT_NONE);
    bench_protect(SECRET, SLAT_NONE);
}

static void test_the_message(void **state)
{
    (void)state;
    struct hv_message message;
    uint32_t reason;

    prepare_vtl1();
    cpu->gpr[RBX] = SECRET;
    cpu->gpr[RAX] = 0xAAAA;
    cpu->gpr[RCX] = 0xCCCC;
    fault(SECRET + 0x123, ACCESS_WRITE, false, STORE_32 "\x90", 3);
    message = message_of(SIMP);
    assert_int_equal(message.type, HV_MESSAGE_GPA_INTERCEPT);
    assert_int_equal(message.payload_size, 0xF0);
    assert_int_equal(message.gpa.header.access, HV_INTERCEPT_WRITE);
    assert_int_equal(message.gpa.header.rip, BENCH_CODE);
    assert_int_equal(message.gpa.header.execution_state, 1u << 2 | 1u << 4);
    assert_int_equal(message.gpa.gpa, SECRET + 0x123);
    assert_int_equal(message.gpa.instruction_byte_count, 2);
    assert_int_equal(message.gpa.header.instruction_length_cr8, 2);
    assert_memory_equal(message.gpa.instruction_bytes, STORE_32 "\0", 3);
    assert_true((message.gpa.header.rflags & RFLAGS_RF) != 0);
    assert_int_equal(message.gpa.gpr[RBX], SECRET);
    assert_int_equal(message.gpa.gpr[RSP], 0x9000);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(bench_waiting(cpu, VTL1), 0xF3);
    assert_int_equal(bench_vtl[0][VTL0].reg[VREG_RIP], BENCH_CODE);
    bench_peek(ASSIST + 8, &reason, sizeof(reason));
    assert_int_equal(reason, HV_VTL_ENTRY_INTERRUPT);
}

static void test_execute_has_no_bytes(void **state)
{
    (void)state;
    prepare_vtl1();
    fault(SECRET, ACCESS_EXECUTE, false, STORE_32, 2);
    assert_int_equal(message_of(SIMP).gpa.header.access, HV_INTERCEPT_EXECUTE);
    assert_int_equal(message_of(SIMP).gpa.instruction_byte_count, 0);
}

/* attacks.md MEM-04: page tables in VTL1's memory, whatever the rights that are left. */
static void test_a_table_walk(void **state)
{
    (void)state;
    prepare_vtl1();
    bench_protect(SECRET, SLAT_RX);
    fault(SECRET + 8, ACCESS_READ, true, STORE_32, 2);
    assert_int_equal(cpu->active, VTL1);
    assert_int_equal(message_of(SIMP).gpa.gpa, SECRET + 8);
}

static void test_an_occupied_slot(void **state)
{
    (void)state;
    struct hv_message old = { .type = 0x80000010, .payload_size = 4, .payload = { 1, 2, 3, 4 } };

    prepare_vtl1();
    bench_poke(SIMP, &old, sizeof(old));
    fault(SECRET, ACCESS_READ, false, STORE_32, 2);
    old.flags = HV_MESSAGE_FLAG_PENDING;
    struct hv_message now = message_of(SIMP);
    assert_memory_equal(&now, &old, sizeof(old));
    assert_int_equal(cpu->active, VTL1);
}

static void test_a_masked_sint_raises_nothing(void **state)
{
    (void)state;
    prepare_vtl1();
    cpu->vtl[VTL1].sint[0] = HV_SINT_RESET;
    fault(SECRET, ACCESS_READ, false, STORE_32, 2);
    assert_int_equal(bench_waiting(cpu, VTL1), 0);
    assert_int_equal(message_of(SIMP).type, HV_MESSAGE_GPA_INTERCEPT);
}

static volatile uint32_t *hardware(uint32_t offset) { return (volatile uint32_t *)(HV_VA_APIC + offset); }

static void test_a_store_to_the_apic(void **state)
{
    (void)state;
    cpu->gpr[RAX] = UINT64_C(0xFFFFFFFF00000030);
    fault(BENCH_APIC + 0x80, ACCESS_WRITE, false, STORE_32, 2);
    assert_int_equal(*hardware(0x80), 0x30);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
    cpu->gpr[RAX] = 0x500 | 0x4000;
    *hardware(0x300) = 0;
    atomic_store(&cpus[1]->public.requests, 0);
    apic_write(cpu, 0x310, 0x01000000);
    fault(BENCH_APIC + 0x300, ACCESS_WRITE, false, STORE_32, 2);
    assert_int_equal(*hardware(0x300), 0);
    assert_int_equal(atomic_load(&cpus[1]->public.requests), REQUEST_INIT);
}

static void test_exchange_with_the_apic(void **state)
{
    (void)state;
    *hardware(0x80) = 0x11;
    cpu->gpr[RAX] = UINT64_C(0xFFFFFFFF00000022);
    fault(BENCH_APIC + 0x80, ACCESS_WRITE, false, XCHG_32, 2);
    assert_int_equal(*hardware(0x80), 0x22);
    assert_int_equal(cpu->gpr[RAX], 0x11);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
}

/* The forms that are no register write: refused, and nothing reaches the hardware. */
static void test_other_forms_at_the_apic(void **state)
{
    (void)state;
    static const struct { const char *code; size_t size; uint32_t offset; } forms[] = {
        { STORE_64, 3, 0x300 }, { STORE_16, 3, 0x300 }, { STORE_8, 2, 0x300 }, { OR_32, 2, 0x300 }, { STOS_32, 1, 0x300 },
        { STORE_32, 2, 0x304 }, { STORE_32, 2, 0x301 }, { STORE_32, 2, 0xFFE }, { STORE_8, 2, 0x301 },
    };

    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        *hardware(0x300) = 0x1234;
        cpu->gpr[RAX] = 0x500;
        fault(BENCH_APIC + forms[i].offset, ACCESS_WRITE, false, forms[i].code, forms[i].size);
        assert_int_equal(bench_exception(cpu), VECTOR_GP);
        assert_int_equal(*hardware(0x300), 0x1234);
        assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    }
    expect_gp(BENCH_APIC + 0x300, ACCESS_READ, true); /* a page table there */
    expect_gp(BENCH_APIC + 0x300, ACCESS_EXECUTE, false);
}

/* attacks.md CPU-11: the bytes are gone since the exit. */
static void test_bytes_that_changed(void **state)
{
    (void)state;
    *hardware(0x300) = 0x1234;
    fault(BENCH_APIC + 0x300, ACCESS_WRITE, false, "\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06\x06", 15);
    assert_int_equal(bench_exception(cpu), -1);
    assert_int_equal(*hardware(0x300), 0x1234);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

static uint32_t configuration(uint64_t at)
{
    uint32_t value;

    bench_peek(at, &value, sizeof(value));
    return value;
}

/* All of ECAM, the last bus too: writes are decoded, and arrive but for the bridges' (hv-core-ports, hv-core-pci-messages). */
static void test_configuration_space_is_guarded(void **state)
{
    static const struct { uint64_t page; bool arrives; } pages[] = {
        { BENCH_ECAM, false }, { BENCH_ECAM + (0x1F << 15), false }, { BENCH_ECAM + (3 << 15), true }, { BENCH_ECAM + 0xFFFF000, true },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        uint64_t at = pages[i].page + (pages[i].arrives ? 0x60 : 0xE0);

        assert_int_equal(bench_rights(VTL0, pages[i].page), SLAT_R);
        assert_int_equal(bench_rights(VTL1, pages[i].page), SLAT_NONE);
        cpu->gpr[RAX] = 0xA5A5A5A5;
        fault(at, ACCESS_WRITE, false, STORE_32, 2);
        assert_int_equal(bench_exception(cpu), -1);
        assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
        assert_int_equal(configuration(at), pages[i].arrives ? 0xA5A5A5A5 : 0);
        fault(at, ACCESS_WRITE, false, STORE_64, 3);
        assert_int_equal(bench_exception(cpu), VECTOR_GP);
        fault(at, ACCESS_WRITE, false, OR_32, 2);
        assert_int_equal(bench_exception(cpu), VECTOR_GP);
    }
}

static void test_the_window(void **state)
{
    (void)state;
    assert_int_equal(bench_rights(VTL0, BENCH_WINDOW), SLAT_NONE);
    fault(BENCH_WINDOW + 0x1234, ACCESS_READ, false, STORE_32, 2);
    assert_int_equal(bench_exception(cpu), -1);
    assert_int_equal(bench_rights(VTL0, BENCH_WINDOW), SLAT_RW);
    assert_int_equal(bench_rights(VTL0, BENCH_WINDOW + SIZE_2M), SLAT_NONE);
    assert_int_equal(bench_rights(VTL1, BENCH_WINDOW), SLAT_NONE);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    expect_gp(BENCH_WINDOW + SIZE_2M, ACCESS_READ, false);
}

/* Windows larger than the budget: VTL0 stops getting MMIO, and RAM can still be split. */
static void test_the_windows_budget(void **state)
{
    uint64_t refused = 0;

    (void)state;
    partition.boot.windows[0].size = 400 * SIZE_1G;
    for (uint64_t at = BENCH_WINDOW; at < BENCH_WINDOW + 400 * SIZE_1G && refused == 0; at += SIZE_1G) {
        fault(at, ACCESS_READ, false, STORE_32, 2);
        refused = bench_exception(cpu) == VECTOR_GP ? at : 0;
    }
    assert_in_range(refused, BENCH_WINDOW + 250 * SIZE_1G, BENCH_WINDOW + 256 * SIZE_1G);
    bench_protect(BENCH_HIGH_RAM, SLAT_NONE);
    assert_int_equal(bench_rights(VTL0, BENCH_HIGH_RAM), SLAT_NONE);
}

/* The rest of the APIC's megabyte, where a store is an MSI; code in the window; RAM that the firmware calls a window. */
static void test_what_maps_nothing(void **state)
{
    (void)state;
    expect_gp(BENCH_APIC + PAGE_SIZE, ACCESS_WRITE, false);
    expect_gp(BENCH_APIC + 0xFF000, ACCESS_WRITE, false);
    expect_gp(BENCH_WINDOW, ACCESS_EXECUTE, false);
    partition.boot.windows[0] = (struct hv_range){ BENCH_HIGH_RAM, BENCH_WINDOW_SIZE };
    bench_protect(BENCH_HIGH_RAM, SLAT_NONE);
    expect_gp(BENCH_HIGH_RAM, ACCESS_READ, false);
    assert_int_equal(bench_rights(VTL0, BENCH_HIGH_RAM), SLAT_NONE);
}

/* A TPM that VTL1 took is to VTL0 a bus without a device, in each locality; its neighbours are not touched. */
static void test_a_tpm_that_is_gone(void **state)
{
    (void)state;
    static const struct { const char *code; size_t size; enum memory_access how; uint64_t rax; } forms[] = {
        { LOAD_8, 2, ACCESS_READ, UINT64_C(0x11223344556677FF) }, { LOAD_32, 2, ACCESS_READ, UINT64_C(0xFFFFFFFF) },
        { MOVZX_8, 3, ACCESS_READ, 0xFF }, { XCHG_32, 2, ACCESS_WRITE, UINT64_C(0xFFFFFFFF) },
        { STORE_8, 2, ACCESS_WRITE, UINT64_C(0x1122334455667788) }, { STORE_64, 3, ACCESS_WRITE, UINT64_C(0x1122334455667788) },
    };

    for (uint64_t page = TPM_ADDRESS; page < TPM_ADDRESS + TPM_SIZE; page += PAGE_SIZE) {
        assert_int_equal(bench_rights(VTL0, page), SLAT_RWX);
        bench_protect(page, SLAT_NONE);
        for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
            cpu->gpr[RAX] = UINT64_C(0x1122334455667788);
            fault(page + 0x18, forms[i].how, false, forms[i].code, forms[i].size);
            assert_int_equal(bench_exception(cpu), -1);
            assert_true(cpu->gpr[RAX] == forms[i].rax);
            assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + forms[i].size);
        }
    }
    assert_int_equal(bench_rights(VTL0, TPM_ADDRESS - PAGE_SIZE), SLAT_RWX);
    assert_int_equal(bench_rights(VTL0, TPM_ADDRESS + TPM_SIZE), SLAT_RWX);
    assert_int_equal(bench_rights(VTL1, TPM_ADDRESS), SLAT_RWX);
}

static void test_other_forms_at_the_tpm(void **state)
{
    (void)state;
    bench_protect(TPM_ADDRESS, SLAT_NONE);
    expect_gp(TPM_ADDRESS, ACCESS_READ, true); /* a page table there */
    expect_gp(TPM_ADDRESS, ACCESS_EXECUTE, false);
    fault(TPM_ADDRESS, ACCESS_WRITE, false, OR_32, 2);
    assert_int_equal(bench_exception(cpu), VECTOR_GP);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

static void test_vtl1_is_refused_too(void **state)
{
    (void)state;
    expect_gp(BENCH_REGION, ACCESS_READ, false);
    expect_gp(BENCH_ECAM, ACCESS_WRITE, false);
    assert_int_equal(cpu->active, VTL1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hypervisor_memory_and_holes, start, stop),
        cmocka_unit_test_setup_teardown(test_a_right_given_meanwhile, start, stop),
        cmocka_unit_test_setup_teardown(test_nobody_to_ask, start, stop),
        cmocka_unit_test_setup_teardown(test_the_message, start, stop),
        cmocka_unit_test_setup_teardown(test_execute_has_no_bytes, start, stop),
        cmocka_unit_test_setup_teardown(test_a_table_walk, start, stop),
        cmocka_unit_test_setup_teardown(test_an_occupied_slot, start, stop),
        cmocka_unit_test_setup_teardown(test_a_masked_sint_raises_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_a_store_to_the_apic, start, stop),
        cmocka_unit_test_setup_teardown(test_exchange_with_the_apic, start, stop),
        cmocka_unit_test_setup_teardown(test_other_forms_at_the_apic, start, stop),
        cmocka_unit_test_setup_teardown(test_bytes_that_changed, start, stop),
        cmocka_unit_test_setup_teardown(test_configuration_space_is_guarded, start, stop),
        cmocka_unit_test_setup_teardown(test_the_window, start, stop),
        cmocka_unit_test_setup_teardown(test_the_windows_budget, start, stop),
        cmocka_unit_test_setup_teardown(test_what_maps_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_a_tpm_that_is_gone, start, stop),
        cmocka_unit_test_setup_teardown(test_other_forms_at_the_tpm, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_is_refused_too, start_vtl1, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
