/* What a client encrypts for a KDC or a service. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define KERBEROS_TIMESTAMP_MAX 28u
#define KERBEROS_TIME_END      UINT64_C(253402300800) /* 10000-01-01: a year of five digits has no KerberosTime */
#define KERBEROS_MICROSECONDS  1000000u

/*
 * PA-ENC-TS-ENC in DER (RFC 4120, "Encrypted Timestamp Pre-authentication"); returns its size. time: seconds since 1970, below
 * KERBEROS_TIME_END; microseconds below KERBEROS_MICROSECONDS.
 */
uint32_t kerberos_timestamp(uint64_t time, uint32_t microseconds, uint8_t to[KERBEROS_TIMESTAMP_MAX]);

/* Is der[0..size) an Authenticator (RFC 4120, "KRB_AP_REQ Definition"), with or without a subkey, or only without? */
bool kerberos_authenticator_ok(const uint8_t *der, uint32_t size, bool subkey);
