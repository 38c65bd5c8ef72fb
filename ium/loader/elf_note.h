/* The manifest a trustlet's ELF file carries, against the one that was signed (abi/image.h). Pure, like elf_plan. */
#pragma once

#include <abi/image.h>

#include "elf_plan.h"

/* System V ABI, "Note Section", with the one name and description there may be. */
struct elf_note {
    uint32_t name_size, description_size, type;
    char name[8];
    uint8_t description[sizeof(struct signed_image_header)];
};
_Static_assert(sizeof(struct elf_note) == 276, "as the manifest's note section is written");

/* ELF_OK when the note is ours and its manifest is the signed header's but for payload_size, which is zero. Else ELF_BAD_NOTE. */
enum elf_error elf_check_note(const struct elf_note *note, const struct signed_image_header *header);
