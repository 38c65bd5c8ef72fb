#include "rows.h"

const struct operation_row *const operations[] = {
    &ntlmv2_operation,
    &kerberos_preauth_operation,
    &kerberos_as_rep_operation,
    &kerberos_tgs_rep_operation,
    &kerberos_authenticator_operation,
    &kerberos_checksum_operation,
    &hmac_operation,
    &hotp_operation,
    &totp_operation,
    &sign_operation,
    &agree_operation,
    &wrap_operation,
};

const uint32_t operation_count = sizeof(operations) / sizeof(operations[0]);

enum credvault_status operation_end(struct operation *operation, uint32_t size, enum credvault_status status)
{
    operation->reply_size = status == CREDVAULT_SUCCESS ? size : 0;
    return status;
}

enum credvault_status operation_status(enum crypto_status status)
{
    switch (status) {
    case CRYPTO_OK: return CREDVAULT_SUCCESS;
    case CRYPTO_REFUSED: return CREDVAULT_REFUSED;
    default: return CREDVAULT_INTERNAL;
    }
}
