/*
 * The machine's TPM 2.0, once VTL1 has taken it from VTL0. Commands by the FIFO
 * or the CRB interface, locality 0. Under kernel_lock, or the first processor at boot.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/measured_boot.h>

/*
 * Takes the register pages away from VTL0, maps locality 0, and logs the PCRs that the loader extended, as the TPM has them.
 * First processor at boot, before any process has an address space. True at once when the loader had no TPM to measure into.
 * False: pages, memory or answers are refused; one error line.
 */
bool tpm_take(const struct measured_boot *measured);

/* TPM2_PCR_Read of one PCR (0 to 23) in the SHA-256 bank. False: no such answer; digest is not written. */
bool tpm_pcr_read(uint32_t pcr, uint8_t digest[32]);
