/*
 * Vectors published as files, from Debian's python3-cryptography-vectors: most of them NIST's CAVP. generator/ turns the files
 * into a table and records when the tree is built; the host test has them all, the test trustlet a sample.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLISHED_MAX_FIELDS 8u

/* As generator/readers.py numbers them. */
enum published_hash {
    PUBLISHED_NO_HASH,
    PUBLISHED_MD5,
    PUBLISHED_SHA1,
    PUBLISHED_SHA224,
    PUBLISHED_SHA256,
    PUBLISHED_SHA384,
    PUBLISHED_SHA512,
};

struct published_field {
    const uint8_t *data;
    size_t size;
};

/* One vector. The judge knows what the fields are. */
struct published_record {
    bool valid; /* what the file says: a result to be had, or something to be refused */
    enum published_hash hash;
    struct published_field fields[PUBLISHED_MAX_FIELDS];
};

/* BROKEN: neither; memory ran out, or an algorithm is not there. It is never what the file says. */
enum verdict { VERDICT_ACCEPTED, VERDICT_REFUSED, VERDICT_BROKEN };

/* ACCEPTED: everything came out as the record has it. */
typedef enum verdict published_judge(const struct published_record *record);

/* One file. */
struct published_set {
    const char *name; /* algorithm/file */
    published_judge *judge;
    const uint8_t *records; /* count of them, one after the other */
    uint32_t count;
};

extern const uint8_t published_records[];
extern const struct published_set published_sets[];
extern const uint32_t published_set_count;

/* The record at *at, which moves behind it. The fields stay where they are. */
struct published_record published_next(const uint8_t **at);

/* How many of the set's records are as the file says. */
uint32_t published_run(const struct published_set *set);
