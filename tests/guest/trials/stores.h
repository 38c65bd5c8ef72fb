/* The forms of a store that are tried on the APIC page: to the address in RDI, of the value in RSI or RAX. */
#pragma once

#include <stddef.h>

struct store {
    const char *name;
    void (*code)(void);
};

extern const struct store stores[];
extern const size_t store_count;
