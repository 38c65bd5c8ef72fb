/*
 * "LSASS", VTL0's client of the vault. It sees a password only between the provisioning line and the vault's answer; afterwards
 * it has numbers of credentials and what their uses gave.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault/vault_console.h"

#define LSASS_SALT_SIZE (CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_USER)

struct lsass {
    struct vault_console console;
    uint32_t check;              /* the credential whose HMAC must be the same before and after the attacks; 0: none yet */
    uint8_t before[32];
    bool have_before;
    uint32_t password, ed25519, p256, totp; /* the demo's credentials */
    uint8_t salt[LSASS_SALT_SIZE];          /* of the password's Kerberos keys: domain and user */
    size_t salt_size;
};

extern struct lsass lsass;

/* Commands return 0 on success. argument: what follows the command's name, "" if nothing does. */
typedef int64_t lsass_command(char *argument);

lsass_command lsass_vault;      /* a line of the vault's console, for people */
lsass_command lsass_serve;      /* mode=vault: lines of a tool, until its last one */
lsass_command lsass_random;     /* a key made in the vault, for a machine that nobody provisions */
lsass_command lsass_check_before, lsass_check_after;

/* The steps of the demo, in this order. */
lsass_command lsass_demo_info, lsass_demo_provision, lsass_demo_keys, lsass_demo_totp, lsass_demo_list;
lsass_command lsass_demo_ntlmv2, lsass_demo_hmac, lsass_demo_sign, lsass_demo_preauth, lsass_demo_weak, lsass_demo_used_up;
lsass_command lsass_demo_blobs, lsass_demo_audit;

/* The vault's outcome when it is success; else a sentence is printed and it is false. what: "does not sign" or the like. */
bool lsass_succeeded(struct vault_result result, const char *what);

/* "@openvsm refused case=NAME status=N name=WORDS origin=O" when it is what the vault must say; else an error, and false. */
bool lsass_refused(const char *name, struct vault_result result, uint32_t wanted);

/* One of the vault's blobs that VTL0 keeps, by its name. False: there is none. bytes: room for USER_BLOB_SIZE. */
bool lsass_read_blob(const char *name, uint8_t *bytes, size_t *size);
