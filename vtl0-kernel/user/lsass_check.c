/* A credential that answers before the attacks, and must answer the same afterwards. */
#include "lsass.h"

#include <lib/string.h>

#include "calls.h"

#define MESSAGE_SIZE 32u

int64_t lsass_random(char *argument)
{
    static const char label[] = "attacked";
    const struct vault_new new_one = {
        .type = CREDVAULT_SYMMETRIC,
        .label = { (const uint8_t *)label, sizeof(label) - 1 },
        .policy = { .operations = CREDVAULT_ALLOW_HMAC },
        .symmetric = { .size = 32 },
    };
    struct vault_added added;

    (void)argument;
    if (!lsass_succeeded(vault_generate(&lsass.console.client, &new_one, &added), "makes no key")) {
        return 1;
    }
    lsass.check = added.credential;
    return 0;
}

/* The message is the same each time. */
static bool check(uint8_t tag[32])
{
    uint8_t message[MESSAGE_SIZE];

    for (unsigned i = 0; i < MESSAGE_SIZE; i++) {
        message[i] = (uint8_t)i;
    }
    return lsass_succeeded(vault_hmac(&lsass.console.client, lsass.check, (struct vault_bytes){ message, sizeof(message) }, tag),
                           "does not answer the HMAC challenge");
}

int64_t lsass_check_before(char *argument)
{
    (void)argument;
    lsass.have_before = check(lsass.before);
    return lsass.have_before ? 0 : 1;
}

int64_t lsass_check_after(char *argument)
{
    uint8_t tag[32];

    (void)argument;
    if (!lsass.have_before || !check(tag) || memcmp(tag, lsass.before, sizeof(tag)) != 0) {
        print("error: lsass: the vault does not answer as it did before the attacks\n");
        return 1;
    }
    return 0;
}
