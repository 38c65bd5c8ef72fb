#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "credential_line.h"

#define LINE_SIZE 3072u
#define TEXT_SIZE (CREDVAULT_MAX_USER + CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_PASSWORD)
#define REQUEST_SIZE (sizeof(struct credvault_store) + TEXT_SIZE)
#define RANDOM_PASSWORD_SIZE 32u

/* Sends the request and wipes it, whatever comes of it. */
static int64_t store(uint8_t *request, size_t size)
{
    int64_t status = lsass_vault(CREDVAULT_STORE, request, size, lsass.blob, sizeof(lsass.blob), &lsass.blob_size);

    secure_zero(request, size);
    if (status != CREDVAULT_SUCCESS) {
        lsass.blob_size = 0;
        print("error: lsass: the vault does not store the credential (status %ld)\n", status);
        return 1;
    }
    print("@openvsm store size=%lu blob=", lsass.blob_size);
    print_hex(lsass.blob, lsass.blob_size);
    print("\n");
    return 0;
}

int64_t lsass_provision(void)
{
    static char line[LINE_SIZE];
    static uint8_t request[REQUEST_SIZE];
    int64_t length;
    size_t size = 0;

    print("@openvsm provision ready\n");
    length = user_read_line(line, sizeof(line));
    if (length >= 0) {
        size = credential_line_decode(line, request, sizeof(request));
    }
    secure_zero(line, sizeof(line));
    if (size == 0) {
        print("error: lsass: the provisioning line is not a credential\n");
        return 1;
    }
    print("@openvsm provision accepted\n");
    return store(request, size);
}

int64_t lsass_enrol_random(void)
{
    static const char user[] = "random";
    static uint8_t request[REQUEST_SIZE];
    struct credvault_store header = { .user_size = sizeof(user) - 1, .password_size = RANDOM_PASSWORD_SIZE };
    uint8_t *password = request + sizeof(header) + sizeof(user) - 1;

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), user, sizeof(user) - 1);
    if (!random_bytes(password, RANDOM_PASSWORD_SIZE)) {
        print("error: lsass: the processor gives no random numbers\n");
        return 1;
    }
    for (unsigned i = 0; i < RANDOM_PASSWORD_SIZE; i++) {
        password[i] = (uint8_t)('a' + (password[i] & 15)); /* text, as the vault wants it */
    }
    return store(request, sizeof(header) + sizeof(user) - 1 + RANDOM_PASSWORD_SIZE);
}

int64_t lsass_load(void)
{
    size_t size = 0;
    uint32_t slot = 0;
    int64_t status = lsass_vault(CREDVAULT_LOAD, lsass.blob, lsass.blob_size, &slot, sizeof(slot), &size);

    if (status != CREDVAULT_SUCCESS || size != sizeof(slot)) {
        print("error: lsass: the vault does not load its own blob (status %ld)\n", status);
        return 1;
    }
    lsass.slot = slot;
    print("@openvsm load slot=%u\n", slot);
    return 0;
}

int64_t lsass_unload(void)
{
    size_t size = 0;
    int64_t status = lsass_vault(CREDVAULT_UNLOAD, &lsass.slot, sizeof(lsass.slot), NULL, 0, &size);

    if (status != CREDVAULT_SUCCESS) {
        print("error: lsass: the vault does not unload the slot (status %ld)\n", status);
        return 1;
    }
    lsass.slot = LSASS_NO_SLOT;
    return 0;
}
