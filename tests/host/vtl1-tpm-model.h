/*
 * A TPM 2.0 with NV memory and nothing else, for what talks to sk/tpm.h: it takes every command apart, stops the test at one that
 * is not well formed, and answers as TPM 2.0 Library, part 3, says. Its memory outlives fork(), as NV memory does a boot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sk/tpm_nv.h>

#define MODEL_INDICES 8u

struct model_index {
    bool defined;
    uint32_t handle, attributes;
    uint16_t size, auth_size;
    uint8_t auth[64], data[TPM_NV_DATA_MAX];
    uint64_t count;
};

struct model_tpm {
    struct model_index indices[MODEL_INDICES];
    uint64_t highest_deleted; /* counter */
    uint32_t commands;        /* executed so far */
    uint32_t cut_at;          /* the power goes at that command; UINT32_MAX: never */
    bool cut_behind;          /* right after it instead of right before */
    bool owner_has_password;
    uint32_t warn;            /* so many commands are answered by TPM_RC_RETRY first */
    uint32_t refuse_at, refuse_with; /* that command, counted as cut_at, is answered by this code */
};

extern struct model_tpm *model;

/* Maps an empty one, shared with every child. */
void model_make(void);

/* tpm_poll says BUSY so often for each command. UINT32_MAX: for ever. */
extern uint32_t model_delay;

/* What happens when the power goes. Does not return. */
extern void (*model_power_goes)(void);

/* tpm_cancel was called so often. */
extern uint32_t model_cancels;

/* By handle; NULL: not defined. */
struct model_index *model_find(uint32_t handle);
