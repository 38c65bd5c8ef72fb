/* One command to the TPM and its answer, whose header is checked. Pure: who carries it is told by the caller. */
#pragma once

#include "tpm_wire.h"

#include <stdbool.h>

/* Who carries commands. */
struct tpm_link {
    /* The answer goes into answer (capacity bytes). False: the firmware does not pass the command on. */
    bool (*submit)(void *self, const void *command, uint32_t size, void *answer, uint32_t capacity);
    void (*pause)(void *self); /* until it makes sense to ask a busy TPM again: some milliseconds */
    void *self;
};

/* Why something did not work. */
struct tpm_refusal {
    const char *command; /* the TPM 2.0 Library's name for it */
    uint32_t code;       /* TPM_RC_*; 0: no answer, or none of this command's form */
};

/*
 * Sends command, which begins with a whole struct tpm_header, and checks that the answer is one to it and says success; a
 * TPM that is busy is asked again, for some seconds. answer: capacity bytes, zeroed first, so nothing of an older answer is
 * left. The result is the answer's size, at least a header's. 0: *refusal says why.
 */
uint32_t tpm_run(const struct tpm_link *link, const char *name, const void *command, void *answer, uint32_t capacity,
                 struct tpm_refusal *refusal);
