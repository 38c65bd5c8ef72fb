#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "hv-walk.h"

#include <cmocka.h>

static bool read_entry(void *self, gpa_t address, void *to, size_t size)
{
    struct path *path = self;

    assert_int_equal(size, path->entry_size);
    assert_int_equal(address.value % size, 0);
    for (unsigned i = 0; i < path->levels; i++) {
        struct entry *entry = &path->entries[i];
        if (entry->address == address.value) {
            entry->reads++;
            memcpy(to, &entry->value, size);
            entry->value = ~entry->value;
            return !entry->unreadable;
        }
    }
    fail_msg("read of 0x%llx, where no entry of the path is", (unsigned long long)address.value);
    return false;
}

struct walk_context path_context(const struct path *path)
{
    return (struct walk_context){ .cr0 = CR0_PG | 1, .cr3 = path->cr3, .cr4 = path->cr4, .efer = path->efer };
}

enum walk_result path_walk(struct path *path, struct walk_context context, gpa_t *out)
{
    struct walk_reader reader = { .read = read_entry, .self = path };

    for (unsigned i = 0; i < path->levels; i++) {
        path->entries[i].reads = 0;
    }
    return walk_translate(&context, &reader, gva(path->linear), out);
}
