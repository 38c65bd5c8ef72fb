/*
 * Whom this machine's VTL1 obeys: the hash of the owner's public key and the
 * lowest security version each image may have. It sits in BOOTX64.EFI, in a
 * section of its own that `openvsm-sign set-owner` writes, and goes to VTL1 in
 * its boot block; no file that VTL0 could write says it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IMAGE_OWNER_MAGIC      UINT64_C(0x524E574F4D535630) /* "0VSMOWNR" */
#define IMAGE_OWNER_VERSION    1u
#define IMAGE_OWNER_MAX_FLOORS 16u
#define IMAGE_OWNER_SECTION    ".owner"

struct image_floor {
    uint8_t identity[16];      /* UUID, big-endian text order; not zero, in one floor only */
    uint32_t security_version; /* the lowest accepted */
    uint32_t reserved;         /* zero */
};

struct image_owner {
    uint64_t magic;
    uint32_t version;      /* IMAGE_OWNER_VERSION */
    uint32_t floor_count;  /* at most IMAGE_OWNER_MAX_FLOORS; what is behind is zero */
    uint8_t key_hash[32];  /* SHA-256 of the public key: 32 bytes of Ed25519 or 65 of P-256 */
    struct image_floor floors[IMAGE_OWNER_MAX_FLOORS];
};
_Static_assert(sizeof(struct image_owner) == 432, "owner block");
