/* What the vault's primitives answer. */
#pragma once

enum crypto_status {
    CRYPTO_OK = 0,
    CRYPTO_BAD_REQUEST = 1, /* sizes, text encoding or format of what the caller gave */
    CRYPTO_REFUSED = 2,     /* authenticated data is not what was sealed: one answer for every reason */
    CRYPTO_FAILED = 3,      /* the library or the random number generator failed; nothing to do with the input */
};
