/*
 * The two indices of NV memory that an owner's freshness is in, and what is in them. The record says which state is
 * current; the counter, which a TPM never lets begin below one that was deleted, says whether the record is the newest.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/ium.h>

#include <sk/freshness_request.h>
#include <sk/tpm_nv.h>

#define FRESHNESS_COUNTER_SIZE 8u
#define FRESHNESS_RECORD_SIZE  TPM_NV_DATA_MAX

struct freshness_index {
    struct tpm_nv_public public;  /* as VTL1 defines it */
    uint8_t auth[TPM_AUTH_SIZE];
};

struct freshness_record {
    uint64_t generation;
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];
};

/* The owner's indices. Two owners may have the same handles; then each finds the other's FOREIGN. */
void freshness_record_index(const struct freshness_owner *owner, struct freshness_index *index);
void freshness_counter_index(const struct freshness_owner *owner, struct freshness_index *index);

/* Is what the TPM has there as VTL1 defines it? */
bool freshness_index_is_ours(const struct freshness_index *index, const struct tpm_nv_public *found);

/* The bytes of a record, with a code that only this root can make for this owner. */
void freshness_record_close(const struct freshness_owner *owner, const struct freshness_record *record,
                            uint8_t bytes[FRESHNESS_RECORD_SIZE]);

/* False: the code is another; *record is not written. */
bool freshness_record_open(const struct freshness_owner *owner, const uint8_t bytes[FRESHNESS_RECORD_SIZE],
                           struct freshness_record *record);
