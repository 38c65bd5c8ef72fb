/* Reads the whole audit log: full pages from what VTL0 keeps, the rest and the signature from the vault. Runs on a host too. */
#pragma once

#include "vault_chain.h"
#include "vault_client.h"

struct vault_log {
    struct credvault_audit audit;
    struct vault_chain chain;
    uint8_t public_key[32];
    uint64_t entries; /* that were read */
};

struct vault_log_reader {
    bool (*read_blob)(const char *name, uint8_t *bytes, size_t *size); /* room for 3904 bytes */
    void (*entry)(void *context, const struct credvault_audit_entry *entry); /* each, in order, before it is judged */
    void *context;
};

/* log->chain.fault says what of it is wrong, when the requests succeed. */
struct vault_result vault_log_read(struct vault_client *client, const struct vault_log_reader *reader, const uint8_t challenge[32],
                                   struct vault_log *log);
