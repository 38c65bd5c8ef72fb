/* The operations' rows, one for each of them; operations.c lists them. */
#pragma once

#include <crypto/status.h>

#include "operation.h"

extern const struct operation_row ntlmv2_operation;
extern const struct operation_row kerberos_preauth_operation, kerberos_as_rep_operation, kerberos_tgs_rep_operation;
extern const struct operation_row kerberos_authenticator_operation, kerberos_checksum_operation;
extern const struct operation_row hmac_operation, hotp_operation, totp_operation;
extern const struct operation_row sign_operation, agree_operation, wrap_operation;

#define TYPE_BIT(type) (UINT32_C(1) << (type))

/* run()'s last step: size bytes of reply if status is CREDVAULT_SUCCESS, none otherwise. Returns status. */
enum credvault_status operation_end(struct operation *operation, uint32_t size, enum credvault_status status);

/* What a primitive of crypto/ says to sizes and forms that check() found good: a bad request is a bug here then. */
enum credvault_status operation_status(enum crypto_status status);
