/* The parts of the fuzz payload. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <fuzz/fuzz.h>

/* machine.c: what of the machine is whose. */
struct machine {
    uint8_t *window;                 /* GUEST_FUZZ_WINDOW_PAGES of VTL0's */
    struct fuzz_range own;           /* VTL1's pages under test */
    struct fuzz_range vtl1[2];       /* VTL1's other memory, before and behind them */
    struct fuzz_range hypervisor;
};
extern struct machine machine;

void machine_find(void);
/* The ranges that a fuzzer may never use: of VTL0, or of VTL1, for which VTL1's own memory is not foreign. */
uint32_t machine_foreign(uint8_t vtl, struct fuzz_range ranges[FUZZ_MAX_FOREIGN]);
/* A free page of RAM beyond the window, by a number. */
uint64_t machine_free_page(uint64_t number);
/* Every exception and interrupt but the firmware's own timer comes to the test. */
void machine_quiet(void);

/* pages.c: tries what VTL0 may do with pages, and compares with the masks that VTL1 has set. Number of pages looked at. */
void pages_prepare(void);
uint64_t pages_compare(void);
uint64_t pages_compare_rest(uint64_t seed);

/* events.c: every exception once, before chance begins. */
void events_try(void);

/* other.c: what a second processor does meanwhile, if there is one. */
void other_start(void);
void other_end(void);

/* vtl0.c: VTL0's fuzzer. */
void vtl0_start(uint64_t seed);
void vtl0_run(uint64_t calls);
void vtl0_end(void);
extern struct fuzzer vtl0_fuzzer;
