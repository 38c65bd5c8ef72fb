#pragma once

#include "guest.h"

/* startvp.c: HvCallStartVirtualProcessor by VTL0. Status. */
uint16_t start(const struct hv_input_enable_vp_vtl *how);
/* protected.c: processor 1 in 32-bit code. */
void start_protected(void);
