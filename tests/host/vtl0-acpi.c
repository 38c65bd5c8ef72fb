/* The VTL0 kernel's ACPI parsing: tables made by hand, then damaged in every byte, under the sanitizers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vtl0/acpi.h>

#define MADT_HEADER 44u

/* Two enabled processors, one disabled, one x2APIC, and an entry of another kind between them. */
static const uint8_t entries[] = {
    0, 8, 0, 0, 1, 0, 0, 0,
    1, 12, 0, 0, 0, 0, 0xC0, 0xFE, 0, 0, 0, 0,
    0, 8, 1, 5, 1, 0, 0, 0,
    0, 8, 2, 7, 0, 0, 0, 0,
    9, 16, 0, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
};

static size_t make_madt(uint8_t *madt)
{
    memset(madt, 0, MADT_HEADER);
    memcpy(madt + MADT_HEADER, entries, sizeof(entries));
    return MADT_HEADER + sizeof(entries);
}

static void madt_lists_enabled_processors(void **state)
{
    uint8_t madt[MADT_HEADER + sizeof(entries)];
    uint32_t ids[8];
    size_t size = make_madt(madt);

    (void)state;
    assert_int_equal(acpi_parse_madt(madt, size, ids, 8), 3);
    assert_int_equal(ids[0], 0);
    assert_int_equal(ids[1], 5);
    assert_int_equal(ids[2], 0x1234);
    assert_int_equal(acpi_parse_madt(madt, size, ids, 2), 2);
    assert_int_equal(acpi_parse_madt(madt, MADT_HEADER, ids, 8), 0);
    assert_int_equal(acpi_parse_madt(madt, 0, ids, 8), 0);
}

/* Whatever a byte says: no access outside the table (ASan), an end, and no more ids than there is room. */
static void damaged_madt_ends(void **state)
{
    size_t full = MADT_HEADER + sizeof(entries);
    uint32_t ids[4];

    (void)state;
    for (size_t size = 0; size <= full; size++) {
        for (size_t at = MADT_HEADER; at < size; at++) {
            uint8_t *madt = malloc(full);
            uint8_t *exact;

            make_madt(madt);
            madt[at] = (uint8_t)(madt[at] ^ 0xFF);
            exact = malloc(size);
            memcpy(exact, madt, size);
            assert_true(acpi_parse_madt(exact, size, ids, 4) <= 4);
            free(exact);
            free(madt);
        }
    }
}

static void s5_forms(void **state)
{
    static const uint8_t byte_form[] = { 0x10, 0x08, '_', 'S', '5', '_', 0x12, 0x0A, 0x04, 0x0A, 0x05, 0x0A, 0x05,
                                         0x00, 0x00 };
    static const uint8_t zero_form[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0x00, 0x00, 0x00, 0x00 };
    static const uint8_t long_length[] = { 0x08, '_', 'S', '5', '_', 0x12, 0x47, 0x00, 0x02, 0x0A, 0x07, 0x00 };
    static const uint8_t no_name[] = { 0x00, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0x0A, 0x05 };

    (void)state;
    assert_int_equal(acpi_parse_sleep(byte_form, sizeof(byte_form), '5'), 5);
    assert_int_equal(acpi_parse_sleep(zero_form, sizeof(zero_form), '5'), 0);
    assert_int_equal(acpi_parse_sleep(long_length, sizeof(long_length), '5'), 7);
    assert_int_equal(acpi_parse_sleep(no_name, sizeof(no_name), '5'), -1);
    assert_int_equal(acpi_parse_sleep(byte_form, sizeof(byte_form), '3'), -1);
    for (size_t size = 0; size < 11; size++) {
        uint8_t *exact = malloc(size + 1);

        memcpy(exact, byte_form, size);
        assert_int_equal(acpi_parse_sleep(exact, size, '5'), -1);
        free(exact);
    }
}

static void checksum(void **state)
{
    uint8_t table[] = { 1, 2, 3, 0xFA };

    (void)state;
    assert_true(acpi_checksum_ok(table, sizeof(table)));
    table[2] ^= 1;
    assert_false(acpi_checksum_ok(table, sizeof(table)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(madt_lists_enabled_processors),
        cmocka_unit_test(damaged_madt_ends),
        cmocka_unit_test(s5_forms),
        cmocka_unit_test(checksum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
