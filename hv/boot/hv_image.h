/* The resident hypervisor's ELF file, embedded by hv_blob.S. */
#pragma once

#include <stdint.h>

extern const uint8_t hv_image_start[];
extern const uint8_t hv_image_end[];

static inline uint64_t hv_image_size(void)
{
    return (uint64_t)(hv_image_end - hv_image_start);
}
