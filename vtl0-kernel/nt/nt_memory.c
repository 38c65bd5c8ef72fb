#include <vtl0/nt_process.h>

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define MAX_PAGES 16u

uint32_t nt_copy_memory(struct nt_process *target, uint64_t address, void *buffer, uint64_t size, bool write, uint64_t *copied)
{
    *copied = process_copy(target->process, address, buffer, size, write);
    return *copied == size ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

static uint64_t rights_of(uint32_t protection)
{
    switch (protection) {
    case PAGE_READONLY:
        return MAP_READ;
    case PAGE_READWRITE:
        return MAP_READ_WRITE;
    case PAGE_EXECUTE_READ:
        return MAP_READ_EXECUTE;
    case PAGE_EXECUTE_READWRITE:
        return MAP_EVERYTHING;
    default:
        return 0;
    }
}

uint32_t nt_allocate_memory(struct nt_process *target, uint64_t size, uint32_t protection, uint64_t *address)
{
    uint64_t pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;

    if (size == 0 || size > MAX_PAGES * PAGE_SIZE || rights_of(protection) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *address = process_allocate(target->process, pages, rights_of(protection));
    return *address != 0 ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The rights do not stand in the way of the loader, which is the kernel. */
uint32_t nt_map_image(struct nt_process *target, const void *image, uint64_t size, uint64_t *address)
{
    uint32_t status = nt_allocate_memory(target, size, PAGE_EXECUTE_READ, address);
    const uint8_t *from = image;

    for (uint64_t at = 0; status == STATUS_SUCCESS && at < size; at += PAGE_SIZE) {
        uint64_t physical, left = size - at;

        if (!paging_translate_user(target->process->root, *address + at, 0, &physical)) {
            return STATUS_NO_MEMORY;
        }
        memcpy((void *)(uintptr_t)physical, from + at, left < PAGE_SIZE ? left : PAGE_SIZE);
    }
    return status;
}

static uint32_t protection_at(const struct nt_process *target, uint64_t address)
{
    uint64_t physical;

    if (!paging_translate_user(target->process->root, address, 0, &physical)) {
        return PAGE_NOACCESS;
    }
    return paging_translate_user(target->process->root, address, PTE_WRITE, &physical) ? PAGE_READWRITE : PAGE_READONLY;
}

/* Pages of one kind, one behind the other. Whether they can be executed is not told. */
uint32_t nt_query_memory(const struct nt_process *target, uint64_t address, uint64_t *base, uint64_t *size, uint32_t *protection)
{
    uint64_t at = address & ~(uint64_t)(PAGE_SIZE - 1);

    if (address < USER_BASE || address >= USER_END) {
        return STATUS_INVALID_PARAMETER;
    }
    *base = at;
    *protection = protection_at(target, at);
    do {
        at += PAGE_SIZE;
    } while (at < USER_END && protection_at(target, at) == *protection);
    *size = at - *base;
    return STATUS_SUCCESS;
}
