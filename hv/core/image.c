#include <hv/image.h>

#include <hv/check.h>
#include <hv/partition.h>

extern const uint8_t image_start[];
extern const uint8_t image_end[];

/* The boot part puts the image at the start of the region, in the order of its linked addresses. */
hpa_t image_address(const void *object)
{
    const uint8_t *at = object;

    CHECK(at >= image_start && at < image_end);
    return hpa(partition.boot.region_base + (uint64_t)(at - image_start));
}

void *region_pointer(hpa_t address)
{
    CHECK(partition_is_hypervisor(gpa(address.value)));
    return (void *)(HV_VA_REGION + (address.value - partition.boot.region_base));
}
