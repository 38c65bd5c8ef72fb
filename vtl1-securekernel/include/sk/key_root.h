/*
 * The root of every key VTL1 hands out. Random for each boot, never stored,
 * never handed out itself: what is sealed under a key from here does not
 * outlive the boot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>

/* Draws the root. False: the processor's entropy source failed its checks. First processor, once. */
bool key_root_init(void);

/*
 * The key of that image for that purpose (1..IUM_MAX_PURPOSE bytes): the same
 * for the same identity, security version, debug flag and purpose in one boot, and
 * unrelated for any other.
 */
void key_root_derive(const struct signed_image_header *image, const uint8_t *purpose, size_t purpose_size,
                     uint8_t key[IUM_KEY_SIZE]);
