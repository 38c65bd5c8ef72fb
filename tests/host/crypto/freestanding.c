/*
 * The trustlets' library as it is built for them, run on the build machine:
 * no C library, no vector registers, its own heap, the processor's own random
 * bytes. Prints what failed; ends with status 0 when nothing did.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <crypto/entropy.h>
#include <crypto/ntlm.h>
#include <crypto/psa.h>
#include <crypto/sealed_blob.h>
#include <crypto/vault_hmac.h>
#include <lib/string.h>

#define SYS_WRITE 1
#define SYS_EXIT  60
#define NO_RANDOMNESS 77 /* ctest: skipped */

#define TEXT(literal) (const uint8_t *)(literal), sizeof(literal) - 1

void start(void) __attribute__((noreturn));
_Noreturn void __stack_chk_fail(void);

/* What iumbase gives a trustlet: the library is built with its stack protector. */
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = (uintptr_t)0x5A17C3E9D2B48600;

static uint8_t heap[CRYPTO_HEAP_MINIMUM] __attribute__((aligned(16)));
static int failures;

static long system_call(long number, long a, const void *b, size_t c)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

void __stack_chk_fail(void)
{
    system_call(SYS_EXIT, 3, NULL, 0);
    __builtin_unreachable();
}

static void expect(bool good, const char *what)
{
    if (!good) {
        system_call(SYS_WRITE, 2, what, strlen(what));
        system_call(SYS_WRITE, 2, "\n", 1);
        failures++;
    }
}

/* MS-NLMP, "NTLMv2 Authentication" of "Cryptographic Values for Validation". */
static void check_ntlm(void)
{
    static const uint8_t expected[] = { 0x0c, 0x86, 0x8a, 0x40, 0x3b, 0xfd, 0x7a, 0x93,
                                        0xa3, 0x00, 0x1e, 0xf2, 0x2e, 0xf0, 0x2e, 0x3f };
    uint8_t nt_hash[NTLM_HASH_SIZE];
    uint8_t key[NTLM_HASH_SIZE];

    expect(ntlm_nt_hash(TEXT("Password"), nt_hash) == CRYPTO_OK, "NT hash");
    expect(ntlm_ntowfv2(nt_hash, TEXT("User"), TEXT("Domain"), key) == CRYPTO_OK, "NTOWFv2");
    expect(memcmp(key, expected, sizeof(key)) == 0, "NTOWFv2 differs");
}

/* docs/vault.md's example. */
static void check_hmac(void)
{
    static const uint8_t expected[] = { 0x21, 0x1a, 0x56, 0xa3, 0xc5, 0x05, 0x39, 0xe5 };
    uint8_t key[VAULT_HMAC_SIZE];
    uint8_t tag[VAULT_HMAC_SIZE];

    expect(vault_hmac_key(TEXT("correct horse"), TEXT("alice"), TEXT("EXAMPLE"), key) == CRYPTO_OK, "HMAC key");
    expect(vault_hmac_tag(key, TEXT("message"), tag) == CRYPTO_OK, "HMAC tag");
    expect(memcmp(tag, expected, sizeof(expected)) == 0, "HMAC tag differs");
}

static void check_blob(void)
{
    static const struct sealed_blob_binding binding = { .purpose = 1, .security_version = 1 };
    static const uint8_t key_bytes[SEALED_BLOB_KEY_SIZE] = { 1 };
    uint8_t blob[SEALED_BLOB_MAX];
    uint8_t secret[SEALED_BLOB_MAX_SECRET];
    size_t blob_size = 0, size = 0;
    psa_key_id_t key;

    expect(sealed_blob_key_import(key_bytes, &key) == CRYPTO_OK, "blob key");
    expect(sealed_blob_seal(key, &binding, "secret", 6, blob, &blob_size) == CRYPTO_OK, "seal");
    expect(sealed_blob_open(key, &binding, blob, blob_size, secret, &size) == CRYPTO_OK, "open");
    expect(size == 6 && memcmp(secret, "secret", 6) == 0, "opened secret differs");
    blob[sizeof(struct sealed_blob_header)] ^= 1;
    expect(sealed_blob_open(key, &binding, blob, blob_size, secret, &size) == CRYPTO_REFUSED, "changed blob opened");
    psa_destroy_key(key);
}

void start(void)
{
    if (entropy_processor_source() == NULL) {
        system_call(SYS_EXIT, NO_RANDOMNESS, NULL, 0);
    }
    expect(crypto_start(heap, sizeof(heap)), "crypto_start");
    check_ntlm();
    check_hmac();
    check_blob();
    crypto_stop();
    for (size_t i = 0; i < sizeof(heap); i++) {
        if (heap[i] != 0) {
            expect(false, "heap not wiped");
            break;
        }
    }
    system_call(SYS_EXIT, failures == 0 ? 0 : 1, NULL, 0);
    __builtin_unreachable();
}
