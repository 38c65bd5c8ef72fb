/* The secure kernel's canary: where it comes from, and what becomes of a processor that finds it changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <crypto/entropy.h>

#include <sk/guard.h>
#include <sk/lock.h>
#include <sk/log.h>

static struct {
    bool present, works;
    uint64_t word;
} processor;

static bool poisoned, told;
static jmp_buf parked;

static bool read_word(void *context, uint64_t *word)
{
    (void)context;
    *word = processor.word;
    return processor.works;
}

static const struct entropy_source source = { .read = read_word };

const struct entropy_source *entropy_processor_source(void)
{
    return processor.present ? &source : NULL;
}

void kernel_lock_poison(void)
{
    poisoned = true;
}

void log_line_after_fault(const char *text, ...)
{
    (void)text;
    told = poisoned;
    longjmp(parked, 1); /* what comes next is no function of the host */
}

/* In this order: once drawn, it stays drawn. */
static void no_word_is_no_canary(void **state)
{
    (void)state;
    guard_draw();
    assert_false(guard_is_drawn());
    processor.present = true;
    guard_draw();
    assert_false(guard_is_drawn());
}

static void the_lowest_byte_is_zero(void **state)
{
    (void)state;
    processor.present = processor.works = true;
    processor.word = 0x1122334455667788;
    guard_draw();
    assert_true(guard_is_drawn());
    assert_int_equal(__stack_chk_guard, 0x1122334455667700);
}

/* Nobody is served any more before it is said. */
static void smashed(void **state)
{
    (void)state;
    if (setjmp(parked) == 0) {
        __stack_chk_fail();
    }
    assert_true(poisoned && told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_word_is_no_canary),
        cmocka_unit_test(the_lowest_byte_is_zero),
        cmocka_unit_test(smashed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
