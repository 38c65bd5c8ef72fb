/* XMM0 to XMM5 as the guest has them: nobody swaps them (F19). Upper halves of vector registers are not touched. */
#pragma once

#include <stdint.h>

#define XMM_BYTES 96u

void xmm_read(uint8_t to[XMM_BYTES]);
void xmm_write(const uint8_t from[XMM_BYTES]);
