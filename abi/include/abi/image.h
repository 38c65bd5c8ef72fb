/*
 * The container of every signed image (secure kernel, trustlets).
 *
 * File = signature[64] || struct signed_image_header || payload (ELF64).
 * The signature is Ed25519 over everything behind it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SIGNED_IMAGE_MAGIC UINT64_C(0x31474D494D535630) /* "0VSMIMG1" */
#define SIGNED_IMAGE_SIGNATURE_SIZE 64u
#define SIGNED_IMAGE_PUBLIC_KEY_SIZE 32u
#define SIGNED_IMAGE_MAX_SIZE (16u << 20)

enum signed_image_kind { SIGNED_IMAGE_SECURE_KERNEL = 1, SIGNED_IMAGE_TRUSTLET = 2 };

struct signed_image_header {
    uint64_t magic;
    uint32_t header_size; /* sizeof(struct signed_image_header) */
    uint32_t kind;        /* enum signed_image_kind */
    uint64_t payload_size;
    uint32_t security_version;
    uint32_t flags;       /* must be zero */
    uint8_t identity[16]; /* UUID, big-endian text order */
    char name[32];        /* NUL padded, for people */
    uint32_t heap_pages;  /* trustlets: 4 KiB pages of heap */
    uint32_t stack_pages;
    uint32_t max_sessions;
    uint32_t syscalls;    /* bit n: IUM system call n allowed */
    uint8_t reserved[96];
};
_Static_assert(sizeof(struct signed_image_header) == 192, "signed image header");
