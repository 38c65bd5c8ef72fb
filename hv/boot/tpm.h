/*
 * Measured boot: what decides about VTL1 goes into PCRs of a TPM 2.0 and into
 * the firmware's event log, before the launch. docs/boot.md says what where.
 */
#pragma once

#include "config.h"
#include "vtl1_files.h"

#include <abi/owner.h>

/*
 * Extends and closes MEASURED_PCR_*, takes *root from the TPM if there is a secure kernel to have it, and caps MEASURED_PCR_CODE
 * so that nobody else gets it. files: those that will be used, still as they were checked; without a secure kernel they are
 * empty and owner is not looked at. Sets files->measured.tpm_*. No usable TPM 2.0: one line says so, true, *root is as it was.
 * False: the TPM refused something, one error line; *root is not to be used and may hold the secret. Once in a boot: a second
 * time gives other PCRs.
 */
bool tpm_measure(const struct config *config, const struct image_owner *owner, struct vtl1_files *files, struct vtl1_boot_root *root);
