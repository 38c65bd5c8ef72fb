/* The owner's block inside a PE image (abi/owner.h). */
#pragma once

#include <abi/owner.h>

#include "files.h"

/* Where the section .owner is in the file; fails, naming path, when the file is no 64-bit PE image or has none of that size. */
size_t owner_section_find(const char *path, const struct buffer *file);

/* Writes owner over the block at offset at and corrects the image's checksum if it has one. */
void owner_section_write(struct buffer *file, size_t at, const struct image_owner *owner);
