/* The allow-lists that vendors turn into permission maps (F12). */
#pragma once

#include <hv/types.h>

/* Whether the VTL uses the port without an exit. */
bool port_is_open(enum vtl vtl, uint16_t port);
