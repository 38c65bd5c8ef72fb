/*
 * The client's part of an NTLMv2 answer ([MS-NLMP], "NTLMv2_CLIENT_CHALLENGE" and "AV_PAIR"). Runs on a host too.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct ntlm_target {
    const char *domain;       /* NetBIOS names: ASCII, upper case */
    const char *computer;
    const char *dns_domain;
    const char *dns_computer;
};

/*
 * Builds "temp" of [MS-NLMP] 3.3.2: version bytes, time (FILETIME), client
 * challenge, target information with a timestamp, final zeros. Returns its
 * size, 0 when it does not fit.
 */
size_t ntlm_client_blob(const struct ntlm_target *target, uint64_t time, const uint8_t client_challenge[8], uint8_t *to,
                        size_t capacity);
