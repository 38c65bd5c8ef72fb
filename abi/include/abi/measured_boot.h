/*
 * What the loader measured and checked before it launched. It goes to VTL1 in
 * its boot block; GET_INFO tells it to VTL0.
 */
#pragma once

#include <stdint.h>

#include <abi/image.h>

struct measured_boot {
    uint8_t hypervisor[SIGNED_IMAGE_HASH_SIZE];     /* SHA-256 of the resident hypervisor's ELF file, which is inside BOOTX64.EFI */
    uint8_t secure_kernel[SIGNED_IMAGE_HASH_SIZE];  /* the measurement of its signed image (abi/image.h) */
    uint32_t secure_kernel_version;                 /* its header's security_version */
    uint32_t secure_kernel_flags;                   /* its header's flags */
};
_Static_assert(sizeof(struct measured_boot) == 72, "in the boot block and in GET_INFO's output");
