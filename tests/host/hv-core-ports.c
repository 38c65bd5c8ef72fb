/* I/O ports: what is open, what is guarded and how, what is an empty bus; PCI configuration writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/partition.h>
#include <hv/pci.h>
#include <hv/policy.h>

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

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void access(struct cpu *by, uint16_t port, uint8_t size, bool in, uint64_t rax)
{
    by->gpr[RAX] = rax;
    by->exit = (struct exit){
        .kind = EXIT_IO,
        .io = { .port = port, .size = size, .in = in, .next_rip = BENCH_CODE + 2 },
    };
    bench_active(by)->reg[VREG_RIP] = BENCH_CODE;
    bench_access_count = 0;
    handle_io(by);
}

static void out(uint16_t port, uint8_t size, uint32_t value) { access(cpu, port, size, false, value); }

static void expect_dropped(uint16_t port, uint8_t size, uint32_t value)
{
    out(port, size, value);
    assert_int_equal(bench_access_count, 0);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
    assert_int_equal(bench_exception(cpu), -1);
}

/* The last access that reached the machine, and how many there were. */
static void expect_reached(unsigned count, uint16_t port, uint8_t size, uint64_t value)
{
    const struct bench_access *last = &bench_accesses[count - 1];

    assert_int_equal(bench_access_count, count);
    assert_true(last->write && last->where == port && last->size == size);
    assert_int_equal(last->value, value);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
}

/* The platform guard's ports, and the logs that are not VTL0's (F12, F21): never without an exit. */
static void test_what_is_never_open(void **state)
{
    (void)state;
    static const struct { uint16_t first, last; } closed[] = {
        { 0x00, 0x1F }, { 0x60, 0x60 }, { 0x64, 0x64 }, { 0x81, 0x9F }, { 0xB2, 0xB3 }, { 0xC0, 0xDF }, { 0xE9, 0xE9 },
        { 0x2F8, 0x2FF }, { 0x402, 0x402 }, { 0x501, 0x501 }, { 0x514, 0x51B }, { 0x604, 0x605 }, { 0x630, 0x67F },
        { 0xCF8, 0xCFF },
    };

    for (unsigned i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        for (unsigned port = closed[i].first; port <= closed[i].last; port++) {
            assert_false(port_is_open(VTL0, (uint16_t)port));
        }
    }
}

static void test_what_a_boot_reads_is_open(void **state)
{
    (void)state;
    static const uint16_t open[] = { 0x20, 0x21, 0x42, 0x43, 0x61, 0x70, 0x71, 0x80, 0xA0, 0xA1, 0x1F0, 0x3F8, 0x3FD, 0x510, 0x511,
                                     0x600, 0x602, 0x608, 0x60B, 0x620, 0x62F, 0x1000, 0xC000, 0xFFFF };

    for (unsigned i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        assert_true(port_is_open(VTL0, open[i]));
    }
}

static void test_vtl1_has_com2_only(void **state)
{
    (void)state;
    for (unsigned port = 0; port <= 0xFFFF; port++) {
        assert_int_equal(port_is_open(VTL1, (uint16_t)port), port >= 0x2F8 && port <= 0x2FF);
    }
}

/* The PM block moves with the chipset's register; where it is above 1000h it must not be open either. */
static void test_pm_block_above_1000h(void **state)
{
    (void)state;
    partition.boot.pm_block = 0xB000;
    partition.boot.pm1a_control_port = 0xB004;
    assert_false(port_is_open(VTL0, 0xB004));
    assert_false(port_is_open(VTL0, 0xB005));
    assert_false(port_is_open(VTL0, 0xB030));
    assert_false(port_is_open(VTL0, 0xB07F));
    assert_true(port_is_open(VTL0, 0xB008));
    assert_true(port_is_open(VTL0, 0xB080));
}

static void test_an_empty_bus(void **state)
{
    (void)state;
    static const uint8_t sizes[] = { 1, 2, 4 };
    static const uint64_t read[] = { 0x11223344556677FF, 0x112233445566FFFF, 0xFFFFFFFF };

    for (unsigned i = 0; i < 3; i++) {
        access(cpu, 0xE9, sizes[i], true, 0x1122334455667788);
        assert_int_equal(cpu->gpr[RAX], read[i]);
        assert_int_equal(bench_access_count, 0);
        expect_dropped(0xE9, sizes[i], 0x41);
        expect_dropped(0x2F8, sizes[i], 0x41);
        expect_dropped(0xB2, sizes[i], 0x41);
    }
    cpu->active = VTL1;
    bench_enable_vtl1(cpu);
    expect_dropped(0xCF9, 1, 6);
    expect_dropped(0x64, 1, 0xFE);
    expect_dropped(0x604, 2, 0x2000);
}

static void test_string_forms_are_refused(void **state)
{
    (void)state;
    bench_active(cpu)->reg[VREG_RIP] = BENCH_CODE;
    cpu->exit = (struct exit){ .kind = EXIT_IO, .io = { .port = 0xCFC, .size = 4, .string = true, .next_rip = BENCH_CODE + 2 } };
    handle_io(cpu);
    assert_int_equal(bench_exception(cpu), VECTOR_GP);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(bench_access_count, 0);
}

static void test_reads_merge_into_rax(void **state)
{
    (void)state;
    bench_port_value = 0xA1B2C3D4;
    access(cpu, 0x64, 1, true, UINT64_MAX);
    assert_int_equal(cpu->gpr[RAX], 0xFFFFFFFFFFFFFFD4);
    access(cpu, 0xCFC, 2, true, UINT64_MAX);
    assert_int_equal(cpu->gpr[RAX], 0xFFFFFFFFFFFFC3D4);
    access(cpu, 0xCFC, 4, true, UINT64_MAX);
    assert_int_equal(cpu->gpr[RAX], 0xA1B2C3D4);
}

static void test_firmware_configuration_dma(void **state)
{
    (void)state;
    for (uint16_t port = 0x514; port <= 0x51B; port++) {
        expect_dropped(port, 1, 0);
        expect_dropped(port, 4, 0x12345678);
        bench_port_value = 0x41;
        access(cpu, port, 1, true, 0);
        assert_int_equal(cpu->gpr[RAX], 0xFF);
    }
}

static void test_reset_control(void **state)
{
    (void)state;
    expect_dropped(0xCF9, 1, 0x02);
    EXPECT_RESET(out(0xCF9, 1, 0x06));
    EXPECT_RESET(out(0xCF9, 1, 0x0E));
    EXPECT_RESET(out(0xCF9, 1, 0x04));
    expect_dropped(0xCF9, 2, 0x0606); /* no such register of two bytes */
    expect_dropped(0xCF9, 4, 0x06060606);
    expect_dropped(0xCF8, 2, 0x0606);
    expect_dropped(0xCF7, 4, 0x06060606);
}

/* attacks.md MEM-11. */
static void test_fast_a20(void **state)
{
    (void)state;
    out(0x92, 1, 0x00);
    expect_reached(1, 0x92, 1, 0x02);
    out(0x92, 1, 0xFE);
    expect_reached(1, 0x92, 1, 0xFE);
    expect_dropped(0x92, 2, 0);
    expect_dropped(0x91, 2, 0);
    EXPECT_RESET(out(0x92, 1, 0x03));
}

static void test_keyboard_controller_commands(void **state)
{
    (void)state;
    out(0x64, 1, 0xAE);
    expect_reached(1, 0x64, 1, 0xAE);
    expect_dropped(0x64, 1, 0xDD); /* A20 off */
    expect_dropped(0x64, 1, 0xFF); /* pulses nothing */
    for (unsigned value = 0xF0; value <= 0xFE; value += 2) {
        EXPECT_RESET(out(0x64, 1, value));
    }
    expect_dropped(0x64, 2, 0xFE);
    expect_dropped(0x60, 2, 0xFE);
}

static void test_keyboard_output_port(void **state)
{
    (void)state;
    out(0x60, 1, 0xED); /* to the keyboard: untouched */
    expect_reached(1, 0x60, 1, 0xED);
    /* The command never reaches the controller: not with another command between, not with the data of another processor. */
    expect_dropped(0x64, 1, 0xD1);
    expect_dropped(0x60, 1, 0xDD);
    expect_dropped(0x64, 1, 0xD1);
    out(0x64, 1, 0xAE);
    expect_reached(1, 0x64, 1, 0xAE);
    out(0x60, 1, 0xDD);
    expect_reached(1, 0x60, 1, 0xDD);
    expect_dropped(0x64, 1, 0xD1);
    access(cpus[1], 0x60, 1, false, 0xDD);
    assert_int_equal(bench_access_count, 0);
    expect_dropped(0x64, 1, 0xD1);
    EXPECT_RESET(out(0x60, 1, 0xDE));
}

/* ACPI: soft off passes, sleep does not, in either byte. */
static void test_pm_control(void **state)
{
    (void)state;
    out(0x604, 2, 0x2000);
    expect_reached(1, 0x604, 2, 0x2000);
    out(0x604, 2, 0x0001);
    expect_reached(1, 0x604, 2, 0x0001);
    out(0x605, 1, 0x20);
    expect_reached(1, 0x605, 1, 0x20);
    for (uint32_t type = 1; type <= 6; type++) {
        expect_dropped(0x604, 2, 0x2000 | type << 10);
        expect_dropped(0x604, 4, 0x2000 | type << 10);
        expect_dropped(0x605, 1, 0x20 | type << 2);
        out(0x604, 2, type << 10); /* the type alone does nothing */
        expect_reached(1, 0x604, 2, type << 10);
    }
    expect_dropped(0x603, 2, 0x2400); /* starts one byte early */
}

static uint32_t config_address(unsigned bus, unsigned device, unsigned function, unsigned offset)
{
    return 0x80000000 | bus << 16 | device << 11 | function << 8 | offset;
}

static bool config_write_passes(uint32_t address, uint16_t port, uint8_t size)
{
    out(0xCF8, 4, address);
    address &= 0x80FFFFFC; /* the rest is not part of it */
    expect_reached(1, 0xCF8, 4, address);
    out(port, size, 0xA5A5A5A5);
    if (bench_access_count == 0) {
        return false;
    }
    assert_int_equal(bench_access_count, 2);
    assert_true(bench_accesses[0].where == 0xCF8 && bench_accesses[0].value == address);
    expect_reached(2, port, size, size == 4 ? 0xA5A5A5A5 : size == 2 ? 0xA5A5 : 0xA5);
    return true;
}

/* attacks.md MEM-12: every register, every size and lane, of the bridges and of their neighbours. */
static void test_configuration_writes(void **state)
{
    (void)state;
    for (unsigned offset = 0; offset < 0x100; offset++) {
        for (uint8_t size = 1; size <= 4; size *= 2) {
            uint16_t port = (uint16_t)(0xCFC + offset % 4);
            bool fits = offset % 4 + size <= 4;
            bool lpc = (offset >= 0x40 && offset < 0x60) || offset >= 0xD0;

            assert_int_equal(config_write_passes(config_address(0, 0, 0, offset & 0xFC), port, size), fits && offset < 0x40);
            assert_int_equal(config_write_passes(config_address(0, 0x1F, 0, offset & 0xFC), port, size), fits && !lpc);
            assert_int_equal(config_write_passes(config_address(0, 0x1F, 2, offset & 0xFC), port, size), fits);
            assert_int_equal(config_write_passes(config_address(1, 0, 0, offset & 0xFC), port, size), fits);
        }
    }
}

static void test_configuration_address(void **state)
{
    (void)state;
    assert_false(config_write_passes(config_address(0, 2, 0, 0) & 0x7FFFFFFF, 0xCFC, 4));
    /* Reserved bits do not make another device of it, bits 1:0 no other register. */
    assert_false(config_write_passes(config_address(0, 0, 0, 0x60) | 0x7F000003, 0xCFC, 4));
    assert_true(config_write_passes(config_address(0, 0x1F, 0, 0x3C) | 0x0F000003, 0xCFC, 4)); /* the last one that is allowed */
    expect_dropped(0xCF8, 1, 0x80);
    expect_dropped(0xCFA, 2, 0x8000);
    assert_false(config_write_passes(config_address(0, 0, 0, 0x60), 0xCFC, 4));
}

static void test_the_latch_is_the_machines(void **state)
{
    (void)state;
    out(0xCF8, 4, config_address(0, 2, 0, 0x10));
    access(cpus[1], 0xCF8, 4, false, config_address(0, 0, 0, 0x60));
    out(0xCFC, 4, 0);
    assert_int_equal(bench_access_count, 0); /* judged by where it would land now */
}

static bool ecam_write_passes(unsigned bus, unsigned device, unsigned function, unsigned offset)
{
    uint32_t place = bus << 20 | device << 15 | function << 12 | offset;
    uint8_t value = 0;

    bench_poke(BENCH_ECAM + place, &value, 1);
    assert_true(pci_ecam_write(cpu, place, 1, 0xA5));
    bench_peek(BENCH_ECAM + place, &value, 1);
    bench_poke(BENCH_ECAM + place, &(uint8_t){ 0 }, 1);
    return value == 0xA5;
}

/* Only the functions named; extended registers of ECAM too. */
static void test_ecam(void **state)
{
    (void)state;
    for (unsigned offset = 0; offset < 0x1000; offset++) {
        assert_int_equal(ecam_write_passes(0, 0, 0, offset), offset < 0x40);
        assert_int_equal(ecam_write_passes(0, 0x1F, 0, offset), offset < 0x40 || (offset >= 0x60 && offset < 0xD0));
        assert_true(ecam_write_passes(0, 0x1F, 3, offset));
        assert_true(ecam_write_passes(0, 3, 0, offset));
        assert_true(ecam_write_passes(2, 0x1F, 0, offset));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_never_open, start, stop),
        cmocka_unit_test_setup_teardown(test_what_a_boot_reads_is_open, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_has_com2_only, start, stop),
        cmocka_unit_test_setup_teardown(test_pm_block_above_1000h, start, stop),
        cmocka_unit_test_setup_teardown(test_an_empty_bus, start, stop),
        cmocka_unit_test_setup_teardown(test_string_forms_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_reads_merge_into_rax, start, stop),
        cmocka_unit_test_setup_teardown(test_firmware_configuration_dma, start, stop),
        cmocka_unit_test_setup_teardown(test_reset_control, start, stop),
        cmocka_unit_test_setup_teardown(test_fast_a20, start, stop),
        cmocka_unit_test_setup_teardown(test_keyboard_controller_commands, start, stop),
        cmocka_unit_test_setup_teardown(test_keyboard_output_port, start, stop),
        cmocka_unit_test_setup_teardown(test_pm_control, start, stop),
        cmocka_unit_test_setup_teardown(test_configuration_writes, start, stop),
        cmocka_unit_test_setup_teardown(test_configuration_address, start, stop),
        cmocka_unit_test_setup_teardown(test_the_latch_is_the_machines, start, stop),
        cmocka_unit_test_setup_teardown(test_ecam, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
