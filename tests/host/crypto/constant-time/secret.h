/*
 * Memcheck as a test for constant time: a secret is memory that was never given a value. To add or copy such values is no
 * error; a jump on one is, and an address made of one. Two things it does not see: that a division takes as long as its
 * operands say, and that a value read from a secret address is a secret.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <valgrind/memcheck.h>

/* From here on, what depends on these bytes is watched. */
#define SECRET(bytes, size) VALGRIND_MAKE_MEM_UNDEFINED(bytes, size)

/* These bytes leave: everybody may see them and act on them. */
#define PUBLIC(bytes, size) VALGRIND_MAKE_MEM_DEFINED(bytes, size)

struct secret_case {
    const char *name;
    bool (*run)(void);      /* false: the operation itself failed */
    bool secret_randomness; /* what the generator gives is secret too */
};

extern const struct secret_case symmetric_cases[], kerberos_cases[], signature_cases[];

/* Where an RSA key pair is, in DER. */
extern const char *secret_rsa_key;
