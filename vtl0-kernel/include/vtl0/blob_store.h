/*
 * What trustlets have VTL0 keep for them: blobs, each named by who it is of and by a name. In the kernel's memory, gone with
 * the boot; with blob_store_on_com1 a write-through cache of the host's store (vtl0/blob_com1.h). Any processor; not in an
 * interrupt's handler. A trustlet takes what comes from here for a claim, and it may well be a lie: blob_store_lie.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/normal_call.h>

#define BLOB_MAX_SIZE (NORMAL_CALL_DATA_SIZE - NORMAL_CALL_NAME_SIZE)

struct blob_key {
    uint8_t identity[16];                /* the trustlet's, by the secure kernel's word */
    uint8_t name[NORMAL_CALL_NAME_SIZE]; /* padded with zeros */
};

/* From now on the host has the blobs. Before the first trustlet asks. */
void blob_store_on_com1(void);

/* bytes: room for BLOB_MAX_SIZE. *size is set, to 0 unless SUCCESS. */
enum normal_status blob_store_read(const struct blob_key *key, uint8_t *bytes, uint32_t *size);

/* All of it is kept, or what was kept before is. size: at most BLOB_MAX_SIZE. */
enum normal_status blob_store_write(const struct blob_key *key, const uint8_t *bytes, uint32_t size);

enum normal_status blob_store_delete(const struct blob_key *key);

/* The name of the blob number index of an identity, of those in memory, in no order. False: there are not so many. */
bool blob_store_name(const uint8_t identity[16], uint32_t index, uint8_t name[NORMAL_CALL_NAME_SIZE]);

#define BLOB_ABSENT UINT32_MAX

/*
 * The next read of key by a trustlet gets these bytes instead of the right ones, once; size BLOB_ABSENT: it gets NOT_FOUND.
 * One lie at a time.
 */
void blob_store_lie(const struct blob_key *key, const uint8_t *bytes, uint32_t size);

/* As blob_store_read, for a trustlet: a lie, if one waits for it. */
enum normal_status blob_store_hand_out(const struct blob_key *key, uint8_t *bytes, uint32_t *size);
