/* Interrupt messages of PCI functions: what VTL0 may program by ports and by ECAM, what it does not see, and lists that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <hv/handlers.h>
#include <hv/partition.h>
#include <hv/pci.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define FUNCTION   (1u << 20 | 3u << 15) /* 01:03.0 */
#define STATUS     0x04u
#define HAS_LIST   (1u << 20)
#define OTHER      0x40u /* a capability that is none for messages */
#define MSI        0x50u
#define MSIX       0x70u
#define WIDE       (1u << 23)
#define ENABLE     0x8000u
#define UNTOUCHED  0x77u

static struct cpu *cpu;

static void put(unsigned offset, uint32_t value) { bench_poke(BENCH_ECAM + FUNCTION + offset, &value, sizeof(value)); }

static uint32_t get(unsigned offset)
{
    uint32_t value;

    bench_peek(BENCH_ECAM + FUNCTION + offset, &value, sizeof(value));
    return value;
}

static void function(uint32_t msi_control)
{
    for (unsigned offset = 0; offset < 0x100; offset += 4) {
        put(offset, 0);
    }
    put(STATUS, HAS_LIST);
    put(0x34, OTHER);
    put(OTHER, MSI << 8 | 0x09);
    put(MSI, msi_control | MSIX << 8 | 0x05);
    put(MSIX, 0x11);
}

static int start(void **state)
{
    (void)state;
    bench_start(1);
    cpu = cpus[0];
    function(WIDE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void ecam(unsigned offset, uint8_t size, uint32_t value) { assert_true(pci_ecam_write(cpu, FUNCTION + offset, size, value)); }

/* Whether all of it arrived; if not, nothing has. */
static bool arrives(unsigned offset, uint32_t value)
{
    uint32_t before = get(offset);
    bool arrived;

    ecam(offset, 4, value);
    arrived = get(offset) == value;
    assert_true(arrived || get(offset) == before);
    return arrived;
}

static void test_addresses(void **state)
{
    static const uint32_t good[] = { 0xFEE00000, 0xFEEFF00C, 0, 0xFEE01000 };
    static const uint32_t bad[] = { 0x1000, 0xFEE00020, 0xFEE00380, 0xFEC00000, 0xFEF00000, 0x0D000000, UINT32_MAX, 0x80000000 };

    (void)state;
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(arrives(MSI + 4, good[i]));
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(arrives(MSI + 4, bad[i]));
    }
    put(MSI + 8, UNTOUCHED);
    assert_false(arrives(MSI + 8, 1)); /* above 4 GiB there are no interrupts */
    assert_true(arrives(MSI + 8, 0));
}

static void expect_messages(unsigned offset)
{
    for (uint32_t mode = 0; mode < 8; mode++) {
        assert_int_equal(arrives(MSI + offset, mode << 8 | 0x31), mode < 2);
    }
    assert_true(arrives(MSI + offset, 0xC000 | 0x31)); /* level, asserted */
    assert_false(arrives(MSI + offset, 0xFF));
}

static void test_modes(void **state)
{
    (void)state;
    expect_messages(0xC);
    assert_true(arrives(MSI + 0x10, UINT32_MAX)); /* masks and pending bits are not messages */
    assert_true(arrives(MSI + 0x14, UINT32_MAX));
    function(0);
    expect_messages(8);
    assert_true(arrives(MSI + 0xC, UINT32_MAX));
}

/* What the register would be counts, however it is put together. */
static void test_parts(void **state)
{
    (void)state;
    put(MSI + 0xC, 0x31);
    ecam(MSI + 0xD, 1, 0x05);
    assert_int_equal(get(MSI + 0xC), 0x31);
    ecam(MSI + 0xC, 2, 0x531);
    assert_int_equal(get(MSI + 0xC), 0x31);
    ecam(MSI + 0xC, 1, 0x41);
    assert_int_equal(get(MSI + 0xC), 0x41);
    ecam(MSI + 0xD, 1, 0x01);
    assert_int_equal(get(MSI + 0xC), 0x141);
    put(MSI + 4, 0xFEE00000);
    ecam(MSI + 7, 1, 0x0D);
    ecam(MSI + 6, 2, 0x0D00);
    assert_int_equal(get(MSI + 4), 0xFEE00000);
    ecam(MSI + 4, 2, 0x1000);
    assert_int_equal(get(MSI + 4), 0xFEE01000);
    assert_false(pci_ecam_write(cpu, FUNCTION + MSI + 0xC, 8, 0));
    assert_false(pci_ecam_write(cpu, FUNCTION + MSI + 0xE, 4, 0));
    assert_false(pci_ecam_write(cpu, FUNCTION + MSI + 0xD, 2, 0));
}

/* MSI's own enable bit is VTL0's. MSI-X is never on, whoever knows where it is. */
static void test_enabling(void **state)
{
    (void)state;
    ecam(MSI + 2, 2, ENABLE >> 15);
    assert_int_equal(get(MSI) >> 16, 1);
    ecam(MSIX + 2, 2, ENABLE | 0x4000);
    assert_int_equal(get(MSIX) >> 16, 0x4000);
    ecam(MSIX, 4, ENABLE << 16 | 0x11);
    assert_int_equal(get(MSIX), 0x11);
    ecam(MSIX + 3, 1, 0xFF);
    assert_int_equal(get(MSIX) >> 24, 0x7F);
}

static void port(uint16_t number, uint8_t size, bool in, uint32_t value)
{
    cpu->gpr[RAX] = value;
    cpu->exit = (struct exit){ .kind = EXIT_IO, .io = { .port = number, .size = size, .in = in, .next_rip = BENCH_CODE + 2 } };
    handle_io(cpu);
}

static uint32_t read_by_port(unsigned offset, uint16_t number, uint8_t size)
{
    port(0xCF8, 4, false, 0x80010000 | 3u << 11 | offset);
    port(number, size, true, 0);
    return (uint32_t)cpu->gpr[RAX];
}

static void test_ports(void **state)
{
    (void)state;
    bench_port_value = 0x80070011; /* what every port reads */
    assert_int_equal(read_by_port(MSIX, 0xCFC, 4), 0x80070000);
    assert_int_equal(read_by_port(MSIX, 0xCFC, 1), 0);
    assert_int_equal(read_by_port(MSIX, 0xCFE, 2), 0x0011); /* not its id */
    assert_int_equal(read_by_port(MSIX + 4, 0xCFC, 4), 0x80070011);
    assert_int_equal(read_by_port(MSI, 0xCFC, 4), 0x80070011);
    assert_int_equal(read_by_port(0, 0xCFC, 4), 0x80070011);
    bench_access_count = 0;
    port(0xCF8, 4, false, 0x80010000 | 3u << 11 | (MSI + 0xC));
    port(0xCFC, 4, false, 0x531);
    assert_int_equal(bench_access_count, 1); /* the latch alone */
    for (uint32_t low = 1; low < 4; low++) {
        port(0xCF8, 4, false, 0x8F010000 | 3u << 11 | (MSI + 0xC) | low);
        assert_int_equal(bench_accesses[bench_access_count - 1].value, 0x80010000 | 3u << 11 | (MSI + 0xC)); /* as it is judged */
    }
    port(0xCFC, 4, false, 0x131);
    assert_true(bench_accesses[bench_access_count - 1].where == 0xCFC && bench_accesses[bench_access_count - 1].value == 0x131);
}

/* One function's space behind the latch. */
static uint32_t behind_ports[64];

static uint32_t answer(uint16_t number)
{
    for (unsigned i = bench_access_count; number == 0xCFC && i-- > 0;) {
        if (bench_accesses[i].write && bench_accesses[i].where == 0xCF8) {
            bool here = (bench_accesses[i].value & 0xFFFFFF00) == (0x80010000 | 3u << 11);

            return here ? behind_ports[bench_accesses[i].value >> 2 & 0x3F] : UINT32_MAX;
        }
    }
    return number == 0xCF8 ? 0x80011850 : UINT32_MAX;
}

static bool arrives_by_ports(unsigned offset, uint32_t value)
{
    const struct bench_access *last;

    bench_access_count = 0;
    port(0xCF8, 4, false, 0x80010000 | 3u << 11 | offset);
    port(0xCFC, 4, false, value);
    last = &bench_accesses[bench_access_count - 1];
    return last->write && last->where == 0xCFC && last->value == value;
}

/* Where there is no ECAM, or none for that bus, the list is read by the ports, which VTL0 finds as it left them. */
static void expect_ports(void)
{
    assert_true(arrives_by_ports(MSI + 0xC, 0x131));
    assert_false(arrives_by_ports(MSI + 0xC, 0x531));
    assert_true(bench_accesses[bench_access_count - 1].where == 0xCF8 && bench_accesses[bench_access_count - 1].value == 0x80011850);
    assert_false(arrives_by_ports(MSI + 4, 0x0D000000));
    assert_true(arrives_by_ports(MSI + 4, 0xFEE01000));
}

static void test_without_ecam(void **state)
{
    uint64_t base = partition.boot.ecam_base;

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        behind_ports[i] = get(4 * i);
    }
    bench_port_answer = answer;
    partition.boot.ecam_base = 0;
    expect_ports();
    partition.boot.ecam_base = base;
    partition.boot.ecam_buses = 1;
    expect_ports();
    bench_port_answer = NULL;
}

/* Lists that end nowhere, point below themselves, or are not there. */
static void test_lists(void **state)
{
    (void)state;
    put(OTHER, OTHER << 8 | 0x09);
    assert_true(arrives(MSI + 0xC, 0x531));
    put(OTHER, 0x10 << 8 | 0x09);
    assert_true(arrives(MSI + 0xC, 0x631));
    function(0); /* shorter than what MSI can have, and MSI-X behind it */
    put(MSI, (MSI + 0xC) << 8 | 0x05);
    put(MSI + 0xC, 0x11);
    ecam(MSI + 0xE, 2, ENABLE);
    assert_int_equal(get(MSI + 0xC), 0x11);
    function(WIDE);
    put(STATUS, 0);
    assert_true(arrives(MSI + 0xC, 0x531));
    function(WIDE);
    put(0x34, 0);
    put(0x14, OTHER);
    assert_true(arrives(MSI + 0xC, 0x531));
    put(0x0C, 2u << 16); /* a CardBus bridge has its list there */
    assert_false(arrives(MSI + 0xC, 0x631));
    put(0x34, MSI | 3); /* the low bits are reserved */
    put(0x0C, 1u << 16 | 1u << 23);
    assert_false(arrives(MSI + 0xC, 0x631));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_addresses, start, stop),
        cmocka_unit_test_setup_teardown(test_modes, start, stop),
        cmocka_unit_test_setup_teardown(test_parts, start, stop),
        cmocka_unit_test_setup_teardown(test_enabling, start, stop),
        cmocka_unit_test_setup_teardown(test_ports, start, stop),
        cmocka_unit_test_setup_teardown(test_without_ecam, start, stop),
        cmocka_unit_test_setup_teardown(test_lists, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
