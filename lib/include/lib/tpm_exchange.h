/*
 * One command and its answer on the way to a TPM 2.0 and back, through the FIFO (lib/tis.h) or the command response buffer
 * (lib/crb.h). Each poll does as much as the registers allow and comes back: what waits for the TPM is its caller's business.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TPM_HEADER_SIZE 10u /* of commands and answers: tag, size, code */

enum tpm_progress {
    TPM_BUSY = 0, /* poll again */
    TPM_ANSWERED, /* the whole answer is there */
    TPM_FAILED,   /* no TPM, or an answer that is no answer, or one longer than capacity; the command is over */
};

/* Filled by its owner but for what is below the line; command and response stay where they are until the end. */
struct tpm_exchange {
    volatile uint8_t *registers; /* the page of the locality */
    uint64_t base;               /* where it is in physical memory (CRB) */
    const uint8_t *command;
    size_t size;
    uint8_t *response;
    size_t capacity;             /* bytes of response, at least TPM_HEADER_SIZE */
    /* The interface's own. */
    unsigned step;
    size_t done, received;       /* bytes of this step; of the whole answer once TPM_ANSWERED */
    size_t left;                 /* bytes of a cancelled command in the TPM's buffer (CRB): goes on from one exchange to the next */
};

/* The size that an answer's header says; 0 if that is less than the header or more than capacity. */
static inline size_t tpm_response_size(const struct tpm_exchange *exchange)
{
    const uint8_t *field = exchange->response + 2;
    size_t size = (size_t)field[0] << 24 | (size_t)field[1] << 16 | (size_t)field[2] << 8 | field[3];

    return size >= TPM_HEADER_SIZE && size <= exchange->capacity ? size : 0;
}
