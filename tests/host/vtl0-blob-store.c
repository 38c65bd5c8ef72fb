/* VTL0's store of blobs: in memory, then as a cache of a host that is played here, with everything a host may answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vtl0/blob_com1.h>
#include <vtl0/pages.h>

#define BLOBS 192u /* of blob_store.c */

static unsigned pages;

void *page_alloc(void)
{
    pages++;
    return calloc(1, 4096);
}

void page_free(void *page)
{
    pages--;
    free(page);
}

/* The host: one blob of one byte under every name whose first byte is not 0, and what it answers. */
static struct {
    enum normal_status answer;
    unsigned reads, writes, deletes;
} host;

enum normal_status blob_com1_read(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    host.reads++;
    *size = host.answer == NORMAL_STATUS_SUCCESS;
    bytes[0] = key->name[0];
    return host.answer;
}

enum normal_status blob_com1_write(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    (void)key;
    (void)bytes;
    (void)size;
    host.writes++;
    return host.answer;
}

enum normal_status blob_com1_delete(const struct blob_key *key)
{
    (void)key;
    host.deletes++;
    return host.answer;
}

static struct blob_key key(uint8_t identity, unsigned number)
{
    struct blob_key made = { .identity = { identity }, .name = { 'n', (uint8_t)number, (uint8_t)(number >> 8) } };

    return made;
}

static enum normal_status read(unsigned number, uint8_t *first, uint32_t *size)
{
    static uint8_t bytes[BLOB_MAX_SIZE];
    const struct blob_key name = key(1, number);
    enum normal_status status = blob_store_read(&name, bytes, size);

    *first = bytes[0];
    return status;
}

static enum normal_status write(unsigned number, uint8_t byte, uint32_t size)
{
    static uint8_t bytes[BLOB_MAX_SIZE];
    const struct blob_key name = key(1, number);

    memset(bytes, byte, sizeof(bytes));
    return blob_store_write(&name, bytes, size);
}

static enum normal_status delete(unsigned number)
{
    const struct blob_key name = key(1, number);

    return blob_store_delete(&name);
}

static void in_memory(void **state)
{
    const struct blob_key other = key(2, 1);
    uint8_t byte, bytes[BLOB_MAX_SIZE];
    uint32_t size;

    (void)state;
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(write(1, 7, BLOB_MAX_SIZE), NORMAL_STATUS_SUCCESS);
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_true(byte == 7 && size == BLOB_MAX_SIZE);
    assert_int_equal(write(1, 8, 1), NORMAL_STATUS_SUCCESS);
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_true(byte == 8 && size == 1);
    assert_int_equal(blob_store_read(&other, bytes, &size), NORMAL_STATUS_NOT_FOUND); /* same name, another trustlet */
    assert_int_equal(delete(1), NORMAL_STATUS_SUCCESS);
    assert_int_equal(delete(1), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(pages, 0);
    assert_int_equal(host.reads + host.writes + host.deletes, 0);
}

static void full(void **state)
{
    uint8_t byte;
    uint32_t size;

    (void)state;
    for (unsigned i = 0; i < BLOBS; i++) {
        assert_int_equal(write(i, (uint8_t)i, 1), NORMAL_STATUS_SUCCESS);
    }
    assert_int_equal(write(BLOBS, 1, 1), NORMAL_STATUS_NO_SPACE);
    assert_int_equal(write(5, 99, 1), NORMAL_STATUS_SUCCESS); /* one that is there */
    assert_int_equal(read(5, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_int_equal(byte, 99);
    for (unsigned i = 0; i < BLOBS; i++) {
        assert_int_equal(delete(i), NORMAL_STATUS_SUCCESS);
    }
    assert_int_equal(pages, 0);
}

static void names(void **state)
{
    static const uint8_t identity[16] = { 1 }, nobody[16] = { 9 };
    uint8_t name[NORMAL_CALL_NAME_SIZE];

    (void)state;
    write(1, 1, 1);
    write(2, 1, 1);
    assert_true(blob_store_name(identity, 0, name) && name[1] == 1);
    assert_true(blob_store_name(identity, 1, name) && name[1] == 2);
    assert_false(blob_store_name(identity, 2, name));
    assert_false(blob_store_name(nobody, 0, name));
    delete(1);
    delete(2);
}

static void one_lie(void **state)
{
    const struct blob_key name = key(1, 1), other = key(1, 2);
    uint8_t bytes[BLOB_MAX_SIZE];
    uint32_t size;

    (void)state;
    write(1, 7, 4);
    blob_store_lie(&name, (const uint8_t *)"lie", 3);
    assert_int_equal(blob_store_hand_out(&other, bytes, &size), NORMAL_STATUS_NOT_FOUND); /* not for this one */
    assert_int_equal(blob_store_read(&name, bytes, &size), NORMAL_STATUS_SUCCESS);        /* not for VTL0 itself */
    assert_int_equal(size, 4);
    assert_int_equal(blob_store_hand_out(&name, bytes, &size), NORMAL_STATUS_SUCCESS);
    assert_true(size == 3 && memcmp(bytes, "lie", 3) == 0);
    assert_int_equal(blob_store_hand_out(&name, bytes, &size), NORMAL_STATUS_SUCCESS); /* once */
    assert_int_equal(size, 4);
    blob_store_lie(&name, NULL, BLOB_ABSENT);
    assert_int_equal(blob_store_hand_out(&name, bytes, &size), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(size, 0);
    delete(1);
}

static void on_the_host(void **state)
{
    uint8_t byte;
    uint32_t size;

    (void)state;
    blob_store_on_com1();
    host.answer = NORMAL_STATUS_SUCCESS;
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_SUCCESS); /* the cache has it from now on */
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_true(host.reads == 1 && byte == 'n' && size == 1);
    assert_int_equal(write(1, 7, 2), NORMAL_STATUS_SUCCESS);
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_true(host.reads == 1 && host.writes == 1 && byte == 7 && size == 2);
    host.answer = NORMAL_STATUS_REFUSED;
    assert_int_equal(write(1, 8, 2), NORMAL_STATUS_REFUSED); /* what the host has now is not known: it is asked */
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_REFUSED);
    assert_true(host.reads == 2 && size == 0);
    host.answer = NORMAL_STATUS_NOT_FOUND;
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_NOT_FOUND);
    assert_int_equal(host.reads, 4);
    assert_int_equal(pages, 0);
}

static void deleted_on_the_host(void **state)
{
    uint8_t byte;
    uint32_t size;

    (void)state;
    host.answer = NORMAL_STATUS_SUCCESS;
    host.reads = host.deletes = 0;
    write(1, 7, 2);
    host.answer = NORMAL_STATUS_REFUSED;
    assert_int_equal(delete(1), NORMAL_STATUS_REFUSED);
    assert_int_equal(read(1, &byte, &size), NORMAL_STATUS_REFUSED); /* not from the cache: it may be gone */
    host.answer = NORMAL_STATUS_SUCCESS;
    assert_int_equal(delete(1), NORMAL_STATUS_SUCCESS);
    assert_true(host.deletes == 2 && host.reads == 1);
}

static void a_full_cache_makes_room(void **state)
{
    uint8_t byte;
    uint32_t size;

    (void)state;
    for (unsigned i = 0; i < 3 * BLOBS; i++) {
        assert_int_equal(write(i, (uint8_t)i, 1), NORMAL_STATUS_SUCCESS);
    }
    assert_int_equal(pages, BLOBS);
    assert_int_equal(read(3 * BLOBS - 1, &byte, &size), NORMAL_STATUS_SUCCESS);
    assert_int_equal(byte, (uint8_t)(3 * BLOBS - 1));
    for (unsigned i = 0; i < 3 * BLOBS; i++) {
        delete(i);
    }
    assert_int_equal(pages, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(full),
        cmocka_unit_test(names),
        cmocka_unit_test(one_lie),
        cmocka_unit_test(on_the_host),
        cmocka_unit_test(deleted_on_the_host),
        cmocka_unit_test(a_full_cache_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
