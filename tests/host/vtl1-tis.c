/* The FIFO interface, over registers that a model of a TPM plays: an honest one, a slow one, and one that lies about its answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/tis.h>

#include "vtl1-tis-model.h"

#define UNTOUCHED 0xEE

static const uint8_t command[14] = { 0x80, 1, 0, 0, 0, 14, 'a', 'c', 'o', 'm', 'm', 'a', 'n', 'd' };
static const uint8_t answer[12] = { 0x80, 1, 0, 0, 0, 12, 0, 0, 0, 0, 7, 8 };

static struct {
    uint8_t bytes[32];
    uint8_t behind[32];
} response;

static struct tpm_exchange begin(void)
{
    struct tpm_exchange exchange = {
        .registers = model_registers(), .base = TIS_ADDRESS, .command = command, .size = sizeof(command),
        .response = response.bytes, .capacity = sizeof(response.bytes),
    };

    memset(&response, UNTOUCHED, sizeof(response));
    memcpy(model.answer, answer, sizeof(answer));
    model.answer_size = sizeof(answer);
    return exchange;
}

static void expect_untouched(size_t from)
{
    for (size_t i = from; i < sizeof(response); i++) {
        assert_int_equal(((const uint8_t *)&response)[i], UNTOUCHED);
    }
}

static void a_command_and_its_answer(void **state)
{
    struct tpm_exchange exchange = begin();

    (void)state;
    tis_start(&exchange);
    assert_int_equal(tis_poll(&exchange), TPM_ANSWERED);
    assert_int_equal(model.command_size, sizeof(command));
    assert_memory_equal(model.command, command, sizeof(command));
    assert_int_equal(exchange.received, sizeof(answer));
    assert_memory_equal(response.bytes, answer, sizeof(answer));
    expect_untouched(sizeof(answer));
    assert_int_equal(model.ends, 1);
}

static void no_device(void **state)
{
    struct tpm_exchange exchange = begin();

    (void)state;
    model.absent = true;
    tis_start(&exchange);
    assert_int_equal(tis_poll(&exchange), TPM_FAILED);
    assert_int_equal(model.command_size, 0);
}

/* A burst count of 0 is "not now", of the command's bytes and of the answer's. */
static void a_burst_of_nothing(void **state)
{
    struct tpm_exchange exchange = begin();

    (void)state;
    model.burst = 0;
    tis_start(&exchange);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(tis_poll(&exchange), TPM_BUSY);
    }
    assert_int_equal(model.command_size, 0);
    model.burst = 1;
    model.answer_size = 0;
    assert_int_equal(tis_poll(&exchange), TPM_BUSY);
    model.burst = 0;
    model.answer_size = sizeof(answer);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(tis_poll(&exchange), TPM_BUSY);
    }
    assert_int_equal(model.read, 0);
    expect_untouched(0);
    model.burst = 0xFFFF;
    assert_int_equal(tis_poll(&exchange), TPM_ANSWERED);
}

/* Sizes less than a header, and more than there is room for: nothing of what would follow is read. */
static void answers_that_are_none(void **state)
{
    static const uint32_t sizes[] = { 0, 1, 9, sizeof(response.bytes) + 1, 0x100, 0x10000, 0x8000000C, UINT32_MAX };

    (void)state;
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tpm_exchange exchange = begin();

        for (unsigned byte = 0; byte < 4; byte++) {
            model.answer[2 + byte] = (uint8_t)(sizes[i] >> (24 - 8 * byte));
        }
        model.endless = true;
        tis_start(&exchange);
        assert_int_equal(tis_poll(&exchange), TPM_FAILED);
        assert_int_equal(tis_poll(&exchange), TPM_FAILED);
        assert_int_equal(model.read, TPM_HEADER_SIZE);
        expect_untouched(TPM_HEADER_SIZE);
    }
}

/* It says that there is more for ever: as many bytes are taken as its header said. */
static void data_without_an_end(void **state)
{
    (void)state;
    for (uint8_t size = TPM_HEADER_SIZE; size <= sizeof(response.bytes); size++) {
        struct tpm_exchange exchange = begin();

        model.answer[5] = size;
        model.endless = true;
        tis_start(&exchange);
        assert_int_equal(tis_poll(&exchange), TPM_ANSWERED);
        assert_int_equal(tis_poll(&exchange), TPM_ANSWERED);
        assert_int_equal(exchange.received, size);
        assert_int_equal(model.read, size);
        expect_untouched(size);
    }
}

/* An exchange whose counts are not of this interface, as when the other one had it in between. */
static void counts_that_are_not_ours(void **state)
{
    static const size_t done[] = { 0, 1, sizeof(response.bytes), sizeof(response.bytes) + 5 };

    (void)state;
    for (unsigned i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
        struct tpm_exchange exchange = begin();

        model.answer_size = 0;
        tis_start(&exchange);
        assert_int_equal(tis_poll(&exchange), TPM_BUSY);
        exchange.done = done[i];
        exchange.received = 0;
        model.endless = true;
        assert_int_equal(tis_poll(&exchange), TPM_FAILED);
        assert_int_equal(model.read, 0);
        expect_untouched(0);
    }
}

static void given_up(void **state)
{
    struct tpm_exchange exchange = begin();

    (void)state;
    model.answer_size = 0;
    tis_start(&exchange);
    assert_int_equal(tis_poll(&exchange), TPM_BUSY);
    tis_cancel(&exchange);
    assert_int_equal(model.ends, 1);
    assert_int_equal(tis_poll(&exchange), TPM_FAILED);
    model.answer_size = sizeof(answer);
    model.command_size = model.read = 0;
    tis_start(&exchange);
    assert_int_equal(tis_poll(&exchange), TPM_ANSWERED);
    assert_memory_equal(response.bytes, answer, sizeof(answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_and_its_answer), cmocka_unit_test(no_device), cmocka_unit_test(a_burst_of_nothing),
        cmocka_unit_test(answers_that_are_none), cmocka_unit_test(data_without_an_end), cmocka_unit_test(counts_that_are_not_ours),
        cmocka_unit_test(given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
