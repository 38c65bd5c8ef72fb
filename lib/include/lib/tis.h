/*
 * Commands to a TPM 2.0 through its FIFO interface (TCG PC Client Platform TPM Profile, "FIFO Interface"), by polling, on behalf of
 * the locality whose page of registers is named.
 */
#pragma once

#include <lib/tpm_exchange.h>

/* Where the registers of locality 0 are on every PC; four localities of a page each follow. */
#define TIS_ADDRESS    UINT64_C(0xFED40000)
#define TIS_LOCALITIES 5u

/* In the page of a locality. */
#define TIS_ACCESS  0x00u /* 8 bits */
#define TIS_STS     0x18u /* 32 bits */
#define TIS_FIFO    0x24u /* 8 bits */
#define TIS_DID_VID 0xF00u /* 32 bits */

/* Begins. One at a time for each TPM. */
void tis_start(struct tpm_exchange *exchange);

/* Goes on, with at most a few accesses to registers for each byte of command and answer. Not any more after an end. */
enum tpm_progress tis_poll(struct tpm_exchange *exchange);

/* Gives up what is under way: the TPM is told to be ready for another command. */
void tis_cancel(struct tpm_exchange *exchange);
