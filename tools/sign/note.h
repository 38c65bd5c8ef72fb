/* The manifest's note as assembler text, to be linked into the trustlet. */
#pragma once

#include <stddef.h>

#include <abi/image.h>

/* At most NOTE_TEXT_SIZE characters into text; returns their number. */
#define NOTE_TEXT_SIZE 4096u
size_t note_print(const struct signed_image_header *header, char text[NOTE_TEXT_SIZE]);
