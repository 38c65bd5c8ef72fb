/* Whose images VTL1 runs: a section of BOOTX64.EFI itself (abi/owner.h). */
#pragma once

#include <stdbool.h>

#include <abi/owner.h>

/* Copies the owner block of the running image. False: it is malformed, one error line. */
bool owner_load(struct image_owner *owner);
