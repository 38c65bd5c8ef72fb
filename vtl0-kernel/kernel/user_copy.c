/*
 * Ring 3's memory is reached through the one-to-one map, page by page, after
 * its own page tables have been asked: SMAP stays on throughout.
 */
#include <vtl0/process.h>

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

size_t process_copy(const struct process *process, uint64_t address, void *kernel, size_t size, bool write)
{
    uint8_t *buffer = kernel;
    size_t done = 0;

    while (done < size) {
        size_t part = PAGE_SIZE - (address + done) % PAGE_SIZE;
        uint64_t physical;

        part = part < size - done ? part : size - done;
        if (address + done < USER_BASE || address + done >= USER_END ||
            !paging_translate_user(process->root, address + done, write ? PTE_WRITE : 0, &physical)) {
            break;
        }
        memcpy(write ? (void *)(uintptr_t)physical : buffer + done, write ? buffer + done : (void *)(uintptr_t)physical, part);
        done += part;
    }
    return done;
}

bool user_copy_in(void *to, uint64_t from, size_t size)
{
    return process_copy(this_processor()->process, from, to, size, false) == size;
}

bool user_copy_out(uint64_t to, const void *from, size_t size)
{
    return process_copy(this_processor()->process, to, (uint8_t *)(uintptr_t)from, size, true) == size;
}
