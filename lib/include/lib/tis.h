/*
 * Commands to a TPM 2.0 through its FIFO interface (TCG PC Client Platform TPM Profile, "FIFO Interface"), by polling.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Where the registers of locality 0 are on every PC; four localities of a page each follow. */
#define TIS_ADDRESS    UINT64_C(0xFED40000)
#define TIS_LOCALITIES 5u

/* In the page of a locality. */
#define TIS_ACCESS  0x00u /* 8 bits */
#define TIS_STS     0x18u /* 32 bits */
#define TIS_FIFO    0x24u /* 8 bits */
#define TIS_DID_VID 0xF00u /* 32 bits */

/*
 * Sends a command on behalf of the locality whose page is mapped at registers, and waits for the answer.
 * response: capacity bytes, of which the result says how many were written: a whole answer with its header, or 0 when there
 * is no TPM, it does not answer in some seconds, or it answers more than capacity. One caller at a time.
 */
size_t tis_transmit(volatile uint8_t *registers, const uint8_t *command, size_t size, uint8_t *response, size_t capacity);
