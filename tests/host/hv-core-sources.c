/* The filters of the I/O APIC and the HPET: what of VTL0's stores reaches the device. */
#include <hv/interrupt_sources.h>

#include "hv-core-bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint32_t device(uint64_t address)
{
    uint32_t value;

    bench_peek(address, &value, sizeof(value));
    return value;
}

static int start(void **state)
{
    (void)state;
    bench_start(1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static uint32_t entry_after(uint32_t selected, uint32_t value)
{
    assert_true(ioapic_write(cpus[0], 0x00, 4, selected));
    assert_true(ioapic_write(cpus[0], 0x10, 4, value));
    assert_int_equal(device(IOAPIC_ADDRESS), selected);
    return device(IOAPIC_ADDRESS + 0x10);
}

static void test_harmless_modes_pass(void **state)
{
    static const uint32_t modes[] = { 0, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        uint32_t value = 0x30 | modes[i] << 8;

        assert_int_equal(entry_after(0x10, value), value);
        assert_int_equal(entry_after(0x3E, value), value);
    }
}

static void test_harmful_modes_stay_masked(void **state)
{
    static const uint32_t modes[] = { 2, 3, 4, 5, 6, 7 };

    (void)state;
    assert_int_equal(entry_after(0x10, 0xFF), 0x100FF); /* taken for the shared timer's */
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        assert_int_equal(entry_after(0x10, 0x30 | modes[i] << 8), 0x10030);
        assert_int_equal(entry_after(0x2C, 0x30 | modes[i] << 8), 0x10030);
        /* The high half is a destination, the registers below the entries are the device's id: no modes. */
        assert_int_equal(entry_after(0x11, modes[i] << 8), modes[i] << 8);
        assert_int_equal(entry_after(0x00, modes[i] << 8), modes[i] << 8);
    }
}

static void test_forms_the_ioapic_does_not_have(void **state)
{
    (void)state;
    entry_after(0x10, 0x41);
    assert_false(ioapic_write(cpus[0], 0x10, 1, 0x500));
    assert_false(ioapic_write(cpus[0], 0x10, 8, 0x500));
    assert_false(ioapic_write(cpus[0], 0x12, 4, 0x500));
    assert_false(ioapic_write(cpus[0], 0x110, 4, 0x500)); /* the same register again, in QEMU */
    assert_int_equal(device(IOAPIC_ADDRESS + 0x10), 0x41);
    assert_int_equal(device(IOAPIC_ADDRESS + 0x110), 0);
}

static void test_hpet_timers_send_no_messages(void **state)
{
    (void)state;
    for (uint32_t timer = 0x100; timer < 0x160; timer += 0x20) {
        assert_true(hpet_write(cpus[0], timer, 4, 0x4004));
        assert_int_equal(device(HPET_ADDRESS + timer), 0x0004);
        assert_true(hpet_write(cpus[0], timer, 8, UINT64_C(0xF0000000000C)));
        assert_int_equal(device(HPET_ADDRESS + timer + 4), 0xF000);
        assert_true(hpet_write(cpus[0], timer + 8, 8, UINT64_C(0x1122334455667788)));
        assert_int_equal(device(HPET_ADDRESS + timer + 8), 0x55667788);
        for (uint32_t route = 0x10; route < 0x20; route += 4) {
            assert_true(hpet_write(cpus[0], timer + route, 4, 0xDEAD));
            assert_int_equal(device(HPET_ADDRESS + timer + route), 0);
        }
        assert_true(hpet_write(cpus[0], timer + 0x10, 8, UINT64_MAX));
        assert_int_equal(device(HPET_ADDRESS + timer + 0x10), 0);
    }
}

static void test_hpet_itself(void **state)
{
    (void)state;
    assert_true(hpet_write(cpus[0], 0x10, 8, 3));
    assert_int_equal(device(HPET_ADDRESS + 0x10), 3);
    assert_true(hpet_write(cpus[0], 0xF0, 4, 77));
    assert_int_equal(device(HPET_ADDRESS + 0xF0), 77);
    assert_false(hpet_write(cpus[0], 0x104, 8, 0)); /* would reach past the register */
    assert_false(hpet_write(cpus[0], 0x100, 2, 0x4000));
    assert_false(hpet_write(cpus[0], 0x101, 1, 0x40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_harmless_modes_pass, start, stop),
        cmocka_unit_test_setup_teardown(test_harmful_modes_stay_masked, start, stop),
        cmocka_unit_test_setup_teardown(test_forms_the_ioapic_does_not_have, start, stop),
        cmocka_unit_test_setup_teardown(test_hpet_timers_send_no_messages, start, stop),
        cmocka_unit_test_setup_teardown(test_hpet_itself, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
