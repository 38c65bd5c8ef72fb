/* What the trustlet.c of a folder of tests/attacks/ is written with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assailant.h"

typedef void assailant_function(uint64_t number, struct assailant_report *report);

struct assailant_attack {
    const char *name; /* shorter than ASSAILANT_NAME_SIZE; no other folder has it */
    assailant_function *run;
};

struct assailant_attacks {
    const struct assailant_attack *rows;
    size_t count;
};

/* What ends a trustlet.c: its folder's name, with '_' for '-', and the rows. */
#define TRUSTLET_ATTACKS(folder, ...) \
    static const struct assailant_attack folder##_rows[] = { __VA_ARGS__ }; \
    const struct assailant_attacks assailant_##folder = { folder##_rows, sizeof(folder##_rows) / sizeof(folder##_rows[0]) }

/* All folders' (a table that the build makes). */
extern const struct assailant_attacks *const assailant_folders[];
extern const size_t assailant_folder_count;

void assailant_say(struct assailant_report *report, enum assailant_verdict verdict, uint64_t number, const char *text);

/* A system call with any number and arguments; the registers that SYSCALL itself takes are lost. */
static inline int64_t assailant_syscall(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2)
{
    int64_t result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a0), "S"(a1), "d"(a2) : "rcx", "r11", "memory");
    return result;
}

/* The whole heap: no attack leaves anything in it that another one needs. */
uint8_t *assailant_heap(size_t *size);

/* iumbase/trustlet.lds: where code, constants and data begin, and data ends. */
extern const char trustlet_text[], trustlet_rodata[];
extern char trustlet_data[], trustlet_end[];
