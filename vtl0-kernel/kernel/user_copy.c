/*
 * Ring 3's memory is reached through the one-to-one map, page by page, after
 * its own page tables have been asked: SMAP stays on throughout.
 */
#include <vtl0/process.h>

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

static bool copy(uint64_t user, uint8_t *kernel, size_t size, bool out)
{
    uint64_t root = this_processor()->process->root;

    if (user < USER_BASE || user > USER_END || size > USER_END - user) {
        return false;
    }
    while (size > 0) {
        size_t part = PAGE_SIZE - user % PAGE_SIZE;
        uint64_t physical;

        part = part < size ? part : size;
        if (!paging_translate_user(root, user, out ? PTE_WRITE : 0, &physical)) {
            return false;
        }
        memcpy(out ? (void *)(uintptr_t)physical : kernel, out ? kernel : (void *)(uintptr_t)physical, part);
        user += part;
        kernel += part;
        size -= part;
    }
    return true;
}

bool user_copy_in(void *to, uint64_t from, size_t size)
{
    return copy(from, to, size, false);
}

bool user_copy_out(uint64_t to, const void *from, size_t size)
{
    return copy(to, (uint8_t *)(uintptr_t)from, size, true);
}
