/*
 * openvsm.conf: lines "key = value". The parser is pure: it sees bytes, not
 * files, so that it runs as a host test and under a fuzzer. What the keys are
 * is the table in config_keys.c. docs/configuration.md is its manual.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_PATH_ON_ESP "\\EFI\\openvsm\\openvsm.conf"
#define CONFIG_FILE_LIMIT  16384u
#define CONFIG_TEXT_SIZE   512u /* of a value, with its terminator */
#define CONFIG_ERROR_SIZE  128u

#define CONFIG_NONE     "none"     /* vtl1.securekernel: no VTL1 in this boot, whoever asks */
#define CONFIG_BY_VTL0  "by-vtl0"  /* vtl1.securekernel: none of ours; VTL0's program may bring up a VTL1 of its own */
#define CONFIG_FIRMWARE "firmware" /* vtl0.program: the firmware's next boot option */

struct config {
    char vtl0_program[CONFIG_TEXT_SIZE];
    char vtl0_options[CONFIG_TEXT_SIZE];
    char vtl1_securekernel[CONFIG_TEXT_SIZE];
    char vtl1_trustlet[CONFIG_TEXT_SIZE]; /* empty: no trustlet */
    uint32_t vtl1_memory;                 /* MiB */
    uint32_t log_level;                   /* enum log_level */
    uint32_t mutant;                      /* 0 wherever the key table has no such key */
};

enum config_kind {
    CONFIG_PATH,   /* "\..." on the volume, or one of .words, stored as text */
    CONFIG_TEXT,   /* anything */
    CONFIG_NUMBER, /* decimal, .min to .max */
    CONFIG_WORD,   /* one of .words; stored as its index */
};

struct config_key {
    const char *name;
    enum config_kind kind;
    bool required;
    size_t offset; /* in struct config: char[CONFIG_TEXT_SIZE] or uint32_t by kind */
    uint32_t min;
    uint32_t max;
    const char *const *words; /* NULL terminated */
};

extern const char *const config_log_levels[]; /* index = enum log_level */
extern const char *const config_programs[], *const config_securekernels[]; /* words instead of a path */
extern const struct config_key config_keys[];
extern const size_t config_key_count; /* at most 32 */

struct config_error {
    uint32_t line; /* 1..; 0: the file as a whole */
    char text[CONFIG_ERROR_SIZE];
};

/* Whether the loader starts the secure kernel; config holds one of the two words otherwise. */
bool config_has_securekernel(const struct config *config);
/* Whether there may be a VTL1 in this boot: the secure kernel's, or one of VTL0's program. */
bool config_offers_vsm(const struct config *config);

/* Parses size bytes. False: error says what and where, config is not to be used. */
bool config_parse(const char *text, size_t size, struct config *config, struct config_error *error);
