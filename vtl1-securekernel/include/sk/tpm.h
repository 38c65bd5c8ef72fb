/*
 * The machine's TPM 2.0, once VTL1 has taken it from VTL0. Commands by the FIFO
 * or the CRB interface, locality 0. Under kernel_lock, or the first processor at boot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/measured_boot.h>
#include <lib/tpm_exchange.h>

/*
 * Takes the register pages away from VTL0, maps locality 0, logs the PCRs that the loader extended, as the TPM has them, and reads
 * its clock.
 * First processor at boot, before any process has an address space. True at once when the loader had no TPM to measure into.
 * False: pages, memory or answers are refused; one error line.
 */
bool tpm_take(const struct measured_boot *measured);

/* Is there one, and is it VTL1's? */
bool tpm_is_taken(void);

/* The TPM's Clock (TPM2_ReadClock) at boot less the reference time then, in milliseconds. 0: no TPM. */
uint64_t tpm_clock_at_boot(void);

/* TPM2_PCR_Read of one PCR (0 to 23) in the SHA-256 bank. False: no such answer; digest is not written. */
bool tpm_pcr_read(uint32_t pcr, uint8_t digest[32]);

/*
 * Begins a command of a TPM that is taken and at rest; all of command and response stay where they are until it is over. capacity: at
 * least TPM_HEADER_SIZE.
 */
void tpm_start(const uint8_t *command, size_t size, uint8_t *response, size_t capacity);

/* How far it is: never waits for the TPM. TPM_ANSWERED: *size bytes of response are the answer. */
enum tpm_progress tpm_poll(size_t *size);

/* Gives up the command that is under way; the TPM may still do it. */
void tpm_cancel(void);
