/*
 * Commands to a TPM 2.0 through its command response buffer (TCG PC Client Platform TPM Profile, "CRB Interface"), by polling, on
 * behalf of locality 0. As lib/tis.h; besides, an exchange fails if the TPM's buffers are not in the page of the registers. What is
 * left of a command in the TPM's buffer is wiped: it may hold an authorization. That of a cancelled one is, when the next is sent.
 */
#pragma once

#include <lib/tpm_exchange.h>

#define CRB_INTERFACE_ID 0x30u /* in the page of locality 0: 32 bits, of which the lowest four say which interface is active */
#define CRB_INTERFACE_TYPE 0xFu
#define CRB_INTERFACE_CRB  0x1u

void crb_start(struct tpm_exchange *exchange);
enum tpm_progress crb_poll(struct tpm_exchange *exchange);
void crb_cancel(struct tpm_exchange *exchange);
