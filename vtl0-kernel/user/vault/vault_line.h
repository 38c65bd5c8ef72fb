/*
 * One line of the vault's console: a verb, then words key=value. A value is text without blanks, or "hex:" and digits: any bytes.
 * Plain text only; runs on a host too. Lines come from people and from a serial port: whatever they hold, a line is either taken
 * apart completely or refused for one reason.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault_client.h"
#include "vault_words.h"

#define VAULT_LINE_WORDS 24u

enum vault_line_error {
    VAULT_LINE_GOOD,
    VAULT_LINE_EMPTY,          /* no verb */
    VAULT_LINE_UNKNOWN_VERB,
    VAULT_LINE_BAD_CHARACTER,  /* a control character */
    VAULT_LINE_BAD_WORD,       /* no key=value, or a key that is none */
    VAULT_LINE_BAD_HEX,        /* behind "hex:" */
    VAULT_LINE_REPEATED_WORD,
    VAULT_LINE_TOO_MANY_WORDS,
    VAULT_LINE_UNKNOWN_WORD,   /* the verb does not take it */
    VAULT_LINE_MISSING_WORD,   /* the verb needs it */
    VAULT_LINE_BAD_NUMBER,
    VAULT_LINE_BAD_SIZE,       /* fewer or more bytes than may be */
    VAULT_LINE_BAD_VALUE,      /* none of the names that may stand there */
    VAULT_LINE_TOO_LONG,       /* the line's end is not known */
    VAULT_LINE_NO_REQUEST,     /* a tool's line without its head */
};

struct vault_word {
    const char *key;
    size_t key_size;
    struct vault_bytes value;
    bool wanted; /* some function of those below asked for it */
};

struct vault_line {
    const char *verb;
    size_t verb_size;
    struct vault_word words[VAULT_LINE_WORDS];
    size_t count;
    enum vault_line_error error; /* the first one */
    const char *error_key;       /* the word it is about, one that a verb asks for: never text of the line, which may be secret; "" */
};

/*
 * Takes text apart, in place: values point into it, those in hex are decoded there. The owner wipes text afterwards.
 * False: line->error says why.
 */
bool vault_line_parse(char *text, struct vault_line *line);

/*
 * The words of a line, each asked for by its key. What is missing, out of range or no such value becomes the line's error, if it
 * has none yet, and the answer is then zero, empty or the default: ask for all, then call vault_line_end. optional: absent is no error.
 */
bool vault_line_has(struct vault_line *line, const char *key);
struct vault_bytes vault_line_bytes(struct vault_line *line, const char *key, size_t min, size_t max);
struct vault_bytes vault_line_optional_bytes(struct vault_line *line, const char *key, size_t min, size_t max);
uint64_t vault_line_number(struct vault_line *line, const char *key, uint64_t max);
uint64_t vault_line_optional_number(struct vault_line *line, const char *key, uint64_t max, uint64_t absent);
uint32_t vault_line_name(struct vault_line *line, const char *key, const struct vault_name *names);
uint32_t vault_line_optional_name(struct vault_line *line, const char *key, const struct vault_name *names, uint32_t absent);

/* "a,b": the numbers of names, joined by or. Not empty, none twice. */
uint32_t vault_line_set(struct vault_line *line, const char *key, const struct vault_name *names);

/* "N/N", both 1 to UINT32_MAX. */
void vault_line_pair(struct vault_line *line, const char *key, uint32_t *first, uint32_t *second);

/* "yes", or absent. */
bool vault_line_yes(struct vault_line *line, const char *key);

/* The word is there and its value is not a good one: for what the functions above cannot see. */
void vault_line_refuse(struct vault_line *line, const char *key, enum vault_line_error error);

/* All words that are wanted have been asked for: another one is an error. True: the line has none. */
bool vault_line_end(struct vault_line *line);

/* Words with dashes: "unknown-word"; and for people: "this verb does not take the word". */
struct vault_words vault_line_error_words(enum vault_line_error error);

/* Decimal digits and nothing else, up to max. */
bool vault_parse_number(const char *text, size_t size, uint64_t max, uint64_t *number);

/* A tool's line "OVSM-VAULT <id> <words>": the words, inside line. NULL: it is no such line. */
char *vault_request_words(char *line, uint32_t *id);
