#include "boot.h"

#define POOL_PAGES     4096u /* 16 MiB */
#define MAP_PAGES      16u
#define LEAVE_ATTEMPTS 8

static EFI_PHYSICAL_ADDRESS map_buffer;

static bool allocate_below(EFI_SYSTEM_TABLE *system, uint64_t limit, UINTN pages, EFI_PHYSICAL_ADDRESS *at)
{
    *at = limit;
    return !EFI_ERROR(uefi_call_wrapper(system->BootServices->AllocatePages, 4, AllocateMaxAddress, EfiLoaderData,
                                        pages, at));
}

bool boot_allocate(EFI_SYSTEM_TABLE *system, struct boot_info *boot)
{
    if (!allocate_below(system, 0xFFFFFFFFu, POOL_PAGES, &boot->pool_base) ||
        !allocate_below(system, 0xFFFFFFFFu, MAP_PAGES, &map_buffer) ||
        !allocate_below(system, 0x9FFFFu, 1, &boot->trampoline)) {
        return false;
    }
    boot->pool_size = POOL_PAGES * (uint64_t)EFI_PAGE_SIZE;
    return boot->trampoline != 0;
}

static enum memory_kind kind_of(UINT32 type)
{
    switch (type) {
    case EfiConventionalMemory:
    case EfiBootServicesCode:
    case EfiBootServicesData:
        return MEMORY_FREE;
    case EfiLoaderCode:
    case EfiLoaderData:
        return MEMORY_LOADER;
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
        return MEMORY_FIRMWARE;
    case EfiACPIReclaimMemory:
    case EfiACPIMemoryNVS:
        return MEMORY_ACPI;
    case EfiMemoryMappedIO:
    case EfiMemoryMappedIOPortSpace:
        return MEMORY_DEVICE;
    default:
        return MEMORY_RESERVED;
    }
}

static bool convert_map(UINTN size, UINTN descriptor_size, struct boot_info *boot)
{
    boot->range_count = 0;
    for (UINTN at = 0; at + descriptor_size <= size; at += descriptor_size) {
        const EFI_MEMORY_DESCRIPTOR *descriptor = (const void *)(uintptr_t)(map_buffer + at);

        if (boot->range_count == BOOT_MAX_RANGES) {
            return false;
        }
        boot->ranges[boot->range_count++] = (struct memory_range){
            .base = descriptor->PhysicalStart,
            .size = descriptor->NumberOfPages * EFI_PAGE_SIZE,
            .kind = kind_of(descriptor->Type),
        };
    }
    return true;
}

/* The map may change between taking it and leaving: then the firmware refuses the key and the map is taken anew. */
bool boot_leave_firmware(EFI_SYSTEM_TABLE *system, EFI_HANDLE image, struct boot_info *boot)
{
    for (int attempt = 0; attempt < LEAVE_ATTEMPTS; attempt++) {
        UINTN size = MAP_PAGES * EFI_PAGE_SIZE;
        UINTN key = 0;
        UINTN descriptor_size = 0;
        UINT32 version = 0;

        if (EFI_ERROR(uefi_call_wrapper(system->BootServices->GetMemoryMap, 5, &size, (void *)(uintptr_t)map_buffer,
                                        &key, &descriptor_size, &version)) ||
            !convert_map(size, descriptor_size, boot)) {
            return false;
        }
        if (!EFI_ERROR(uefi_call_wrapper(system->BootServices->ExitBootServices, 2, image, key))) {
            return true;
        }
    }
    return false;
}
