/* What freshness is on a machine without a TPM: records in the secure kernel's memory, for this boot. Under kernel_lock. */
#pragma once

#include <stdint.h>

#include <abi/ium.h>

#include <sk/freshness_request.h>

#define FRESHNESS_MEMORY_SLOTS 16u /* owners that can have a record at once */

/* Fills state, generation and digest. */
void freshness_memory_get(const struct freshness_owner *owner, struct ium_freshness *freshness);

/* IUM_SUCCESS; IUM_BAD_ARGUMENT: not the record's generation; IUM_NO_MEMORY: every slot is another owner's. */
int64_t freshness_memory_set(const struct freshness_owner *owner, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation);

/* The record is gone; the next one's generation is still above it. */
void freshness_memory_reset(const struct freshness_owner *owner);
