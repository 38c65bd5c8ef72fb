/* The kernel's image in memory: what the linker script laid out, at the address the firmware chose. */
#pragma once

#include <stdint.h>

#define IMAGE_SECTIONS 4u

struct image_section {
    uint64_t start; /* page aligned */
    uint64_t end;
    uint64_t rights; /* PTE bits of <vtl0/paging.h> */
};

/* Headers, text, constants, data: in that order, without gaps. */
const struct image_section *image_sections(uint64_t image_base);
