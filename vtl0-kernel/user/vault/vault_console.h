/*
 * The vault's console: one line in, the verb's request to the vault, one line out. For machines the line is
 * "@openvsm vault id=N verb=V status=N name=WORDS origin=O [key=value ...]", bytes in hexadecimal; for people a sentence and what
 * the vault gave. Everything it needs from its surroundings is in struct vault_console, so it runs on a host too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault_client.h"
#include "vault_line.h"

struct vault_console {
    struct vault_client client;
    void (*write)(const char *text, size_t size);
    bool (*random)(void *to, size_t size);                 /* false: there are none */
    uint64_t (*time)(void);                                /* 100 ns since 1601-01-01 UTC */
    bool (*read_blob)(const char *name, uint8_t *bytes, size_t *size); /* what VTL0 keeps for the vault; room for 3904 bytes */
    bool for_people;
    uint32_t id;                                           /* echoed, for machines */
};

/* Runs one line, which is wiped. Every line gets its answer. */
void vault_console_run(struct vault_console *console, char *text);

/* The answer to a line that is not even looked at. */
void vault_console_refuse(struct vault_console *console, enum vault_line_error error);

/*
 * What verbs tell. vault_tell_line_end: true when the line has no error; else its answer was told. vault_tell: the first part of
 * the answer; true when the request succeeded, and what it gave may follow.
 */
bool vault_tell_line_end(struct vault_console *console, struct vault_line *line);
bool vault_tell(struct vault_console *console, const struct vault_line *line, struct vault_result result);
void vault_tell_number(struct vault_console *console, const char *key, uint64_t number);
void vault_tell_word(struct vault_console *console, const char *key, const char *word);
void vault_tell_bytes(struct vault_console *console, const char *key, const void *bytes, size_t size);

/* Text of the vault's: hexadecimal for machines. */
void vault_tell_text(struct vault_console *console, const char *key, const void *text, size_t size);

/* The names of a set, joined by commas; "none". */
void vault_tell_set(struct vault_console *console, const char *key, const struct vault_name *names, uint32_t set);

/* A line of its own before the answer: "@openvsm NAME id=N", then fields, then its end. */
void vault_tell_row(struct vault_console *console, const char *name);
void vault_tell_row_end(struct vault_console *console);

/* A verb: asks for its words, makes its request, tells. */
typedef void vault_verb(struct vault_console *console, struct vault_line *line);

/* vault_verbs.c */
vault_verb vault_verb_info, vault_verb_list, vault_verb_audit, vault_verb_reset, vault_verb_remove, vault_verb_public;
vault_verb vault_verb_policy, vault_verb_unlock, vault_verb_confirm, vault_verb_raw;

/* vault_verbs_new.c */
vault_verb vault_verb_add, vault_verb_generate, vault_verb_import;

/* vault_verbs_use.c */
vault_verb vault_verb_respond, vault_verb_hmac, vault_verb_otp, vault_verb_sign, vault_verb_agree, vault_verb_wrap;

/* vault_verbs_kerberos.c */
vault_verb vault_verb_preauth, vault_verb_as_rep, vault_verb_tgs_rep, vault_verb_authenticator, vault_verb_checksum;
