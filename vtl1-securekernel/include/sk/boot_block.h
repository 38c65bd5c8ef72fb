/* The loader's block, checked before anything in it is used. Pure. */
#pragma once

#include <stdbool.h>

#include <abi/boot_block.h>

/*
 * The loader runs before VTL1 protects anything and is trusted with what it
 * says; the check finds a loader of another version or a broken one, whose
 * numbers would otherwise be followed out of the region.
 * image_size: bytes of the running image, from its own symbols.
 */
bool boot_block_check(const struct vtl1_boot_block *block, uint64_t image_size);
