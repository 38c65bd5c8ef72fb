/* VTL1's page tables as the processor would walk them, looked at from outside. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "region.h"

struct audit {
    unsigned leaves;
    unsigned user_leaves;
    unsigned writable_and_executable; /* one mapping with both */
    unsigned mixed_privilege;         /* user bit at one level, not at another; or user pages in the kernel's half */
    unsigned frames_written_and_run;  /* a frame that ring 0 may write here and run there; the same for ring 3 */
    unsigned large;                   /* leaves that are not 4 KiB pages */
};

/* Walks all of the tables at root. */
void audit_tables(const struct region *region, uint64_t root, struct audit *audit);

/* Is anything mapped at address? */
bool audit_present(uint64_t root, uint64_t address);
