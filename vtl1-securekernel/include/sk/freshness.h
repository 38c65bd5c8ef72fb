/*
 * What the machine remembers for a trustlet and nobody can roll back: a digest
 * and its generation (GET_FRESHNESS, SET_FRESHNESS, RESET_FRESHNESS). In NV memory of the
 * TPM if VTL1 has one (sk/freshness_tpm.h), else in memory for this boot. Under kernel_lock.
 */
#pragma once

#include <stdint.h>

#include <abi/ium.h>

#include <sk/thread.h>

/* The system calls of the thread, with their results (abi/ium_syscalls.def). *freshness is filled on IUM_SUCCESS only. */
int64_t freshness_get(struct thread *thread, struct ium_freshness *freshness);
int64_t freshness_set(struct thread *thread, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation);
int64_t freshness_reset(struct thread *thread);

/* The thread is about to be no more: what it waits for is given up. */
void freshness_forget(struct thread *thread);

/* Milliseconds: the TPM's clock at boot and the reference time since. */
uint64_t freshness_clock(void);
