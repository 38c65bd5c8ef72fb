/*
 * Checks a signed container (abi/image.h). Runs in the loader, in VTL1 ring 0
 * and on the build machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/owner.h>

enum signed_image_result {
    SIGNED_IMAGE_OK = 0,
    SIGNED_IMAGE_BAD_SIZE = 1,      /* shorter than signature and header, no payload, or above SIGNED_IMAGE_MAX_SIZE */
    SIGNED_IMAGE_BAD_SIGNATURE = 2, /* changed since it was signed, or a public key that is none */
    SIGNED_IMAGE_BAD_HEADER = 3,    /* signed, but a field is outside abi/image.h */
    SIGNED_IMAGE_WRONG_KIND = 4,    /* signed and well formed, but for another purpose */
    SIGNED_IMAGE_BAD_ALGORITHM = 5, /* the signature block names no known algorithm or has bytes where none belong */
    SIGNED_IMAGE_WRONG_KEY = 6,     /* signed by a key that is not the owner's */
    SIGNED_IMAGE_BELOW_FLOOR = 7,   /* the owner accepts later versions of this image only */
};

/* What can be wrong with a header; a set of these is what signed_image_header_faults returns. */
enum signed_image_fault {
    SIGNED_IMAGE_FAULT_MAGIC = 1u << 0,
    SIGNED_IMAGE_FAULT_HEADER_SIZE = 1u << 1,
    SIGNED_IMAGE_FAULT_KIND = 1u << 2,
    SIGNED_IMAGE_FAULT_PAYLOAD_SIZE = 1u << 3,
    SIGNED_IMAGE_FAULT_FLAGS = 1u << 4,
    SIGNED_IMAGE_FAULT_IDENTITY = 1u << 5,
    SIGNED_IMAGE_FAULT_NAME = 1u << 6,
    SIGNED_IMAGE_FAULT_STACK = 1u << 7,
    SIGNED_IMAGE_FAULT_SESSIONS = 1u << 8,
    SIGNED_IMAGE_FAULT_INSTANCES = 1u << 9,
    SIGNED_IMAGE_FAULT_LIMITS = 1u << 10, /* a secure kernel with what only trustlets have */
    SIGNED_IMAGE_FAULT_RESERVED = 1u << 11,
    SIGNED_IMAGE_FAULT_END = 1u << 12,
};

/*
 * file, size: the whole container. Nobody but the caller may be able to write
 * this memory, now or later: what is checked here is used afterwards.
 * kind: what the caller is about to use the image as. owner: checked before,
 * by image_owner_ok.
 *
 * The signature over everything behind it is checked before any field is
 * looked at, so nothing unsigned is ever interpreted. On SIGNED_IMAGE_OK,
 * *header_out is a copy of the header and *payload, *payload_size name the
 * payload inside file; on any other result the three are left untouched.
 * Takes less than 8 KiB of stack. Callable on any processor, concurrently.
 */
enum signed_image_result signed_image_check(const void *file, size_t size, enum signed_image_kind kind,
                                            const struct image_owner *owner, struct signed_image_header *header_out,
                                            const void **payload, size_t *payload_size);

/*
 * A check under way whose thread was ended in its middle, if there is one, will never go on: frees what it holds.
 * Nobody else may be inside signed_image_check, or come in meanwhile.
 */
void signed_image_abandon(void);

/* The result in words for a log line, lower case, without a full stop. Never NULL. */
const char *signed_image_result_text(enum signed_image_result result);

/* One check of signed_image_check by itself, for tools that tell every fault: is the block well formed? */
bool signed_image_block_ok(const struct signed_image_signature *block);

/* Bytes of public_key that the algorithm uses, 0 for an unknown one. */
size_t signed_image_key_size(uint32_t algorithm);

/* SHA-256 of a well-formed block's public key: what an owner block names the key by. */
void signed_image_key_hash(const struct signed_image_signature *block, uint8_t hash[SIGNED_IMAGE_HASH_SIZE]);

/* Did the key of a well-formed block make its signature over [signed_bytes, signed_bytes + size)? */
bool signed_image_signature_ok(const struct signed_image_signature *block, const void *signed_bytes, size_t size);

/* What is wrong with a header in front of payload_size bytes: a set of enum signed_image_fault, 0 for nothing. */
uint32_t signed_image_header_faults(const struct signed_image_header *header, uint64_t payload_size);

/* One fault in words, naming the field. Never NULL. */
const char *signed_image_fault_text(enum signed_image_fault fault);

/* SHA-256 of anything, for who measures more than images. */
void signed_image_hash(const void *bytes, size_t size, uint8_t hash[SIGNED_IMAGE_HASH_SIZE]);

/* The measurement: SHA-256 of header and payload. size: that of the whole file, above SIGNED_IMAGE_PAYLOAD_OFFSET. */
void signed_image_measure(const void *file, size_t size, uint8_t measurement[SIGNED_IMAGE_HASH_SIZE]);

/* Is the block of this version and well formed: count in range, identities not zero and not twice, nothing behind? */
bool image_owner_ok(const struct image_owner *owner);

/* The lowest security version the owner accepts of that image; 0 when no floor is set. */
uint32_t image_owner_floor(const struct image_owner *owner, const uint8_t identity[16]);
