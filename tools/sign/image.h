/* Signed images in files (abi/image.h). */
#pragma once

#include <stdbool.h>

#include <abi/image.h>
#include <crypto/signed_image.h>

#include "files.h"
#include "keys.h"

/* The parts of a file of at least SIGNED_IMAGE_PAYLOAD_OFFSET bytes, copied out. */
struct signed_image_signature image_block(const struct buffer *file);
struct signed_image_header image_header(const struct buffer *file);

/* Finds the manifest's note of an ELF payload and copies it; fails, naming path, when there is none. */
struct signed_image_header image_note(const char *path, const struct buffer *payload);

/* header with its payload size filled in, payload behind it, signed. The caller frees data. */
struct buffer image_make(const struct private_key *key, const struct signed_image_header *header, const struct buffer *payload);

/* All checks of signed_image_check; any kind is accepted, which one it must be only its user can say. */
enum signed_image_result image_check(const struct buffer *file, const struct image_owner *owner);
