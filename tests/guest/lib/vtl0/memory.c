#include "guest.h"

#include <lib/string.h>

uint8_t *pages_take(uint64_t count, uint64_t alignment)
{
    EFI_PHYSICAL_ADDRESS address = UINT64_C(0xFFFFFFFF);
    uint64_t extra = alignment / PAGE_SIZE - 1;

    /* Loader code: readable, writable and executable whatever the firmware's memory policy. */
    if (EFI_ERROR(firmware->AllocatePages(AllocateMaxAddress, EfiLoaderCode, count + extra, &address))) {
        give_up("no memory for the test");
    }
    address = (address + alignment - 1) & ~(alignment - 1);
    memset((void *)(uintptr_t)address, 0, count * PAGE_SIZE);
    return (uint8_t *)(uintptr_t)address;
}

uint8_t *pages_take_low(uint64_t count)
{
    EFI_PHYSICAL_ADDRESS address = 0x9FFFF;

    if (EFI_ERROR(firmware->AllocatePages(AllocateMaxAddress, EfiLoaderCode, count, &address))) {
        give_up("no memory below 1 MiB");
    }
    memset((void *)(uintptr_t)address, 0, count * PAGE_SIZE);
    return (uint8_t *)(uintptr_t)address;
}
