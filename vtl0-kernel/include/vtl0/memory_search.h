/* All of RAM, as far as VTL0 can read it, searched for words that the searcher itself never has. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/boot_info.h>

#define SEARCH_WORDS 2u

struct memory_search {
    uint64_t inverted[SEARCH_WORDS]; /* each word by WORKER_MASK (tests/trustlets/worker) */
    uint64_t found[SEARCH_WORDS];    /* out: how often, 8-byte aligned */
    uint64_t pages, unreadable;      /* out */
};

/* Can this processor read the page, which is mapped one to one? Any processor. */
bool memory_readable(uint64_t page);

/* The pages of every range but devices, and of the extra one: VTL1's region. Any processor. */
struct memory_walk {
    void (*visit)(void *context, uint64_t page); /* each page that can be read */
    void *context;
    uint64_t pages, unreadable;                  /* out */
};

void memory_walk(const struct boot_info *boot, uint64_t extra_base, uint64_t extra_size, struct memory_walk *walk);

/* Walks over them and looks for the words. */
void memory_search(const struct boot_info *boot, uint64_t extra_base, uint64_t extra_size, struct memory_search *search);
