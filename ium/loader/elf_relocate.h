/* Relative relocations, the only kind a static PIE has. Pure, like elf_plan. */
#pragma once

#include <stdint.h>

#include "elf_plan.h"

/*
 * Applies the relocations of a plan that elf_make_plan made, to segments that
 * are filled and still writable. memory: where the image's address 0 is; only
 * bytes inside segments are touched. base: the address the image will run at.
 * On an error some relocations may have been applied; the image must not run.
 */
enum elf_error elf_relocate(const struct elf_plan *plan, uint8_t *memory, uint64_t base);
