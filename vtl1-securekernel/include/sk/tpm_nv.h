/*
 * Commands for NV memory and the clock of a TPM 2.0, byte for byte, and what its answers say (TPM 2.0 Library, parts 2 and 3). An answer
 * is believed only if all of it is as it must be. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TPM_COMMAND_MAX 160u
#define TPM_ANSWER_MAX  192u /* longest: NV_ReadPublic with a policy and a name of 64 bytes each */
#define TPM_AUTH_SIZE   32u
#define TPM_NV_DATA_MAX 72u

/* TPMA_NV (part 2): who may do what with an index. */
#define TPM_NV_AUTHWRITE (UINT32_C(1) << 2)
#define TPM_NV_COUNTER   (UINT32_C(1) << 4) /* TPM_NT_COUNTER; 0: TPM_NT_ORDINARY */
#define TPM_NV_AUTHREAD  (UINT32_C(1) << 18)
#define TPM_NV_NO_DA     (UINT32_C(1) << 25)
#define TPM_NV_WRITTEN   (UINT32_C(1) << 29)

struct tpm_command {
    uint8_t bytes[TPM_COMMAND_MAX];
    size_t size;
};

struct tpm_nv_public {
    uint32_t handle, attributes;
    uint16_t size; /* bytes of data */
    bool plain;    /* SHA-256 is its name's algorithm, and it has no policy; so it is in what this file defines */
};

enum tpm_result {
    TPM_DONE = 0,
    TPM_NO_INDEX, /* there is none with this handle */
    TPM_DENIED,   /* its authorization is another */
    TPM_REPEAT,   /* not now: the same command again */
    TPM_REFUSED,  /* any other error of the TPM's */
    TPM_GARBLED,  /* no answer to this command */
};

/* The authorizations are passwords: a new one when an index is defined, the index's own for its data, the owner's (empty) for the rest. */
void tpm_nv_encode_read_public(struct tpm_command *command, uint32_t handle);
void tpm_nv_encode_define(struct tpm_command *command, const struct tpm_nv_public *index, const uint8_t auth[TPM_AUTH_SIZE]);
void tpm_nv_encode_undefine(struct tpm_command *command, uint32_t handle);
void tpm_nv_encode_read(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE], uint16_t size);
void tpm_nv_encode_increment(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE]);
void tpm_encode_read_clock(struct tpm_command *command);

/* size: at most TPM_NV_DATA_MAX. */
void tpm_nv_encode_write(struct tpm_command *command, uint32_t handle, const uint8_t auth[TPM_AUTH_SIZE], const void *data, uint16_t size);

/* answer[0..size) is what came back; what is beside the result is written on TPM_DONE only. */
enum tpm_result tpm_nv_parse_read_public(const uint8_t *answer, size_t size, uint32_t handle, struct tpm_nv_public *index);
enum tpm_result tpm_nv_parse_read(const uint8_t *answer, size_t size, void *data, uint16_t data_size);
enum tpm_result tpm_parse_read_clock(const uint8_t *answer, size_t size, uint64_t *milliseconds);

/* Of NV_DefineSpace, NV_UndefineSpace, NV_Write and NV_Increment, which say no more than that it is done. */
enum tpm_result tpm_nv_parse_done(const uint8_t *answer, size_t size);

/* The code in an answer's header, for logs; 0 if there is none. */
uint32_t tpm_response_code(const uint8_t *answer, size_t size);
