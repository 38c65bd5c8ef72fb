/*
 * What the machine remembers for a trustlet and nobody can roll back: a digest
 * and its generation (GET_FRESHNESS, SET_FRESHNESS, RESET_FRESHNESS). In NV memory of the
 * TPM if VTL1 has one (vsm/freshness_tpm.c), else in memory for this boot. Under kernel_lock.
 */
#pragma once

#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>

#include <sk/thread.h>

/* Whose record it is. A debug build's is another one than the release's, as its keys are. */
struct freshness_owner {
    uint8_t identity[16];
    uint32_t debug; /* SIGNED_IMAGE_DEBUG or 0 */
};

/* The system calls of the thread, with their results (abi/ium_syscalls.def). *freshness is filled on IUM_SUCCESS only. */
int64_t freshness_get(struct thread *thread, struct ium_freshness *freshness);
int64_t freshness_set(struct thread *thread, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation);
int64_t freshness_reset(struct thread *thread);
