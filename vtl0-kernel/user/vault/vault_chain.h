/*
 * The audit log's chain (docs/vault.md): each entry holds the hash of all before it, and the vault signs the last. Whoever reads
 * the entries in order sees here whether one is missing or is not as the vault wrote it. Runs on a host too.
 */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

enum vault_chain_fault {
    VAULT_CHAIN_GOOD,
    VAULT_CHAIN_MISSING,   /* an entry is not there, or not in its place */
    VAULT_CHAIN_CHANGED,   /* an entry is not the one that the chain was made of */
    VAULT_CHAIN_SIGNATURE, /* the head is not signed for this challenge by this vault */
};

struct vault_chain {
    uint64_t next;          /* the number of the entry that has to come */
    uint8_t head[32];
    enum vault_chain_fault fault; /* the first one; nothing is looked at behind it */
    uint64_t fault_at;      /* the entry's number */
};

void vault_chain_begin(struct vault_chain *chain);
void vault_chain_add(struct vault_chain *chain, const struct credvault_audit_entry *entry);

/* A page of them is not there, or is no page. */
void vault_chain_missing(struct vault_chain *chain);

/* All entries were added: is this their end, signed by public_key for challenge? */
enum vault_chain_fault vault_chain_end(struct vault_chain *chain, const struct credvault_audit *audit, const uint8_t challenge[32],
                                       const uint8_t public_key[32]);

/* "good", "missing-entry", "changed-entry", "wrong-signature". */
const char *vault_chain_name(enum vault_chain_fault fault);
