/* The words of the vault's console: every status and reason, and the names of types, operations and the like. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault_client.h"

struct vault_words {
    const char *name; /* words with dashes, for machines; NULL: nobody gives that number */
    const char *text; /* the rest of a sentence, for people */
};

/* "the vault refuses", "the secure kernel refuses", "VTL0 refuses". */
const char *vault_origin_text(enum vault_origin origin);
const char *vault_origin_name(enum vault_origin origin);

/* For a number that is in no list: "unknown-status". */
struct vault_words vault_status_words(struct vault_result result);

/* enum credvault_reason. */
struct vault_words vault_reason_words(uint32_t reason);

/* The names of a set: a number and a name each, ended by a NULL name. */
struct vault_name {
    const char *name;
    uint32_t number;
};

extern const struct vault_name vault_types[], vault_operations[], vault_hashes[], vault_wrappings[], vault_algorithms[], vault_commands[];
extern const struct vault_name vault_flags[], vault_states[];

/* The name of that number. NULL: none. */
const char *vault_name_of(const struct vault_name *names, uint32_t number);

/* The number of the name text[0..size). False: none. */
bool vault_number_of(const struct vault_name *names, const char *text, size_t size, uint32_t *number);
