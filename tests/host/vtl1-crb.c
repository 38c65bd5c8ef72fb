/*
 * The command response buffer, over a page of memory whose registers the test changes between two polls as a TPM would: nothing of it
 * waits, and what is under way can be given up at any moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/crb.h>

#define LOC_CTRL  0x08u
#define LOC_STS   0x0Cu
#define REQ       0x40u
#define CANCEL    0x48u
#define START     0x4Cu
#define CMD_SIZE  0x58u
#define CMD_LADDR 0x5Cu
#define RSP_SIZE  0x64u
#define RSP_LADDR 0x68u
#define BASE      0xFED40000u
#define BUFFER    0x80u

static uint8_t page[4096] __attribute__((aligned(4096)));
static uint8_t response[32];
static const uint8_t command[14] = "a command, 14";
static const uint8_t answer[12] = { 0x80, 1, 0, 0, 0, 12, 0, 0, 0, 0, 7, 8 };

static void put(unsigned offset, uint32_t value)
{
    memcpy(page + offset, &value, sizeof(value));
}

static uint32_t get(unsigned offset)
{
    uint32_t value;

    memcpy(&value, page + offset, sizeof(value));
    return value;
}

static struct tpm_exchange begin(void)
{
    struct tpm_exchange exchange = {
        .registers = page, .base = BASE, .command = command, .size = sizeof(command), .response = response, .capacity = sizeof(response),
    };

    memset(page, 0, sizeof(page));
    memset(response, 0xEE, sizeof(response));
    put(CMD_SIZE, 1024);
    put(CMD_LADDR, BASE + BUFFER);
    put(RSP_SIZE, 1024);
    put(RSP_LADDR, BASE + BUFFER);
    crb_start(&exchange);
    return exchange;
}

/* Up to the point where the TPM works on the command. */
static void until_started(struct tpm_exchange *exchange)
{
    assert_int_equal(crb_poll(exchange), TPM_BUSY);
    assert_int_equal(get(LOC_CTRL), 1);
    put(LOC_STS, 1);
    assert_int_equal(crb_poll(exchange), TPM_BUSY);
    assert_int_equal(get(REQ), 1);
    put(REQ, 0);
    assert_int_equal(crb_poll(exchange), TPM_BUSY);
    assert_int_equal(get(START), 1);
    assert_memory_equal(page + BUFFER, command, sizeof(command));
    assert_int_equal(crb_poll(exchange), TPM_BUSY);
}

static void a_command_and_its_answer(void **state)
{
    static const uint8_t zero[sizeof(command)];
    struct tpm_exchange exchange = begin();

    (void)state;
    until_started(&exchange);
    memcpy(page + BUFFER, answer, sizeof(answer));
    put(START, 0);
    assert_int_equal(crb_poll(&exchange), TPM_BUSY);
    assert_int_equal(get(REQ), 2);
    put(REQ, 0);
    assert_int_equal(crb_poll(&exchange), TPM_ANSWERED);
    assert_int_equal(exchange.received, sizeof(answer));
    assert_memory_equal(response, answer, sizeof(answer));
    assert_int_equal(response[sizeof(answer)], 0xEE);
    assert_memory_equal(page + BUFFER, zero, sizeof(command));
}

static void answers_that_are_none(void **state)
{
    static const uint8_t sizes[] = { 0, 9, sizeof(response) + 1, 0xFF };

    (void)state;
    for (unsigned i = 0; i < sizeof(sizes); i++) {
        struct tpm_exchange exchange = begin();

        until_started(&exchange);
        memcpy(page + BUFFER, answer, sizeof(answer));
        page[BUFFER + 5] = sizes[i];
        put(START, 0);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        put(REQ, 0);
        assert_int_equal(crb_poll(&exchange), TPM_FAILED);
    }
}

static void buffers_that_are_elsewhere(void **state)
{
    static const struct {
        unsigned offset;
        uint32_t value;
    } bad[] = {
        { CMD_LADDR, BASE - 1 }, { CMD_LADDR, BASE + 4096 }, { CMD_LADDR, BASE + 4096 - 13 }, { CMD_LADDR + 4, 1 }, { CMD_SIZE, 13 },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct tpm_exchange exchange = begin();

        put(bad[i].offset, bad[i].value);
        put(LOC_STS, 1);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        put(REQ, 0);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        assert_int_equal(get(START), 0);
        put(REQ, 0);
        assert_int_equal(crb_poll(&exchange), TPM_FAILED);
    }
}

/* The next command waits until the TPM has come back from the one that was given up. */
static void given_up(void **state)
{
    struct tpm_exchange exchange = begin();

    (void)state;
    until_started(&exchange);
    crb_cancel(&exchange);
    assert_int_equal(get(CANCEL), 1);
    assert_int_equal(crb_poll(&exchange), TPM_FAILED);
    crb_start(&exchange);
    put(LOC_CTRL, 0);
    assert_int_equal(crb_poll(&exchange), TPM_BUSY);
    assert_int_equal(get(LOC_CTRL), 0);
    put(START, 0);
    assert_int_equal(crb_poll(&exchange), TPM_BUSY);
    assert_int_equal(get(CANCEL), 0);
    assert_int_equal(get(REQ), 1);
}

/* What was given up is longer than the next command: nothing of it stays, and nothing is written where there is no buffer. */
static void nothing_of_it_stays(void **state)
{
    static const uint32_t sizes[] = { 1024, sizeof(command) - 1 };

    (void)state;
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tpm_exchange exchange = begin();
        const uint8_t *behind = page + BUFFER + 10;

        until_started(&exchange);
        page[BUFFER + sizeof(command)] = 0xEE;
        crb_cancel(&exchange);
        put(START, 0);
        put(CMD_SIZE, sizes[i]);
        exchange.size = 10;
        crb_start(&exchange);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        crb_cancel(&exchange); /* not sent: what is there is still the first one */
        crb_start(&exchange);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        put(REQ, 0);
        assert_int_equal(crb_poll(&exchange), TPM_BUSY);
        assert_int_equal(get(START), 1);
        assert_memory_equal(page + BUFFER, command, 10);
        assert_memory_equal(behind, i == 0 ? (const uint8_t[4]){ 0 } : command + 10, 4);
        assert_int_equal(page[BUFFER + sizeof(command)], 0xEE);
        assert_int_equal(exchange.left, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_and_its_answer), cmocka_unit_test(answers_that_are_none), cmocka_unit_test(buffers_that_are_elsewhere),
        cmocka_unit_test(given_up), cmocka_unit_test(nothing_of_it_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
