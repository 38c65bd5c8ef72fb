/*
 * What the loader measured and checked before it launched. It goes to VTL1 in
 * its boot block; GET_INFO tells it to VTL0.
 */
#pragma once

#include <stdint.h>

#include <abi/image.h>

/*
 * Into which PCRs of a TPM 2.0 (docs/boot.md, "Measured boot"). Each is closed
 * by a separator, so no value of a boot with VTL1 can be had in one without.
 */
#define MEASURED_PCR_CODE      11u /* the resident hypervisor, the secure kernel */
#define MEASURED_PCR_CHOICES   12u /* the owner block, the configuration of VTL1 */
#define MEASURED_PCR_TRUSTLETS 13u /* the trustlets of the boot image */

/* The last event of MEASURED_PCR_CODE, its zero byte included: after it the TPM gives the key root's secret to nobody. */
#define MEASURED_CAP "OpenVSM root taken"

struct measured_boot {
    uint8_t hypervisor[SIGNED_IMAGE_HASH_SIZE];     /* SHA-256 of the resident hypervisor's ELF file, which is inside BOOTX64.EFI */
    uint8_t secure_kernel[SIGNED_IMAGE_HASH_SIZE];  /* the measurement of its signed image (abi/image.h) */
    uint32_t secure_kernel_version;                 /* its header's security_version */
    uint32_t secure_kernel_flags;                   /* its header's flags */
    uint32_t tpm_pcrs;  /* bit n: PCR n of the TPM 2.0 was extended and closed; 0: there is no TPM 2.0 that could be used */
    uint32_t tpm_banks; /* of these PCRs, EFI_TCG2_BOOT_HASH_ALG_* of the TCG EFI Protocol Specification: bit 1 is SHA-256; 0 without */
};
_Static_assert(sizeof(struct measured_boot) == 80, "in the boot block and in GET_INFO's output");
