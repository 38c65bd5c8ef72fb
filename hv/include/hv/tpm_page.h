/*
 * The registers of the machine's TPM (TCG PC Client Platform TPM Profile, "TPM Register Space": five localities of a page
 * each). VTL1 may take these pages as it takes RAM; VTL0 then finds a bus without a TPM.
 */
#pragma once

#include <hv/cpu.h>

#define TPM_ADDRESS UINT64_C(0xFED40000)
#define TPM_SIZE    UINT64_C(0x5000)

/* Whether a protection may be set there, as on RAM. */
bool tpm_page_is(gpa_t address);

/*
 * VTL0's access to a page without the right for it: when it is the TPM's, a load gives all ones and a store goes nowhere, as
 * on a bus without a device, so that firmware and kernels that look for a TPM go on. Other instructions: #GP(0). False: not the TPM's.
 */
bool tpm_page_access(struct cpu *cpu, gpa_t address);
