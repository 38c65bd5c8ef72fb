/* The parts of the payload, and the ways to ask for a flush. */
#pragma once

#include "guest.h"

enum flush_way { WAY_MASK, WAY_ALL, WAY_LIST, WAY_SET, WAY_SET_ALL, WAY_LIST_SET, WAY_XMM, WAY_COUNT };
extern const char *const way_names[WAY_COUNT];

/* On every processor of the mask; each caller has its own buffer. Result. */
uint64_t flush(enum flush_way way, uint64_t processors);

void test_stale(void);
void test_lock(void);
