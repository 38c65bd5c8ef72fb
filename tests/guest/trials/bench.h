/*
 * What a trial prints: facts (values as measured) and needs (what a decision
 * of the architecture rests on, met or unmet). Both go to COM1 and to port
 * 0xE9. run.sh compares the needs with what docs/trials.md says of the bench.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Sets COM1 to 8 bits at 115200; before the first line. */
void bench_begin(void);

/* One line `fact ID text`. */
void fact(const char *id, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line `need ID met|unmet text`. */
void need(const char *id, bool met, const char *text);

/* The last line of a run, then power-off. */
_Noreturn void bench_end(const char *why);

/* Waits until *value reaches at_least; false after a bounded number of loops. */
bool wait_for(const volatile uint64_t *value, uint64_t at_least);
