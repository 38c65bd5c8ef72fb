/* Commands to the TPM's NV memory, byte for byte, and answers of every wrong form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sk/tpm_nv.h>

#define HANDLE 0x01812346u

static const uint8_t auth[TPM_AUTH_SIZE] = { 0xA0, 0xA1 };

/* The bytes of hexadecimal digits; blanks between are nothing. */
static size_t bytes_of(const char *text, uint8_t *bytes)
{
    size_t size = 0;

    for (; *text != '\0'; text++) {
        if (*text != ' ') {
            bytes[size++] = (uint8_t)strtoul((const char[]){ text[0], text[1], '\0' }, NULL, 16);
            text++;
        }
    }
    return size;
}

static void expect_command(const struct tpm_command *command, const char *text)
{
    uint8_t wanted[TPM_COMMAND_MAX];

    assert_int_equal(command->size, bytes_of(text, wanted));
    assert_memory_equal(command->bytes, wanted, command->size);
}

#define AUTH "a0a1 0000000000000000000000000000 00000000000000000000000000000000"
#define INDEX "01812346"

static void the_commands(void **state)
{
    const struct tpm_nv_public index = { HANDLE, TPM_NV_AUTHREAD | TPM_NV_AUTHWRITE | TPM_NV_NO_DA, 72, true };
    struct tpm_command command;

    (void)state;
    tpm_encode_read_clock(&command);
    expect_command(&command, "8001 0000000a 00000181");
    tpm_nv_encode_read_public(&command, HANDLE);
    expect_command(&command, "8001 0000000e 00000169" INDEX);
    tpm_nv_encode_undefine(&command, HANDLE);
    expect_command(&command, "8002 0000001f 00000122 40000001" INDEX "00000009 40000009 0000 00 0000");
    tpm_nv_encode_define(&command, &index, auth);
    expect_command(&command, "8002 0000004d 0000012a 40000001 00000009 40000009 0000 00 0000 0020" AUTH
                             "000e" INDEX "000b 02040004 0000 0048");
    tpm_nv_encode_increment(&command, HANDLE, auth);
    expect_command(&command, "8002 0000003f 00000134" INDEX INDEX "00000029 40000009 0000 00 0020" AUTH);
    tpm_nv_encode_read(&command, HANDLE, auth, 8);
    expect_command(&command, "8002 00000043 0000014e" INDEX INDEX "00000029 40000009 0000 00 0020" AUTH "0008 0000");
    tpm_nv_encode_write(&command, HANDLE, auth, "\1\2\3", 3);
    expect_command(&command, "8002 00000046 00000137" INDEX INDEX "00000029 40000009 0000 00 0020" AUTH "0003 010203 0000");
}

/* The longest of them. */
static void a_whole_record_fits(void **state)
{
    static const uint8_t record[TPM_NV_DATA_MAX] = { 1 };
    struct tpm_command command;

    (void)state;
    tpm_nv_encode_write(&command, HANDLE, auth, record, sizeof(record));
    assert_int_equal(command.size, 139);
}

enum answers { DONE, READ, PUBLIC, POLICY, CLOCK, ANSWERS };

static const char *const good[ANSWERS] = {
    [DONE] = "8002 00000013 00000000 00000000 0000 01 0000",
    [READ] = "8002 0000001d 00000000 0000000a 0008 0102030405060708 0000 01 0000",
    [PUBLIC] = "8001 0000003e 00000000 000e" INDEX "000b 22040004 0000 0048 0022 000b" AUTH,
    [POLICY] = "8001 00000040 00000000 0010" INDEX "000b 22040004 0002 ffff 0048 0022 000b" AUTH,
    [CLOCK] = "8001 00000023 00000000 1111111111111111 0000000000abcdef 00000001 00000002 01",
};

static struct tpm_nv_public found;
static uint8_t data[8];
static uint64_t milliseconds;

/* Of an allocation of its size. */
static enum tpm_result parse(enum answers kind, const uint8_t *bytes, size_t size)
{
    uint8_t *answer = malloc(size);
    enum tpm_result result;

    memcpy(answer, bytes, size);
    switch (kind) {
    case DONE:
        result = tpm_nv_parse_done(answer, size);
        break;
    case READ:
        result = tpm_nv_parse_read(answer, size, data, sizeof(data));
        break;
    case CLOCK:
        result = tpm_parse_read_clock(answer, size, &milliseconds);
        break;
    default:
        result = tpm_nv_parse_read_public(answer, size, HANDLE, &found);
        break;
    }
    tpm_response_code(answer, size);
    free(answer);
    return result;
}

static void the_answers(void **state)
{
    uint8_t bytes[TPM_ANSWER_MAX];

    (void)state;
    for (unsigned kind = 0; kind < ANSWERS; kind++) {
        assert_int_equal(parse(kind, bytes, bytes_of(good[kind], bytes)), TPM_DONE);
        if (kind == PUBLIC || kind == POLICY) {
            assert_int_equal(found.plain, kind == PUBLIC);
            assert_int_equal(found.handle, HANDLE);
            assert_int_equal(found.attributes, 0x22040004);
            assert_int_equal(found.size, 72);
        }
    }
    assert_memory_equal(data, "\1\2\3\4\5\6\7\10", 8);
    assert_int_equal(milliseconds, 0xABCDEF);
}

/* One byte less or more, with or without a size that says so; nothing comes of it. */
static void of_another_length(void **state)
{
    uint8_t bytes[TPM_ANSWER_MAX + 8];

    (void)state;
    memset(data, 0xEE, sizeof(data));
    milliseconds = 7;
    for (unsigned kind = 0; kind < ANSWERS; kind++) {
        size_t size = bytes_of(good[kind], bytes);

        bytes[size] = bytes[size + 1] = 0;
        for (size_t cut = 0; cut <= size + 2; cut++) {
            bytes[5] = (uint8_t)size;
            assert_int_equal(parse(kind, bytes, cut), cut == size ? TPM_DONE : TPM_GARBLED);
            bytes[5] = (uint8_t)(cut < 6 ? 0 : cut);
            assert_int_equal(parse(kind, bytes, cut), cut == size ? TPM_DONE : TPM_GARBLED);
        }
    }
}

/* Bytes in which every bit is checked; the others are what is told. */
static bool is_checked(enum answers kind, size_t at)
{
    switch (kind) {
    case DONE:
        return at != 16;
    case READ:
        return (at < 16 || at > 23) && at != 26;
    case PUBLIC:
        return at < 16 || (at >= 22 && at < 24) || (at >= 26 && at < 28);
    case POLICY:
        return at < 16 || (at >= 22 && at < 24) || (at >= 28 && at < 30);
    default:
        return at < 10;
    }
}

static void with_a_bit_changed(void **state)
{
    uint8_t bytes[TPM_ANSWER_MAX];

    (void)state;
    for (unsigned kind = 0; kind < ANSWERS; kind++) {
        size_t size = bytes_of(good[kind], bytes);

        for (size_t bit = 0; bit < 8 * size; bit++) {
            enum tpm_result result;

            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            result = parse(kind, bytes, size);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (is_checked(kind, bit / 8)) {
                assert_int_not_equal(result, TPM_DONE);
            }
        }
    }
}

static enum tpm_result of_code(uint32_t code)
{
    uint8_t bytes[10] = { 0x80, 0x01, 0, 0, 0, 10, (uint8_t)(code >> 24), (uint8_t)(code >> 16), (uint8_t)(code >> 8), (uint8_t)code };

    assert_int_equal(tpm_response_code(bytes, sizeof(bytes)), code);
    return tpm_nv_parse_done(bytes, sizeof(bytes));
}

static void the_codes(void **state)
{
    static const uint32_t repeat[] = { 0x908, 0x90A, 0x920, 0x922, 0x923 };

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(of_code(repeat[i]), TPM_REPEAT);
    }
    assert_int_equal(of_code(0x18B), TPM_NO_INDEX);
    assert_int_equal(of_code(0x28B), TPM_NO_INDEX);
    assert_int_equal(of_code(0x9A2), TPM_DENIED);
    assert_int_equal(of_code(0x98E), TPM_DENIED);
    assert_int_equal(of_code(0x921), TPM_REFUSED); /* TPM_RC_LOCKOUT does not go away by itself */
    assert_int_equal(of_code(0x149), TPM_REFUSED);
    assert_int_equal(of_code(0x1CB), TPM_REFUSED); /* of a parameter */
    assert_int_equal(of_code(0x8000018B), TPM_REFUSED);
    assert_int_equal(of_code(0), TPM_GARBLED); /* success without what has to be there */
}

static void anything(void **state)
{
    uint64_t chance = 0x5EED;
    uint8_t bytes[TPM_ANSWER_MAX];

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        unsigned kind = i % ANSWERS;
        size_t size = bytes_of(good[kind], bytes);

        for (unsigned changes = 0; changes < 1 + i % 4; changes++) {
            chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bytes[chance >> 33 & 63] = (uint8_t)(chance >> 24);
        }
        parse(kind, bytes, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_commands), cmocka_unit_test(a_whole_record_fits), cmocka_unit_test(the_answers),
        cmocka_unit_test(of_another_length), cmocka_unit_test(with_a_bit_changed), cmocka_unit_test(the_codes),
        cmocka_unit_test(anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
