/*
 * Commands to a TPM 2.0 through its command response buffer (TCG PC Client Platform TPM Profile, "CRB Interface"), by polling.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CRB_INTERFACE_ID 0x30u /* in the page of locality 0: 32 bits, of which the lowest four say which interface is active */
#define CRB_INTERFACE_TYPE 0xFu
#define CRB_INTERFACE_CRB  0x1u

/*
 * As tis_transmit (lib/tis.h), on behalf of locality 0, whose page is mapped at registers and is at base in physical memory.
 * 0 also when the TPM's buffers are not in that page.
 */
size_t crb_transmit(volatile uint8_t *registers, uint64_t base, const uint8_t *command, size_t size, uint8_t *response, size_t capacity);
