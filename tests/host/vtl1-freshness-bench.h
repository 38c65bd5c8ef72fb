/* Freshness over the model of a TPM: two trustlets, a clock and a root that the test sets, and calls made until they are answered. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sk/freshness.h>
#include <sk/process.h>

#include "vtl1-tpm-model.h"

#define ENOUGH 400u /* calls for any one operation */

extern uint64_t hv_time;          /* the reference time */
extern uint8_t bench_root;        /* another number is another key root */
extern bool bench_root_lasts;
extern unsigned log_lines;        /* that the secure kernel has written */
extern struct process vault, other;
extern struct thread first, second; /* the vault's, the other's */

/* Before each test: an empty TPM, whose counters begin above 100. */
int make(void **state);

int64_t get(struct thread *thread, struct ium_freshness *found);
int64_t set(struct thread *thread, uint8_t byte, uint64_t generation); /* a digest of that byte */
int64_t reset(struct thread *thread);

/* What GET_FRESHNESS says, which has to be well formed and lasting. */
struct ium_freshness look(struct thread *thread);
void expect_state(struct thread *thread, enum ium_freshness_state state);

/* SET, and a digest of that byte. -> its generation. */
uint64_t expect_set(struct thread *thread, uint8_t byte);

/* Where the model has them. NULL: nowhere. */
struct model_index *record_of(const struct process *process);
struct model_index *counter_of(const struct process *process);
