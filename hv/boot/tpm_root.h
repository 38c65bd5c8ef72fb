/* The key root's secret, which the TPM gives to this measured state alone (docs/boot.md, "The key root"). Pure. */
#pragma once

#include "tpm_command.h"

#include <abi/boot_block.h>

/* SHA-256 bank. Firmware's code, its option ROMs, what was started, Secure Boot's keys; MEASURED_PCR_*. */
#define TPM_ROOT_POLICY_PCRS (1u << 0 | 1u << 2 | 1u << 4 | 1u << 7 | TPM_ROOT_OWN_PCRS)
#define TPM_ROOT_OWN_PCRS    (1u << MEASURED_PCR_CODE | 1u << MEASURED_PCR_CHOICES | 1u << MEASURED_PCR_TRUSTLETS)

/*
 * Fills *root: the secret of the state that the PCRs are in now, and the values of MEASURED_PCR_*. Leaves no session and no
 * key in the TPM, and nothing of the secret in its answer buffer. False: *root is zero, and *refusal says what the TPM refused.
 */
bool tpm_root_take(const struct tpm_link *link, struct vtl1_boot_root *root, struct tpm_refusal *refusal);
