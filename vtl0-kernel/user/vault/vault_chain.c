#include "vault_chain.h"

#include <stddef.h>

#include <crypto/ed25519.h>
#include <crypto_hash_sha256.h>
#include <lib/string.h>

#define HASHED offsetof(struct credvault_audit_entry, chain)

static const char mark[] = "OpenVSM credvault audit v1"; /* its terminator is signed too */

void vault_chain_begin(struct vault_chain *chain)
{
    *chain = (struct vault_chain){ .next = 1 };
}

static void fail(struct vault_chain *chain, enum vault_chain_fault fault)
{
    chain->fault = fault;
    chain->fault_at = chain->next;
}

void vault_chain_missing(struct vault_chain *chain)
{
    if (chain->fault == VAULT_CHAIN_GOOD) {
        fail(chain, VAULT_CHAIN_MISSING);
    }
}

void vault_chain_add(struct vault_chain *chain, const struct credvault_audit_entry *entry)
{
    uint8_t hashed[sizeof(chain->head) + HASHED];

    if (chain->fault != VAULT_CHAIN_GOOD) {
        return;
    }
    if (entry->sequence != chain->next) {
        fail(chain, VAULT_CHAIN_MISSING);
        return;
    }
    memcpy(hashed, chain->head, sizeof(chain->head));
    memcpy(hashed + sizeof(chain->head), entry, HASHED);
    crypto_hash_sha256(chain->head, hashed, sizeof(hashed));
    if (memcmp(chain->head, entry->chain, sizeof(chain->head)) != 0) {
        fail(chain, VAULT_CHAIN_CHANGED);
        return;
    }
    chain->next++;
}

enum vault_chain_fault vault_chain_end(struct vault_chain *chain, const struct credvault_audit *audit, const uint8_t challenge[32],
                                       const uint8_t public_key[32])
{
    uint8_t text[sizeof(mark) + 32 + sizeof(audit->next) + sizeof(audit->head)];

    if (chain->fault != VAULT_CHAIN_GOOD) {
        return chain->fault;
    }
    memcpy(text, mark, sizeof(mark));
    memcpy(text + sizeof(mark), challenge, 32);
    memcpy(text + sizeof(mark) + 32, &audit->next, sizeof(audit->next));
    memcpy(text + sizeof(mark) + 32 + sizeof(audit->next), audit->head, sizeof(audit->head));
    if (!ed25519_verify(public_key, text, sizeof(text), audit->signature)) {
        fail(chain, VAULT_CHAIN_SIGNATURE);
    } else if (audit->next != chain->next) {
        fail(chain, VAULT_CHAIN_MISSING);
    } else if (memcmp(audit->head, chain->head, sizeof(chain->head)) != 0) {
        fail(chain, VAULT_CHAIN_CHANGED);
    }
    return chain->fault;
}

const char *vault_chain_name(enum vault_chain_fault fault)
{
    static const char *const names[] = { "good", "missing-entry", "changed-entry", "wrong-signature" };

    return names[fault];
}
