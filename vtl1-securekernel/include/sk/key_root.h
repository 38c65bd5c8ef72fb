/*
 * The root of every key VTL1 hands out. From the TPM, which gives it to the same
 * measured boot on the same machine again and to no other, or random for this boot.
 * Never stored, never handed out itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/boot_block.h>
#include <abi/image.h>
#include <abi/ium.h>

/*
 * Makes the root of the TPM's secret, which is wiped in *given, or draws it where there is none. False: the processor's entropy
 * source failed its checks. First processor, once.
 */
bool key_root_init(struct vtl1_boot_root *given);

/* Is it the same in the next boot? */
bool key_root_lasts(void);

/*
 * The key of that image for that purpose (1..IUM_MAX_PURPOSE bytes): the same
 * for the same identity, security version, debug flag and purpose under one root, and
 * unrelated for any other.
 */
void key_root_derive(const struct signed_image_header *image, const uint8_t *purpose, size_t purpose_size,
                     uint8_t key[IUM_KEY_SIZE]);

/* A key for the trustlets' freshness (sk/freshness_index.h), bound to all of context; unrelated to any of key_root_derive. */
void key_root_freshness(const void *context, size_t size, uint8_t key[IUM_KEY_SIZE]);
