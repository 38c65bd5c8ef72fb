#include <vtl0/process.h>

#include <lib/string.h>
#include <vtl0/elf.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define STACK_PAGES 8u

static uint64_t rights_of(const struct elf_segment *segment)
{
    uint64_t rights = PTE_PRESENT;

    rights |= (segment->rights & ELF_WRITE) != 0 ? PTE_WRITE : 0;
    rights |= (segment->rights & ELF_EXECUTE) != 0 ? 0 : PTE_NX;
    return rights;
}

static bool load_segment(struct process *process, const struct elf_segment *segment)
{
    for (uint64_t at = 0; at < segment->memory_size; at += PAGE_SIZE) {
        void *page = process_map(process, segment->address + at, rights_of(segment));
        uint64_t left = at < segment->file_size ? segment->file_size - at : 0;

        if (page == NULL) {
            return false;
        }
        memcpy(page, segment->bytes + at, left < PAGE_SIZE ? left : PAGE_SIZE);
    }
    return true;
}

static bool load_segments(struct process *process, const uint8_t *image, size_t size, int count)
{
    for (int i = 0; i < count; i++) {
        struct elf_segment segment;
        int found = elf_segment_at(image, size, (unsigned)i, USER_BASE, USER_END, &segment);

        if (found < 0 || (found > 0 && !load_segment(process, &segment))) {
            return false;
        }
    }
    return true;
}

static bool load_stack(struct process *process)
{
    for (unsigned i = 1; i <= STACK_PAGES; i++) {
        if (process_map(process, USER_END - i * (uint64_t)PAGE_SIZE, MAP_READ_WRITE) == NULL) {
            return false;
        }
    }
    return true;
}

struct process *process_load(const uint8_t *image, size_t size)
{
    uint64_t entry = 0;
    int count = elf_open(image, size, &entry);
    struct process *process;

    if (count <= 0 || entry < USER_BASE || entry >= USER_END) {
        return NULL;
    }
    process = process_new(entry, USER_END);
    if (!load_segments(process, image, size, count) || !load_stack(process)) {
        process_delete(process);
        return NULL;
    }
    return process;
}
