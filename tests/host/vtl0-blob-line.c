/* The host's answer to a read of a blob: a blob, none, or a refusal; anything else is a refusal too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vtl0/blob_com1.h>
#include <vtl0/hex.h>

static void answers(void **state)
{
    uint8_t bytes[BLOB_MAX_SIZE];
    uint32_t size = 7;

    (void)state;
    assert_int_equal(blob_line_decode("OVSM-BLOB none", bytes, &size), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(size, 0);
    assert_int_equal(blob_line_decode("OVSM-BLOB 00ff", bytes, &size), NORMAL_STATUS_SUCCESS);
    assert_int_equal(size, 2);
    assert_memory_equal(bytes, "\x00\xff", 2);
    assert_int_equal(blob_line_decode("OVSM-BLOB ", bytes, &size), NORMAL_STATUS_SUCCESS);
    assert_int_equal(size, 0);
}

static void refusals(void **state)
{
    static const char *const rows[] = {
        "OVSM-REFUSED", "", "OVSM-DONE", "OVSM-BLOB", "OVSM-BLOB 0", "OVSM-BLOB 0g", "OVSM-BLOB  00", "OVSM-BLOB 00 ", "OVSM-BLOB None",
        "ovsm-blob 00", "OVSM-BLOBS 00", "OVSM-BLOB none ",
    };
    uint8_t bytes[BLOB_MAX_SIZE];
    uint32_t size = 7;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(blob_line_decode(rows[i], bytes, &size), NORMAL_STATUS_REFUSED);
        assert_int_equal(size, 0);
    }
}

static void the_longest_fits_and_one_more_does_not(void **state)
{
    static const size_t head = sizeof("OVSM-BLOB ") - 1;
    char *line = malloc(head + 2 * BLOB_MAX_SIZE + 3);
    uint8_t *bytes = malloc(BLOB_MAX_SIZE);
    uint32_t size;

    (void)state;
    memcpy(line, "OVSM-BLOB ", head);
    memset(line + head, 'a', 2 * BLOB_MAX_SIZE + 2);
    line[head + 2 * BLOB_MAX_SIZE] = '\0';
    assert_int_equal(blob_line_decode(line, bytes, &size), NORMAL_STATUS_SUCCESS);
    assert_int_equal(size, BLOB_MAX_SIZE);
    line[head + 2 * BLOB_MAX_SIZE] = 'a';
    line[head + 2 * BLOB_MAX_SIZE + 2] = '\0';
    assert_int_equal(blob_line_decode(line, bytes, &size), NORMAL_STATUS_REFUSED);
    free(bytes);
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(refusals),
        cmocka_unit_test(the_longest_fits_and_one_more_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
