/*
 * "LSASS", the demo's client of the vault. It holds a credential only between
 * the provisioning line and the vault's answer; afterwards it has nothing but
 * a sealed blob and a slot number.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>

#define LSASS_BLOB_SIZE 2048u
#define LSASS_NO_SLOT   0xFFFFFFFFu

struct lsass {
    uint8_t blob[LSASS_BLOB_SIZE];
    size_t blob_size;
    uint32_t slot;
    uint8_t before[32]; /* tag of the fixed check message before the attacks */
    bool have_before;
};

extern struct lsass lsass;

/* Every command returns 0 on success. */
typedef int64_t lsass_command(void);

lsass_command lsass_provision;     /* a credential from the console's line -> blob */
lsass_command lsass_enrol_random;  /* a credential of random bytes, for a machine that nobody provisions */
lsass_command lsass_load, lsass_unload;
lsass_command lsass_ntlm, lsass_hmac;
lsass_command lsass_tamper;        /* damaged copies of the blob: each must be refused */
/* A blob of another boot, from the console's line "OVSM-BLOB <hex>": must be refused */
lsass_command lsass_foreign;
lsass_command lsass_check_before, lsass_check_after;

/*
 * The command's outcome: the vault's status (enum credvault_status), or -1 when the call itself failed, which is
 * printed.
 */
int64_t lsass_vault(enum credvault_command command, const void *input, size_t input_size, void *output, size_t capacity,
                    size_t *output_size);
