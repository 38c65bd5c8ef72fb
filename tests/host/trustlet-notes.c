/* The notebook: notes, and the blob that carries them through VTL0's hands. */
#define _GNU_SOURCE
#include "trustlet.h"

#include <string.h>

#include "notes.h"

static uint8_t out[TRUSTLET_MAX_REPLY], old_blob[NOTES_BLOB_SIZE], blob[NOTES_BLOB_SIZE];
static uint64_t session;

static int open_one(void **state)
{
    int result = begin(state);

    session = trustlet_open();
    return result;
}

static uint32_t put(const char *key, const char *value)
{
    uint8_t request[sizeof(struct notes_put) + 512];
    const struct notes_put header = { (uint16_t)strlen(key), (uint16_t)strlen(value) };

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), key, header.key_size);
    memcpy(request + sizeof(header) + header.key_size, value, header.value_size);
    return status_of(trustlet_call(session, NOTES_PUT, request, sizeof(header) + header.key_size + header.value_size, out, 0));
}

static void expect(const char *key, const char *value)
{
    struct trustlet_answer answer = trustlet_call(session, NOTES_GET, key, (uint32_t)strlen(key), out, sizeof(out));

    assert_int_equal(status_of(answer), TRUSTLET_SUCCESS);
    assert_int_equal(answer.size, strlen(value));
    assert_memory_equal(out, value, strlen(value));
}

static uint32_t get(const char *key)
{
    return status_of(trustlet_call(session, NOTES_GET, key, (uint32_t)strlen(key), out, sizeof(out)));
}

static uint32_t remove_note(const char *key)
{
    return status_of(trustlet_call(session, NOTES_REMOVE, key, (uint32_t)strlen(key), out, sizeof(out)));
}

static void save(uint8_t *to)
{
    struct trustlet_answer answer = trustlet_call(session, NOTES_SAVE, NULL, 0, to, NOTES_BLOB_SIZE);

    assert_int_equal(status_of(answer), TRUSTLET_SUCCESS);
    assert_int_equal(answer.size, NOTES_BLOB_SIZE);
}

static uint32_t restore(const uint8_t *from, uint32_t size)
{
    struct trustlet_answer answer = trustlet_call(session, NOTES_RESTORE, from, size, out, sizeof(out));

    assert_int_equal(answer.size, 0);
    return status_of(answer);
}

static void notes_are_kept(void **state)
{
    (void)state;
    assert_int_equal(put("a", "first"), TRUSTLET_SUCCESS);
    assert_int_equal(put("b", ""), TRUSTLET_SUCCESS);
    expect("a", "first");
    expect("b", "");
    assert_int_equal(put("a", "second, longer"), TRUSTLET_SUCCESS);
    expect("a", "second, longer");
    assert_int_equal(remove_note("a"), TRUSTLET_SUCCESS);
    assert_int_equal(get("a"), NOTES_NO_SUCH_KEY);
    assert_int_equal(remove_note("a"), NOTES_NO_SUCH_KEY);
    expect("b", "");
    session = trustlet_open();
    expect("b", "");
}

static void limits(void **state)
{
    static char text[NOTES_MAX_VALUE + 2];
    char key[NOTES_MAX_KEY + 2] = { 0 };

    (void)state;
    memset(text, 'v', NOTES_MAX_VALUE);
    memset(key, 'k', NOTES_MAX_KEY);
    assert_int_equal(put(key, text), TRUSTLET_SUCCESS);
    expect(key, text);
    text[NOTES_MAX_VALUE] = 'v';
    assert_int_equal(put("k", text), NOTES_BAD_REQUEST);
    key[NOTES_MAX_KEY] = 'k';
    assert_int_equal(put(key, "v"), NOTES_BAD_REQUEST);
    assert_int_equal(get(key), TRUSTLET_BAD_SIZE);
    assert_int_equal(put("", "v"), NOTES_BAD_REQUEST);
    assert_int_equal(get(""), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, NOTES_PUT, "\x01\0\x02\0kv", 6, out, 0)), NOTES_BAD_REQUEST);
    assert_int_equal(status_of(trustlet_call(session, NOTES_PUT, "\x01\0\0\0kv", 6, out, 0)), NOTES_BAD_REQUEST);
    assert_int_equal(status_of(trustlet_call(session, NOTES_SAVE, NULL, 0, out, NOTES_BLOB_SIZE - 1)), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, 6, NULL, 0, out, sizeof(out))), TRUSTLET_UNKNOWN_COMMAND);
}

static void full(void **state)
{
    char key[2] = { 0 };

    (void)state;
    for (unsigned i = 0; i < NOTES_MAX_NOTES; i++) {
        key[0] = (char)('A' + i);
        assert_int_equal(put(key, "v"), TRUSTLET_SUCCESS);
    }
    assert_int_equal(put("z", "v"), NOTES_FULL);
    assert_int_equal(put("A", "again"), TRUSTLET_SUCCESS);
    assert_int_equal(remove_note("B"), TRUSTLET_SUCCESS);
    assert_int_equal(put("z", "v"), TRUSTLET_SUCCESS);
}

static void the_blob_comes_back(void **state)
{
    (void)state;
    put("where", "under the doormat");
    save(blob);
    assert_null(memmem(blob, sizeof(blob), "doormat", 7));
    remove_note("where");
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
    expect("where", "under the doormat");
    /* The process ends and another begins: nothing is there until the client brings it. */
    trustlet_stop();
    assert_int_equal(open_one(state), 0);
    assert_int_equal(get("where"), NOTES_NO_SUCH_KEY);
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
    expect("where", "under the doormat");
}

static void an_old_blob_is_refused(void **state)
{
    (void)state;
    put("pin", "1111");
    save(old_blob);
    put("pin", "2222");
    save(blob);
    assert_int_equal(restore(old_blob, sizeof(old_blob)), NOTES_BLOB_REFUSED);
    expect("pin", "2222");
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
    assert_int_equal(restore(old_blob, sizeof(old_blob)), NOTES_BLOB_REFUSED);
}

/* Each byte of it, and each other length. A refused blob changes nothing. */
static void a_changed_blob_is_refused(void **state)
{
    (void)state;
    put("k", "v");
    save(blob);
    put("k", "w");
    for (uint32_t at = 0; at < sizeof(blob); at += at < 64 || at > sizeof(blob) - 32 ? 1 : 97) {
        blob[at] ^= 0x20;
        assert_int_equal(restore(blob, sizeof(blob)), NOTES_BLOB_REFUSED);
        blob[at] ^= 0x20;
    }
    memset(out, 0, sizeof(out));
    assert_int_equal(restore(blob, sizeof(blob) - 1), NOTES_BLOB_REFUSED);
    assert_int_equal(restore(blob, 47), NOTES_BLOB_REFUSED);
    assert_int_equal(restore(blob, 0), NOTES_BLOB_REFUSED);
    expect("k", "w");
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
    expect("k", "v");
}

/* Another trustlet's, and the same one's of another security version. */
static void a_foreign_blob_is_refused(void **state)
{
    static const uint8_t other[16] = { 1 }, mine[16] = NOTES_IDENTITY;

    (void)state;
    assert_memory_equal(trustlet_manifest()->identity, mine, sizeof(mine));
    put("k", "v");
    trustlet_pretend(other, 1);
    save(blob);
    trustlet_pretend(mine, 2);
    assert_int_equal(restore(blob, sizeof(blob)), NOTES_BLOB_REFUSED);
    save(blob);
    trustlet_pretend(NULL, 0);
    assert_int_equal(restore(blob, sizeof(blob)), NOTES_BLOB_REFUSED);
    save(blob);
    assert_int_equal(restore(blob, sizeof(blob)), TRUSTLET_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(notes_are_kept, open_one, end),
        cmocka_unit_test_setup_teardown(limits, open_one, end),
        cmocka_unit_test_setup_teardown(full, open_one, end),
        cmocka_unit_test_setup_teardown(the_blob_comes_back, open_one, end),
        cmocka_unit_test_setup_teardown(an_old_blob_is_refused, open_one, end),
        cmocka_unit_test_setup_teardown(a_changed_blob_is_refused, open_one, end),
        cmocka_unit_test_setup_teardown(a_foreign_blob_is_refused, open_one, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
