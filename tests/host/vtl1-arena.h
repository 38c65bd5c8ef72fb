/* A piece of host memory that stands for the VTL1 region, behind the secure kernel's own interfaces. */
#pragma once

/* cmocka.h asks for these to be included before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/gpa.h>

#define ARENA_BASE  UINT64_C(0x3C000000)
#define ARENA_PAGES 256u
#define ARENA_FREE  16u /* pages before this one are never handed out */

extern uint8_t arena[ARENA_PAGES * 4096];

/* The direct map's entries of the arena; those before ARENA_FREE are zero until a test gives the pages. */
extern uint64_t arena_entries[ARENA_PAGES];

/* cmocka set-up: an arena full of old data, given to the page allocator. */
int arena_setup(void **state);
