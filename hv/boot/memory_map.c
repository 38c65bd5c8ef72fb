#include "memory_map.h"

#include "firmware.h"
#include "log.h"

struct map {
    uint8_t *buffer;
    UINTN room;
    UINTN size;
    UINTN descriptor_size;
};

/* Which types of memory are RAM that belongs to VTL0. */
static bool is_ram(UINT32 type)
{
    switch (type) {
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
    case EfiConventionalMemory:
    case EfiACPIReclaimMemory:
    case EfiACPIMemoryNVS:
        return true;
    default:
        return false;
    }
}

/* The allocation of the buffer may itself split an entry, hence the slack. */
static bool fetch_map(struct map *map)
{
    UINTN key;
    UINT32 version;

    *map = (struct map){ 0 };
    firmware.services->GetMemoryMap(&map->size, NULL, &key, &map->descriptor_size, &version);
    map->room = map->size + 16 * map->descriptor_size;
    map->size = map->room;
    map->buffer = firmware_allocate(map->room);
    if (map->buffer == NULL) {
        return false;
    }
    if (EFI_ERROR(firmware.services->GetMemoryMap(&map->size, (EFI_MEMORY_DESCRIPTOR *)map->buffer, &key,
                                                  &map->descriptor_size, &version))) {
        firmware_free(map->buffer, map->room);
        return false;
    }
    return true;
}

static bool add_descriptor(const EFI_MEMORY_DESCRIPTOR *entry, struct range_list *ram, struct range_list *free)
{
    uint64_t size;

    if (__builtin_mul_overflow(entry->NumberOfPages, (uint64_t)PAGE_SIZE, &size)) {
        return false;
    }
    if (ram != NULL && is_ram(entry->Type) && !ranges_add(ram, entry->PhysicalStart, size)) {
        return false;
    }
    return free == NULL || entry->Type != EfiConventionalMemory || ranges_add(free, entry->PhysicalStart, size);
}

bool memory_map_read(struct range_list *ram, struct range_list *free)
{
    struct map map;
    bool good = true;

    if (!fetch_map(&map)) {
        log_error("the firmware's memory map cannot be read");
        return false;
    }
    for (UINTN at = 0; good && at + sizeof(EFI_MEMORY_DESCRIPTOR) <= map.size; at += map.descriptor_size) {
        good = add_descriptor((const EFI_MEMORY_DESCRIPTOR *)(map.buffer + at), ram, free);
    }
    firmware_free(map.buffer, map.room);
    if (!good) {
        log_error("the firmware's memory map is in too many pieces");
    }
    return good;
}
