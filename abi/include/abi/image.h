/*
 * The container of every signed image (secure kernel, trustlets), version 2.
 *
 * File = struct signed_image_signature || struct signed_image_header || payload (ELF64).
 * The signature is over everything behind its block. The key in the block is
 * only believed when its SHA-256 is the owner's key hash (abi/owner.h).
 *
 * The header is the image's manifest. A trustlet's ELF file carries it once
 * more, as a note, with payload_size zero: the IUM loader compares the two, so
 * that what was built and what was signed are one.
 *
 * The image's measurement is SHA-256 over header || payload.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SIGNED_IMAGE_MAGIC UINT64_C(0x32474D494D535630) /* "0VSMIMG2" */
#define SIGNED_IMAGE_SIGNATURE_SIZE 64u
#define SIGNED_IMAGE_MAX_PUBLIC_KEY 65u
#define SIGNED_IMAGE_HASH_SIZE 32u
#define SIGNED_IMAGE_MAX_SIZE (16u << 20)

enum signed_image_algorithm {
    SIGNED_IMAGE_ED25519 = 1,           /* RFC 8032; public key of 32 bytes */
    SIGNED_IMAGE_ECDSA_P256_SHA256 = 2, /* FIPS 186-5; public key 04 || X || Y of 65 bytes, signature r || s, big-endian */
};

struct signed_image_signature {
    uint32_t algorithm;   /* enum signed_image_algorithm */
    uint32_t reserved;    /* zero */
    uint8_t public_key[SIGNED_IMAGE_MAX_PUBLIC_KEY]; /* zero behind the algorithm's size */
    uint8_t padding[55];  /* zero */
    uint8_t signature[SIGNED_IMAGE_SIGNATURE_SIZE];
    uint8_t more_padding[64]; /* zero */
};
_Static_assert(sizeof(struct signed_image_signature) == 256, "signature block");

enum signed_image_kind { SIGNED_IMAGE_SECURE_KERNEL = 1, SIGNED_IMAGE_TRUSTLET = 2 };

enum signed_image_flags {
    SIGNED_IMAGE_DEBUG = 1u << 0, /* a build for debugging: its own measurement, and keys of its own */
};
#define SIGNED_IMAGE_KNOWN_FLAGS SIGNED_IMAGE_DEBUG

struct signed_image_header {
    uint64_t magic;
    uint32_t header_size;  /* sizeof(struct signed_image_header) */
    uint32_t kind;         /* enum signed_image_kind */
    uint64_t payload_size; /* zero in the note */
    uint8_t identity[16];  /* UUID, big-endian text order */
    uint8_t family[16];    /* UUID of what belongs together; zero: none */
    char name[32];         /* NUL padded printable ASCII, for people */
    uint32_t security_version;
    uint32_t flags;        /* enum signed_image_flags; the others are zero */
    /* Trustlets only, zero in a secure kernel: */
    uint32_t heap_pages;   /* 4 KiB pages */
    uint32_t stack_pages;
    uint32_t max_sessions; /* at least 1 */
    uint32_t max_instances; /* at least 1 */
    uint32_t page_quota;   /* pages of all kinds it may have at once; 0: no limit of its own */
    uint32_t handle_quota; /* kernel objects it may have at once; 0: no limit of its own */
    uint64_t call_time;    /* units of 100 ns one call may run; 0: no limit */
    uint64_t syscalls;     /* bit n: IUM system call n allowed */
    uint8_t policy[64];    /* the trustlet's own business: signed, measured, not interpreted */
    uint8_t reserved[56];  /* zero */
};
_Static_assert(offsetof(struct signed_image_header, call_time) == 120, "no holes");
_Static_assert(sizeof(struct signed_image_header) == 256, "signed image header");

#define SIGNED_IMAGE_PAYLOAD_OFFSET (sizeof(struct signed_image_signature) + sizeof(struct signed_image_header))

/* The note: name "OpenVSM", this type, description = struct signed_image_header with payload_size zero. */
#define SIGNED_IMAGE_NOTE_SECTION ".note.openvsm"
#define SIGNED_IMAGE_NOTE_NAME    "OpenVSM"
#define SIGNED_IMAGE_NOTE_TYPE    1u
