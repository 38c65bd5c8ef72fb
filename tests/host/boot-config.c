#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config.h>

#include <cmocka.h>

#define GOOD "vtl0.program = \\EFI\\openvsm\\vtl0.efi\nvtl1.securekernel = \\EFI\\openvsm\\securekernel.img\n"

/* On the heap with its exact size, so that ASan sees a read behind it. */
static bool parse(const char *text, size_t size, struct config *config, struct config_error *error)
{
    char *copy = malloc(size > 0 ? size : 1);
    bool good;

    memcpy(copy, text, size);
    good = config_parse(copy, size, config, error);
    free(copy);
    return good;
}

static void refused(const char *text, uint32_t line, const char *what)
{
    struct config config;
    struct config_error error;

    assert_false(parse(text, strlen(text), &config, &error));
    assert_string_equal(error.text, what);
    assert_int_equal(error.line, line);
}

static void test_everything_set(void **state)
{
    static const char text[] = "# a comment\n"
                               "\r\n"
                               "  vtl0.program\t= \\EFI\\linux\\vmlinuz.efi  \n"
                               "vtl0.options = root=/dev/sda1 x#y console=ttyS0 # not this\n"
                               "vtl1.securekernel=\\EFI\\openvsm\\securekernel.img\r\n"
                               "vtl1.trustlet = \\EFI\\openvsm\\trustlets\\credvault.img\n"
                               "vtl1.memory = 64\n"
                               "log.level = debug";
    struct config config;
    struct config_error error;

    (void)state;
    assert_true(parse(text, strlen(text), &config, &error));
    assert_string_equal(config.vtl0_program, "\\EFI\\linux\\vmlinuz.efi");
    assert_string_equal(config.vtl0_options, "root=/dev/sda1 x#y console=ttyS0");
    assert_string_equal(config.vtl1_securekernel, "\\EFI\\openvsm\\securekernel.img");
    assert_string_equal(config.vtl1_trustlet, "\\EFI\\openvsm\\trustlets\\credvault.img");
    assert_int_equal(config.vtl1_memory, 64);
    assert_int_equal(config.log_level, 2);
    assert_int_equal(config.mutant, 0);
}

static void test_defaults(void **state)
{
    struct config config;
    struct config_error error;

    (void)state;
    assert_true(parse(GOOD, strlen(GOOD), &config, &error));
    assert_string_equal(config.vtl0_options, "");
    assert_string_equal(config.vtl1_trustlet, "");
    assert_int_equal(config.vtl1_memory, 16);
    assert_int_equal(config.log_level, 1);
}

static void test_words_instead_of_paths(void **state)
{
    static const char text[] = "vtl0.program = firmware\nvtl1.securekernel = none\nvtl0.options =\n";
    static const char by_vtl0[] = "vtl0.program = \\a\nvtl1.securekernel = by-vtl0\n";
    struct config config;
    struct config_error error;

    (void)state;
    assert_true(parse(text, strlen(text), &config, &error));
    assert_string_equal(config.vtl0_program, CONFIG_FIRMWARE);
    assert_string_equal(config.vtl1_securekernel, CONFIG_NONE);
    assert_false(config_has_securekernel(&config) || config_offers_vsm(&config));
    assert_true(parse(by_vtl0, strlen(by_vtl0), &config, &error));
    assert_false(config_has_securekernel(&config));
    assert_true(config_offers_vsm(&config));
    assert_true(parse(GOOD, strlen(GOOD), &config, &error));
    assert_true(config_has_securekernel(&config) && config_offers_vsm(&config));
    refused("vtl1.securekernel = by-vtl\n", 1, "a path from the root with backslashes is expected for key \"vtl1.securekernel\"");
    refused("vtl0.program = by-vtl0\n", 1, "a path from the root with backslashes is expected for key \"vtl0.program\"");
    refused(GOOD "vtl1.trustlet = none\n", 3, "a path from the root with backslashes is expected for key \"vtl1.trustlet\"");
    refused("vtl0.program = none\n", 1, "a path from the root with backslashes is expected for key \"vtl0.program\"");
}

static void test_keys(void **state)
{
    (void)state;
    refused(GOOD "vtl2.program = x\n", 3, "unknown key \"vtl2.program\"");
    refused(GOOD "mutant = 1\n", 3, "unknown key \"mutant\"");
    refused(GOOD "VTL0.OPTIONS = x\n", 3, "unknown key \"VTL0.OPTIONS\"");
    refused(GOOD " = x\n", 3, "unknown key \"\"");
    refused(GOOD "vtl1.memory = 8\nvtl1.memory = 8\n", 4, "second value for key \"vtl1.memory\"");
    refused("", 0, "missing key \"vtl0.program\"");
    refused("vtl0.program = \\a\n", 0, "missing key \"vtl1.securekernel\"");
    refused("vtl0.program = \\a\nvtl1.securekernel = none\nvtl1.trustlet = \\b\n", 0,
            "a trustlet needs a secure kernel: key \"vtl1.trustlet\"");
    refused("vtl0.program = \\a\nvtl1.securekernel = by-vtl0\nvtl1.trustlet = \\b\n", 0,
            "a trustlet needs a secure kernel: key \"vtl1.trustlet\"");
}

static void test_values(void **state)
{
    (void)state;
    refused("\nvtl0.program\n", 2, "\"key = value\" is expected");
    refused("vtl0.program =\n", 1, "no value for key \"vtl0.program\"");
    refused("vtl0.program = # \\a\n", 1, "no value for key \"vtl0.program\"");
    refused("vtl0.program = EFI\\a\n", 1, "a path from the root with backslashes is expected for key \"vtl0.program\"");
    refused("vtl0.program = \\EFI/a\n", 1, "a path from the root with backslashes is expected for key \"vtl0.program\"");
    refused("vtl0.program = \\EFI\\\n", 1, "a path from the root with backslashes is expected for key \"vtl0.program\"");
    refused("vtl1.memory = 3\n", 1, "the number is out of range for key \"vtl1.memory\"");
    refused("vtl1.memory = 65\n", 1, "the number is out of range for key \"vtl1.memory\"");
    refused("vtl1.memory = -4\n", 1, "a decimal number is expected for key \"vtl1.memory\"");
    refused("vtl1.memory = 0x10\n", 1, "a decimal number is expected for key \"vtl1.memory\"");
    refused("vtl1.memory = 4294967312\n", 1, "a decimal number is expected for key \"vtl1.memory\"");
    refused("log.level = loud\n", 1, "unknown word for key \"log.level\"");
    refused("log.level = debugger\n", 1, "unknown word for key \"log.level\"");
}

static void test_characters(void **state)
{
    static const char with_nul[] = GOOD "vtl0.options = a\0b\n";
    struct config config;
    struct config_error error;

    (void)state;
    refused("\xEF\xBB\xBF" GOOD, 1, "only printable ASCII is allowed");
    refused(GOOD "vtl0.options = f\xC3\xBCr\n", 3, "only printable ASCII is allowed");
    refused(GOOD "vtl0.options = a\rb\n", 3, "only printable ASCII is allowed");
    refused(GOOD "# \x7F\n", 3, "only printable ASCII is allowed");
    assert_false(parse(with_nul, sizeof(with_nul) - 1, &config, &error));
    assert_string_equal(error.text, "only printable ASCII is allowed");
    assert_int_equal(error.line, 3);
}

static void test_lengths(void **state)
{
    char text[4096];
    static char large[CONFIG_FILE_LIMIT + 1];
    struct config config;
    struct config_error error;
    char fill[CONFIG_TEXT_SIZE + 1];

    (void)state;
    memset(fill, 'x', sizeof(fill));
    snprintf(text, sizeof(text), GOOD "vtl0.options = %.*s\n", (int)CONFIG_TEXT_SIZE - 1, fill);
    assert_true(parse(text, strlen(text), &config, &error));
    assert_int_equal(strlen(config.vtl0_options), CONFIG_TEXT_SIZE - 1);
    snprintf(text, sizeof(text), GOOD "vtl0.options = %.*s\n", (int)CONFIG_TEXT_SIZE, fill);
    refused(text, 3, "the value is too long for key \"vtl0.options\"");
    snprintf(text, sizeof(text), "\n%1100s\n", "");
    refused(text, 2, "the line is too long");
    memset(large, '\n', sizeof(large));
    assert_false(parse(large, sizeof(large), &config, &error));
    assert_string_equal(error.text, "the file is too large");
    snprintf(text, sizeof(text), "%.*s = 1\n", 500, fill);
    refused(text, 1, "unknown key \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_set), cmocka_unit_test(test_defaults), cmocka_unit_test(test_words_instead_of_paths),
        cmocka_unit_test(test_keys),           cmocka_unit_test(test_values),   cmocka_unit_test(test_characters),
        cmocka_unit_test(test_lengths),
    };

    return cmocka_run_group_tests_name("boot-config", tests, NULL, NULL);
}
