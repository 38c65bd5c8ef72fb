/* The load options of the VTL0 kernel: every key, and every way to get one wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vtl0/options.h>

static void defaults(void **state)
{
    struct kernel_options options;
    const char *bad = NULL;

    (void)state;
    assert_true(options_parse("", &options, &bad));
    assert_int_equal(options.mode, MODE_DEMO);
    assert_string_equal(options.only, "");
    assert_int_equal(options.calls, 100);
    assert_false(options.store_on_com1);
}

static void the_hosts_store(void **state)
{
    struct kernel_options options;
    const char *bad = NULL;

    (void)state;
    assert_true(options_parse("mode=vault store=com1", &options, &bad));
    assert_true(options.store_on_com1);
}

static void each_mode(void **state)
{
    static const struct {
        const char *text;
        enum kernel_mode mode;
    } rows[] = {
        { "mode=demo", MODE_DEMO },
        { "mode=attack", MODE_ATTACK },
        { "mode=console", MODE_CONSOLE },
        { "mode=test", MODE_TEST },
        { "mode=fuzz", MODE_FUZZ },
        { "mode=fuzz-syscalls", MODE_FUZZ_SYSCALLS },
        { "mode=images", MODE_IMAGES },
        { "mode=vault", MODE_VAULT },
        { "mode=vault-scan", MODE_VAULT_SCAN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kernel_options options;
        const char *bad = NULL;

        assert_true(options_parse(rows[i].text, &options, &bad));
        assert_int_equal(options.mode, rows[i].mode);
    }
}

static void all_keys_after_a_program_name(void **state)
{
    struct kernel_options options;
    const char *bad = NULL;

    (void)state;
    assert_true(options_parse("  fs0:\\vtl0.efi   mode=attack only=vmrun  calls=7 ", &options, &bad));
    assert_int_equal(options.mode, MODE_ATTACK);
    assert_string_equal(options.only, "vmrun");
    assert_int_equal(options.calls, 7);
}

static void refusals_point_at_the_word(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } rows[] = {
        { "mode=", 0 },
        { "mode=demon", 0 },
        { "mode=dem", 0 },
        { "mode=demo mode=demo", 10 },
        { "mode=demo vtl0.efi", 10 },
        { "Mode=demo", 0 },
        { "only=", 0 },
        { "=demo", 0 },
        { "store=", 0 },
        { "store=com2", 0 },
        { "store=com1 store=com1", 11 },
        { "calls=0", 0 },
        { "calls=", 0 },
        { "calls=-1", 0 },
        { "calls=100000001", 0 },
        { "calls=99999999999999999999", 0 },
        { "mode=test calls=1x", 10 },
        { "only=0123456789012345678901234567890123456789012345678901234567890123", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kernel_options options;
        const char *bad = NULL;

        assert_false(options_parse(rows[i].text, &options, &bad));
        assert_ptr_equal(bad, rows[i].text + rows[i].at);
    }
}

static void the_longest_id_fits(void **state)
{
    struct kernel_options options;
    const char *bad = NULL;

    (void)state;
    assert_true(options_parse("only=012345678901234567890123456789012345678901234567890123456789012", &options, &bad));
    assert_int_equal(strlen(options.only), OPTION_VALUE_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(the_hosts_store),
        cmocka_unit_test(each_mode),
        cmocka_unit_test(all_keys_after_a_program_name),
        cmocka_unit_test(refusals_point_at_the_word),
        cmocka_unit_test(the_longest_id_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
