#include "vtl1-tpm-model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <sk/tpm.h>

#define OWNER      0x40000001u
#define PASSWORD   0x40000009u
#define PLATFORM_CREATE (UINT32_C(1) << 30)
#define RC_HANDLE_1 0x18Bu
#define RC_HANDLE_2 0x28Bu
#define RC_BAD_AUTH 0x9A2u
#define RC_UNINITIALIZED 0x14Au
#define RC_DEFINED  0x14Cu
#define RC_AUTHORIZATION 0x149u
#define RC_RETRY    0x922u

struct model_tpm *model;
uint32_t model_delay, model_cancels;
void (*model_power_goes)(void);

static const uint8_t *in;
static size_t in_left;
static uint8_t parameters[256];
static size_t parameter_size;

static struct {
    const uint8_t *command;
    size_t size;
    uint8_t *response;
    size_t capacity;
    uint32_t polls;
    bool under_way;
} now;

void model_make(void)
{
    model = mmap(NULL, sizeof(*model), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(model, MAP_FAILED);
    model->cut_at = model->refuse_at = UINT32_MAX;
}

struct model_index *model_find(uint32_t handle)
{
    for (unsigned i = 0; i < MODEL_INDICES; i++) {
        if (model->indices[i].defined && model->indices[i].handle == handle) {
            return &model->indices[i];
        }
    }
    return NULL;
}

static const uint8_t *get_bytes(size_t size)
{
    const uint8_t *at = in;

    assert_true(size <= in_left);
    in += size;
    in_left -= size;
    return at;
}

static uint64_t get(unsigned bytes)
{
    const uint8_t *at = get_bytes(bytes);
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static void put(uint64_t value, unsigned bytes)
{
    while (bytes-- > 0) {
        parameters[parameter_size++] = (uint8_t)(value >> 8 * bytes);
    }
}

static void put_bytes(const void *from, size_t size)
{
    memcpy(parameters + parameter_size, from, size);
    parameter_size += size;
}

struct password {
    const uint8_t *bytes;
    uint16_t size;
};

static struct password get_password(void)
{
    uint64_t area = get(4);
    struct password password;

    assert_int_equal(get(4), PASSWORD);
    assert_int_equal(get(2), 0);
    get(1);
    password.size = (uint16_t)get(2);
    password.bytes = get_bytes(password.size);
    assert_int_equal(area, 9u + password.size);
    return password;
}

static bool opens(const struct model_index *index, struct password password)
{
    return index->auth_size == password.size && memcmp(index->auth, password.bytes, password.size) == 0;
}

/* Two handles, an index and itself as its own authorization, and the password. */
static uint32_t get_index(struct model_index **index, uint32_t right)
{
    uint32_t handle = (uint32_t)get(4);

    assert_int_equal(get(4), handle);
    *index = model_find(handle);
    if (*index == NULL) {
        return RC_HANDLE_1;
    }
    if (!opens(*index, get_password())) {
        return RC_BAD_AUTH;
    }
    return ((*index)->attributes & right) != 0 ? 0 : RC_AUTHORIZATION;
}

static uint32_t nv_read_public(void)
{
    const struct model_index *index = model_find((uint32_t)get(4));

    if (index == NULL) {
        return RC_HANDLE_1;
    }
    put(14, 2);
    put(index->handle, 4);
    put(0x0B, 2);
    put(index->attributes, 4);
    put(0, 2);
    put(index->size, 2);
    put(34, 2);
    put(0x0B, 2);
    put_bytes((uint8_t[32]){ 1 }, 32);
    return 0;
}

static uint32_t nv_define(void)
{
    struct model_index made = { .defined = true };
    bool owner = get(4) == OWNER && get_password().size == 0 && !model->owner_has_password;

    made.auth_size = (uint16_t)get(2);
    memcpy(made.auth, get_bytes(made.auth_size), made.auth_size);
    assert_int_equal(get(2), 14);
    made.handle = (uint32_t)get(4);
    assert_int_equal(get(2), 0x0B);
    made.attributes = (uint32_t)get(4);
    assert_int_equal(get(2), 0);
    made.size = (uint16_t)get(2);
    assert_true(made.size <= TPM_NV_DATA_MAX);
    if (!owner || model_find(made.handle) != NULL) {
        return owner ? RC_DEFINED : RC_BAD_AUTH;
    }
    for (unsigned i = 0; i < MODEL_INDICES; i++) {
        if (!model->indices[i].defined) {
            model->indices[i] = made;
            return 0;
        }
    }
    return 0x14B; /* TPM_RC_NV_SPACE */
}

static uint32_t nv_undefine(void)
{
    bool owner = get(4) == OWNER;
    struct model_index *index = model_find((uint32_t)get(4));

    owner = get_password().size == 0 && owner && !model->owner_has_password;
    if (index == NULL || !owner) {
        return owner ? RC_HANDLE_2 : RC_BAD_AUTH;
    }
    if ((index->attributes & PLATFORM_CREATE) != 0) {
        return RC_AUTHORIZATION;
    }
    if (index->count > model->highest_deleted) {
        model->highest_deleted = index->count;
    }
    *index = (struct model_index){ 0 };
    return 0;
}

static uint32_t nv_read(void)
{
    struct model_index *index;
    uint32_t code = get_index(&index, TPM_NV_AUTHREAD);
    size_t size;

    if (code != 0) {
        in_left = 0;
        return code;
    }
    size = get(2);
    assert_int_equal(get(2), 0);
    assert_true(size <= index->size);
    if ((index->attributes & TPM_NV_WRITTEN) == 0) {
        return RC_UNINITIALIZED;
    }
    put(size, 2);
    if ((index->attributes & TPM_NV_COUNTER) != 0) {
        put(index->count, 8);
    } else {
        put_bytes(index->data, size);
    }
    return 0;
}

static uint32_t nv_write(void)
{
    struct model_index *index;
    uint32_t code = get_index(&index, TPM_NV_AUTHWRITE);
    size_t size;

    if (code != 0) {
        in_left = 0;
        return code;
    }
    assert_true((index->attributes & TPM_NV_COUNTER) == 0);
    size = get(2);
    assert_int_equal(size, index->size);
    memcpy(index->data, get_bytes(size), size);
    assert_int_equal(get(2), 0);
    index->attributes |= TPM_NV_WRITTEN;
    return 0;
}

/* "TPM2_NV_Increment": the first one begins above every counter there ever was. */
static uint32_t nv_increment(void)
{
    struct model_index *index;
    uint32_t code = get_index(&index, TPM_NV_AUTHWRITE);

    if (code != 0) {
        return code;
    }
    assert_true((index->attributes & TPM_NV_COUNTER) != 0);
    if ((index->attributes & TPM_NV_WRITTEN) == 0) {
        index->count = model->highest_deleted;
    }
    index->count++;
    index->attributes |= TPM_NV_WRITTEN;
    return 0;
}

static uint32_t execute(uint32_t code)
{
    switch (code) {
    case 0x122:
        return nv_undefine();
    case 0x12A:
        return nv_define();
    case 0x134:
        return nv_increment();
    case 0x137:
        return nv_write();
    case 0x14E:
        return nv_read();
    case 0x169:
        return nv_read_public();
    default:
        fail_msg("command 0x%x", code);
        return 0;
    }
}

static size_t answer(bool sessions, uint32_t code)
{
    uint8_t body[256];
    size_t body_size = parameter_size;

    memcpy(body, parameters, body_size);
    parameter_size = 0;
    put(sessions && code == 0 ? 0x8002 : 0x8001, 2);
    put(code != 0 ? 10 : sessions ? 10 + 4 + body_size + 5 : 10 + body_size, 4);
    put(code, 4);
    if (code == 0 && sessions) {
        put(body_size, 4);
    }
    if (code == 0) {
        put_bytes(body, body_size);
    }
    if (code == 0 && sessions) {
        put_bytes("\0\0\1\0\0", 5);
    }
    assert_true(parameter_size <= now.capacity);
    memcpy(now.response, parameters, parameter_size);
    return parameter_size;
}

/* The command is executed when it is answered; until then a power cut leaves nothing of it. */
static size_t run(void)
{
    uint32_t number = model->commands++, code;
    bool sessions;

    in = now.command;
    in_left = now.size;
    parameter_size = 0;
    sessions = get(2) == 0x8002;
    assert_int_equal(get(4), now.size);
    code = (uint32_t)get(4);
    assert_int_equal(sessions, code != 0x169);
    if (number == model->cut_at && !model->cut_behind) {
        model_power_goes();
    }
    if (model->warn > 0) {
        model->warn--;
        return answer(sessions, RC_RETRY);
    }
    if (number == model->refuse_at) {
        return answer(sessions, model->refuse_with);
    }
    code = execute(code);
    assert_int_equal(in_left, 0);
    if (number == model->cut_at) {
        model_power_goes();
    }
    return answer(sessions, code);
}

bool tpm_is_taken(void)
{
    return model != NULL;
}

uint64_t tpm_clock_at_boot(void)
{
    return 5000;
}

void tpm_start(const uint8_t *command, size_t size, uint8_t *response, size_t capacity)
{
    assert_false(now.under_way);
    now.command = command;
    now.size = size;
    now.response = response;
    now.capacity = capacity;
    now.polls = 0;
    now.under_way = true;
}

enum tpm_progress tpm_poll(size_t *size)
{
    assert_true(now.under_way);
    *size = 0;
    if (model_delay == UINT32_MAX || now.polls++ < model_delay) {
        return TPM_BUSY;
    }
    now.under_way = false;
    *size = run();
    return TPM_ANSWERED;
}

void tpm_cancel(void)
{
    assert_true(now.under_way);
    now.under_way = false;
    model_cancels++;
}
