/*
 * The load options: words "key=value" separated by spaces. A word without
 * "=" in front of the others is the program's own name, as shells pass it.
 * Plain text only; runs on a host too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kernel_mode {
    MODE_DEMO, MODE_ATTACK, MODE_CALL, MODE_CONSOLE, MODE_DELAY, MODE_FUZZ, MODE_FUZZ_SYSCALLS, MODE_IMAGES,
    MODE_NORMAL_CALLS, MODE_SECURE_PROCESSES, MODE_TEST, MODE_THREADS, MODE_TPM, MODE_TRUSTLETS, MODE_VAULT,
    MODE_VAULT_SCAN, MODE_VECTORS, MODE_VSM_INFO
};

#define OPTION_VALUE_SIZE 64u
#define OPTION_CALL_SIZE  224u

struct kernel_options {
    enum kernel_mode mode;        /* mode=NAME of docs/vtl0-kernel.md; demo when absent */
    char only[OPTION_VALUE_SIZE]; /* only=ID: one attack; empty = all */
    uint32_t calls;               /* calls=N: of each processor in mode=test, of all in mode=fuzz and its like; images in mode=images */
    char call[OPTION_CALL_SIZE];  /* call=COMMAND[:HEX],...: what mode=call asks the first trustlet */
    uint32_t seed;                /* seed=N: what mode=fuzz and mode=fuzz-syscalls begin with; 0 when absent */
    bool store_on_com1;           /* store=com1: the host keeps trustlets' blobs; else this kernel's memory does */
};

/* False for an unknown, repeated or bad option; *bad then points at the word inside text. */
bool options_parse(const char *text, struct kernel_options *options, const char **bad);
