/*
 * What stays behind in the vault's memory, and what happens when memory runs out. A secret is planted, each command is
 * made, and every writable byte of this program that the vault could have touched is searched for it.
 */
#define _GNU_SOURCE
#include "vault.h"

#include <link.h>

#include <ium/heap.h>
#include <psa/crypto.h>

static uint8_t planted[32]; /* what is searched for, inverted: the needle itself must not be found here */

struct search {
    const uint8_t *found;
};

static __attribute__((no_sanitize("address"))) bool is_here(const uint8_t *at)
{
    for (uint32_t i = 0; i < 16; i++) {
        if ((at[i] ^ planted[i]) != 0xff) {
            return false;
        }
    }
    return true;
}

static __attribute__((no_sanitize("address"))) const uint8_t *search_range(const uint8_t *from, size_t size)
{
    for (size_t i = 0; i + 16 <= size; i++) {
        if (is_here(from + i)) {
            return from + i;
        }
    }
    return NULL;
}

static int search_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;

    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum && search->found == NULL; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0) {
            search->found = search_range((const uint8_t *)(info->dlpi_addr + part->p_vaddr), part->p_memsz);
        }
    }
    return 1; /* this program, not its libraries */
}

static void search_heap(const void *block, size_t size, void *context)
{
    struct search *search = context;

    search->found = search->found != NULL ? search->found : search_range(block, size);
}

static void nothing_stays(const char *what)
{
    struct search search = { NULL };

    memset(reply, 0, sizeof(reply));
    dl_iterate_phdr(search_object, &search);
    trustlet_heap(search_heap, &search);
    if (search.found != NULL) {
        print_error("%s leaves a secret at %p\n", what, (const void *)search.found);
    }
    assert_null(search.found);
}

static void plant(uint8_t secret[32])
{
    assert_int_equal(psa_generate_random(secret, 32), PSA_SUCCESS);
    for (uint32_t i = 0; i < 32; i++) {
        planted[i] = (uint8_t)~secret[i];
    }
}

static void the_search_finds(void **state)
{
    static uint8_t left[64];
    uint8_t secret[32], *kept;
    struct search search = { NULL };

    (void)state;
    plant(secret);
    memcpy(left + 5, secret, 16);
    dl_iterate_phdr(search_object, &search);
    assert_ptr_equal(search.found, left + 5);
    memset(left, 0, sizeof(left));
    search.found = NULL;
    kept = ium_malloc(100);
    memcpy(kept + 7, secret, 16);
    trustlet_heap(search_heap, &search);
    assert_ptr_equal(search.found, kept + 7);
    ium_free(kept);
}

/* The key of an HMAC, of a HOTP, of a key that wraps, and what is wrapped. */
static void no_key_stays(void **state)
{
    uint8_t secret[32];
    uint32_t wrapper, exported;
    struct credvault_wrap wrap;
    struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT },
        .secret = secret,
        .secret_size = sizeof(secret),
    };

    (void)state;
    plant(secret);
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_SUCCESS);
    exported = 1;
    nothing_stays("ADD");
    assert_int_equal(use_hmac(exported), CREDVAULT_SUCCESS);
    nothing_stays("HMAC");
    vtl0.refuse_writes = 1;
    assert_int_equal(use_hmac(exported), CREDVAULT_STORAGE_FAILED);
    nothing_stays("HMAC that fails");
    assert_true(uses_of(exported) == 1);
    nothing_stays("LIST");
    wrapper = add_wrapper(CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP, test_key);
    wrap = (struct credvault_wrap){ .credential = wrapper, .target = exported };
    assert_int_equal(vault_agreed(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_SUCCESS);
    nothing_stays("WRAP");
}

static void no_imported_key_stays(void **state)
{
    uint8_t secret[32], wrapped[40];
    struct credvault_wrap wrap;
    struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_EXPORT },
        .secret = secret,
        .secret_size = sizeof(secret),
    };
    uint32_t wrapper;

    (void)state;
    plant(secret);
    wrapper = add_wrapper(CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP, test_key);
    assert_int_equal(new_call(CREDVAULT_ADD, &parts), CREDVAULT_SUCCESS);
    wrap = (struct credvault_wrap){ .credential = wrapper, .target = 2 };
    assert_int_equal(vault_agreed(CREDVAULT_WRAP, &wrap, sizeof(wrap)), CREDVAULT_SUCCESS);
    memcpy(wrapped, reply, sizeof(wrapped));
    parts.header.wrapped_by = wrapper;
    parts.secret = wrapped;
    parts.secret_size = sizeof(wrapped);
    assert_int_equal(new_call(CREDVAULT_IMPORT, &parts), CREDVAULT_SUCCESS);
    nothing_stays("IMPORT");
    vtl0.refuse_writes = 1;
    assert_int_equal(new_call(CREDVAULT_IMPORT, &parts), CREDVAULT_STORAGE_FAILED);
    nothing_stays("IMPORT that fails");
}

static void no_pin_stays(void **state)
{
    const struct credvault_policy guarded = { .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3 };
    char pin[33] = { 0 };
    uint8_t bytes[32];
    uint32_t credential;

    (void)state;
    assert_int_equal(psa_generate_random(bytes, sizeof(bytes)), PSA_SUCCESS);
    for (uint32_t i = 0; i < 32; i++) {
        pin[i] = (char)('a' + bytes[i] % 26);
        planted[i] = (uint8_t)~pin[i];
    }
    credential = add_hmac(&guarded, pin);
    nothing_stays("ADD with a PIN");
    assert_int_equal(unlock(credential, pin), CREDVAULT_SUCCESS);
    nothing_stays("UNLOCK");
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    nothing_stays("a use with a PIN");
}

/* PSA's heap used up: an error, no loss; with memory again it goes on. */
static void memory_that_runs_out(void **state)
{
    psa_key_id_t keys[400];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint32_t count = 0, credential = add_hmac(NULL, NULL);
    static const uint8_t bytes[4096];
    size_t sizes[] = { 4096, 1024, 256, 64 };

    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RAW_DATA);
    for (uint32_t i = 0; i < 4; i++) {
        while (count < 400 && psa_import_key(&attributes, bytes, sizes[i], &keys[count]) == PSA_SUCCESS) {
            count++;
        }
    }
    assert_true(count > 0);
    for (uint32_t i = 0; i < 3; i++) {
        enum credvault_status status = use_hmac(credential);

        assert_true(status == CREDVAULT_INTERNAL || status == CREDVAULT_BLOB_REFUSED);
    }
    for (uint32_t i = 0; i < count; i++) {
        psa_destroy_key(keys[i]);
    }
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
    vault_reboot();
    assert_open();
    assert_int_equal(use_hmac(credential), CREDVAULT_SUCCESS);
}

#define VAULT_TEST(function) cmocka_unit_test_setup_teardown(function, vault_setup, vault_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(the_search_finds),
        VAULT_TEST(no_key_stays),
        VAULT_TEST(no_imported_key_stays),
        VAULT_TEST(no_pin_stays),
        VAULT_TEST(memory_that_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
