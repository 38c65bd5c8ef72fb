#include <sk/tpm_nv.h>

#include <lib/string.h>

#define SIZE_FIELD  2u
#define CODE_FIELD  6u

/* TPM 2.0 Library, part 2: TPM_ST, TPM_CC, TPM_RH, TPM_RS, TPM_ALG_ID. */
#define NO_SESSIONS   UINT16_C(0x8001)
#define SESSIONS      UINT16_C(0x8002)
#define UNDEFINE      UINT32_C(0x122)
#define DEFINE        UINT32_C(0x12A)
#define INCREMENT     UINT32_C(0x134)
#define WRITE         UINT32_C(0x137)
#define READ          UINT32_C(0x14E)
#define READ_PUBLIC   UINT32_C(0x169)
#define READ_CLOCK    UINT32_C(0x181)
#define OWNER         UINT32_C(0x40000001)
#define PASSWORD      UINT32_C(0x40000009)
#define SHA256        UINT16_C(0x000B)
#define PASSWORD_AREA 9u /* handle, an empty nonce, attributes, and the password's size */
#define PUBLIC_SIZE   14u /* TPMS_NV_PUBLIC without a policy */
#define HASH_MAX      64u

/* Response codes ("Response Code Formats"): of format one without the number of handle, parameter or session; warnings as they are. */
#define FORMAT_ONE     UINT32_C(0x080)
#define NUMBER_MASK    UINT32_C(0x700)
#define IN_SESSION     UINT32_C(0x800)
#define RC_HANDLE      (FORMAT_ONE | 0x0Bu)
#define RC_AUTH_FAIL   (FORMAT_ONE | IN_SESSION | 0x0Eu)
#define RC_BAD_AUTH    (FORMAT_ONE | IN_SESSION | 0x22u)
#define RC_YIELDED     UINT32_C(0x908)
#define RC_TESTING     UINT32_C(0x90A)
#define RC_NV_RATE     UINT32_C(0x920)
#define RC_RETRY       UINT32_C(0x922)
#define RC_NV_UNAVAILABLE UINT32_C(0x923)

static void put(struct tpm_command *command, uint64_t value, unsigned bytes)
{
    while (bytes-- > 0) {
        command->bytes[command->size++] = (uint8_t)(value >> 8 * bytes);
    }
}

static void put_bytes(struct tpm_command *command, const void *from, size_t size)
{
    memcpy(command->bytes + command->size, from, size);
    command->size += size;
}

static void begin(struct tpm_command *command, uint16_t tag, uint32_t code)
{
    command->size = 0;
    put(command, tag, 2);
    put(command, 0, 4);
    put(command, code, 4);
}

static void end(struct tpm_command *command)
{
    size_t size = command->size;

    command->size = SIZE_FIELD;
    put(command, size, 4);
    command->size = size;
}

/* One session, which is a password. */
static void put_password(struct tpm_command *command, const void *password, uint16_t size)
{
    put(command, PASSWORD_AREA + size, 4);
    put(command, PASSWORD, 4);
    put(command, 0, 2);
    put(command, 0, 1);
    put(command, size, 2);
    put_bytes(command, password, size);
}

void tpm_nv_encode_read_public(struct tpm_command *command, uint32_t handle)
{
    begin(command, NO_SESSIONS, READ_PUBLIC);
    put(command, handle, 4);
    end(command);
}

void tpm_encode_read_clock(struct tpm_command *command)
{
    begin(command, NO_SESSIONS, READ_CLOCK);
    end(command);
}

static void begin_for_owner(struct tpm_command *command, uint32_t code)
{
    begin(command, SESSIONS, code);
    put(command, OWNER, 4);
}

void tpm_nv_encode_define(struct tpm_command *command, const struct tpm_nv_public *index, const uint8_t auth[TPM_AUTH_SIZE])
{
    begin_for_owner(command, DEFINE);
    put_password(command, "", 0);
    put(command, TPM_AUTH_SIZE, 2);
    put_bytes(command, auth, TPM_AUTH_SIZE);
    put(command, PUBLIC_SIZE, 2);
    put(command, index->handle, 4);
    put(command, SHA256, 2);
    put(command, index->attributes, 4);
    put(command, 0, 2);
    put(command, index->size, 2);
    end(command);
}

void tpm_nv_encode_undefine(struct tpm_command *command, uint32_t handle)
{
    begin_for_owner(command, UNDEFINE);
    put(command, handle, 4);
    put_password(command, "", 0);
    end(command);
}

/* The index is its own authorization. */
static void begin_for_index(struct tpm_command *command, uint32_t code, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE])
{
    begin(command, SESSIONS, code);
    put(command, handle, 4);
    put(command, handle, 4);
    put_password(command, auth, TPM_AUTH_SIZE);
}

void tpm_nv_encode_read(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE], uint16_t size)
{
    begin_for_index(command, READ, handle, auth);
    put(command, size, 2);
    put(command, 0, 2);
    end(command);
}

void tpm_nv_encode_increment(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE])
{
    begin_for_index(command, INCREMENT, handle, auth);
    end(command);
}

void tpm_nv_encode_write(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE], const void *data, uint16_t size)
{
    begin_for_index(command, WRITE, handle, auth);
    put(command, size, 2);
    put_bytes(command, data, size);
    put(command, 0, 2);
    end(command);
}

/* What is left of an answer. One that has too little left is bad from then on. */
struct reader {
    const uint8_t *at;
    size_t left;
    bool good;
};

static const uint8_t *take_bytes(struct reader *reader, size_t size)
{
    const uint8_t *at = reader->at;

    if (!reader->good || size > reader->left) {
        reader->good = false;
        return NULL;
    }
    reader->at += size;
    reader->left -= size;
    return at;
}

static uint64_t take(struct reader *reader, unsigned bytes)
{
    const uint8_t *at = take_bytes(reader, bytes);
    uint64_t value = 0;

    for (unsigned i = 0; at != NULL && i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static void expect(struct reader *reader, uint64_t value, unsigned bytes)
{
    reader->good = take(reader, bytes) == value && reader->good;
}

static enum tpm_result meaning(uint32_t code)
{
    switch (code & ~NUMBER_MASK) {
    case RC_HANDLE:
        return TPM_NO_INDEX;
    case RC_AUTH_FAIL:
    case RC_BAD_AUTH:
        return TPM_DENIED;
    default:
        break;
    }
    switch (code) {
    case RC_YIELDED:
    case RC_TESTING:
    case RC_NV_RATE:
    case RC_RETRY:
    case RC_NV_UNAVAILABLE:
        return TPM_REPEAT;
    default:
        return TPM_REFUSED;
    }
}

/* The header. TPM_DONE: *reader has what is behind it. An error is a header and no more, without sessions. */
static enum tpm_result open_answer(const uint8_t *answer, size_t size, uint16_t tag, struct reader *reader)
{
    uint16_t got;
    uint32_t code;

    *reader = (struct reader){ answer, size, true };
    got = (uint16_t)take(reader, 2);
    expect(reader, size, 4);
    code = (uint32_t)take(reader, 4);
    if (!reader->good || got != (code == 0 ? tag : NO_SESSIONS) || (code != 0 && reader->left != 0)) {
        return TPM_GARBLED;
    }
    return code == 0 ? TPM_DONE : meaning(code);
}

/* Everything has been there, and there is no more. */
static enum tpm_result close_answer(const struct reader *reader)
{
    return reader->good && reader->left == 0 ? TPM_DONE : TPM_GARBLED;
}

/* Behind the parameters: what a password leaves of a session, an empty nonce, attributes and an empty authorization. */
static enum tpm_result close_session(struct reader *reader)
{
    expect(reader, 0, 2);
    take(reader, 1);
    expect(reader, 0, 2);
    return close_answer(reader);
}

/* TPM2B_NV_PUBLIC: of any index, whoever made it. */
static void take_public(struct reader *reader, struct tpm_nv_public *index)
{
    uint64_t size = take(reader, 2), policy;
    bool sha256;

    index->handle = (uint32_t)take(reader, 4);
    sha256 = take(reader, 2) == SHA256;
    index->attributes = (uint32_t)take(reader, 4);
    policy = take(reader, 2);
    reader->good = reader->good && policy <= HASH_MAX && size == PUBLIC_SIZE + policy;
    take_bytes(reader, policy);
    index->size = (uint16_t)take(reader, 2);
    index->plain = sha256 && policy == 0;
}

enum tpm_result tpm_nv_parse_read_public(const uint8_t *answer, size_t size, uint32_t handle, struct tpm_nv_public *index)
{
    struct tpm_nv_public found;
    struct reader reader;
    enum tpm_result result = open_answer(answer, size, NO_SESSIONS, &reader);

    if (result != TPM_DONE) {
        return result;
    }
    take_public(&reader, &found);
    take_bytes(&reader, take(&reader, 2)); /* its name */
    result = found.handle == handle ? close_answer(&reader) : TPM_GARBLED;
    if (result == TPM_DONE) {
        *index = found;
    }
    return result;
}

enum tpm_result tpm_nv_parse_read(const uint8_t *answer, size_t size, void *data, uint16_t data_size)
{
    struct reader reader;
    const uint8_t *found;
    enum tpm_result result = open_answer(answer, size, SESSIONS, &reader);

    if (result != TPM_DONE) {
        return result;
    }
    expect(&reader, 2u + data_size, 4);
    expect(&reader, data_size, 2);
    found = take_bytes(&reader, data_size);
    result = close_session(&reader);
    if (result == TPM_DONE) {
        memcpy(data, found, data_size);
    }
    return result;
}

enum tpm_result tpm_nv_parse_done(const uint8_t *answer, size_t size)
{
    struct reader reader;
    enum tpm_result result = open_answer(answer, size, SESSIONS, &reader);

    if (result != TPM_DONE) {
        return result;
    }
    expect(&reader, 0, 4);
    return close_session(&reader);
}

/* TPMS_TIME_INFO: time, clock, two counts, and whether the clock is safe. */
enum tpm_result tpm_parse_read_clock(const uint8_t *answer, size_t size, uint64_t *milliseconds)
{
    struct reader reader;
    uint64_t clock;
    enum tpm_result result = open_answer(answer, size, NO_SESSIONS, &reader);

    if (result != TPM_DONE) {
        return result;
    }
    take(&reader, 8);
    clock = take(&reader, 8);
    take_bytes(&reader, 4 + 4 + 1);
    result = close_answer(&reader);
    if (result == TPM_DONE) {
        *milliseconds = clock;
    }
    return result;
}

uint32_t tpm_response_code(const uint8_t *answer, size_t size)
{
    struct reader reader = { answer, size, true };

    take_bytes(&reader, CODE_FIELD);
    return (uint32_t)take(&reader, 4);
}
