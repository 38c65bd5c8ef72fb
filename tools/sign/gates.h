/*
 * Every gate between a file and a trustlet's first instruction, each by the
 * very code that guards it: the container and the header (crypto/sign), the
 * ELF file, its note and its relocations (ium/loader).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "files.h"
#include "keys.h"

#define GATES_MAX 64u

struct gate_failure {
    const char *gate; /* a word for programs: size, block, key, signature, header, kind, floor, note, elf, relocation */
    char text[160];
};

struct gate_failures {
    unsigned count;
    struct gate_failure failures[GATES_MAX];
};

/* Whom to accept: with no owner any key, with floor 0 any version. */
struct gate_rules {
    const struct image_owner *owner;
    uint32_t floor;
};

/* All that fail, in the order they are met. A gate that cannot be tried because of an earlier failure is left out. */
void gates_check(const struct buffer *file, const struct gate_rules *rules, struct gate_failures *failures);
