/*
 * What each IUM system call must answer, from abi/ium_syscalls.def and the
 * headers alone: nothing of the secure kernel's code is in here. Pure, so that it runs
 * on the build machine too.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "fuzzer.h"

/* One mapping, and the part of it that calls may write without harm to the program. */
struct place {
    uint64_t base, size;
    uint32_t rights; /* enum ium_rights */
    uint64_t pad, pad_size;
};

enum { PLACE_TEXT, PLACE_RODATA, PLACE_DATA, PLACE_HEAP, PLACE_STACK, PLACES };

/* What CREATE_THREAD may really be given. */
struct thread_slot {
    uint64_t call, entry, stack;
};

struct world {
    struct place places[PLACES];
    struct thread_slot slots[FUZZER_THREADS - 1];
    uint32_t threads;  /* alive, the first one included */
    uint64_t syscalls; /* bit n: the manifest allows number n */
    uint64_t remembered, generations; /* the generation of what SET_FRESHNESS has left, 0: nothing; how many there were */
};

/* header: what is in memory where the first argument points. NORMAL_CALL: its first three fields; WAIT_CALL: size. */
struct attempt {
    uint64_t number, arguments[3];
    uint32_t header[3];
};

struct range {
    uint64_t base, size;
};

struct verdict {
    bool answers;   /* false: the call would end or block the thread */
    int64_t status; /* enum ium_status */
    bool any;       /* whatever is not negative is right */
    struct range writes[2]; /* all that it may write; size 0: nothing */
};

struct verdict model_judge(const struct world *world, const struct attempt *attempt);

/* What a call that succeeded has changed in the world. */
void model_succeeded(struct world *world, const struct attempt *attempt);

/* Bytes at the first argument that the call takes the header from; 0: none. */
uint64_t model_header_size(uint64_t number);

/* Where in its structure the header is. */
uint64_t model_header_offset(uint64_t number);

/* Can it be made without harm to the program: does it return, and is what it writes, or takes a header from, in pads? */
bool model_makeable(const struct world *world, const struct attempt *attempt, const struct verdict *verdict);

/* Lies the range in one pad? */
bool model_in_pad(const struct world *world, uint64_t base, uint64_t size);
