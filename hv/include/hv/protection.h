/* The rule which access masks are legal; also used for the default mask. */
#pragma once

#include <hv/types.h>

/* Turns HV_MAP_GPA_* flags into enum slat_rights. False: not a legal combination. */
bool protection_rights(uint32_t flags, unsigned *rights);
