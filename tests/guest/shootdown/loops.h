/* The victim's loops. loops.S knows the first five fields. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct loop {
    uint8_t *page;
    volatile uint64_t uses; /* successful ones */
    volatile uint64_t gone; /* set by the other processor when the call has returned */
    volatile uint64_t late; /* set: a use that began after that has succeeded */
    uint64_t scratch;
    unsigned way;
};
_Static_assert(offsetof(struct loop, late) == 24, "loops.S");

/* Each takes a struct loop, interrupts off except in HLT, and returns only when a use came too late. */
extern const char loop_read[], loop_write[], loop_execute[], loop_rep_read[], loop_rep_write[], loop_halt[];
