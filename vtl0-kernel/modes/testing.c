#include <vtl0/testing.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

bool test_report(const char *id, bool good, uint64_t got, uint64_t wanted)
{
    console_printf("@openvsm test id=%s outcome=%s detail=%lu/%lu\n", id, good ? "ok" : "failed", got, wanted);
    return good;
}

struct test_file test_place(const uint8_t *begin, const uint8_t *end)
{
    struct test_file file = { .size = (uint64_t)(end - begin) };
    void *pages;

    file.range.pages = (file.size + PAGE_SIZE - 1) / PAGE_SIZE;
    pages = pages_alloc(file.range.pages, PAGE_SIZE);
    memcpy(pages, begin, file.size);
    file.range.gpa = (uint64_t)(uintptr_t)pages;
    return file;
}

uint32_t test_start(const struct test_file *file, struct trustlet_started *started)
{
    return trustlet_start(&file->range, 1, file->size, started);
}

bool test_give(uint64_t pages)
{
    const struct secure_range gift = { (uint64_t)(uintptr_t)pages_alloc(pages, PAGE_SIZE), pages };

    return trustlet_donate(&gift, 1) == SECURE_STATUS_SUCCESS;
}

uint64_t test_take_all_back(uint64_t *dirty)
{
    static struct secure_range ranges[SECURE_CALL_DATA_SIZE / sizeof(struct secure_range)];
    uint64_t pages = 0;
    size_t count;

    while (trustlet_reclaim(SECURE_DONATION_MAX, ranges, sizeof(ranges) / sizeof(ranges[0]), &count) == SECURE_STATUS_SUCCESS &&
           count > 0) {
        for (size_t i = 0; i < count; i++) {
            const uint64_t *words = (const uint64_t *)(uintptr_t)ranges[i].gpa;

            for (uint64_t n = 0; n < ranges[i].pages * PAGE_SIZE / sizeof(*words); n++) {
                *dirty += words[n] != 0;
            }
            pages += ranges[i].pages;
        }
    }
    return pages;
}

uint64_t test_worst_delay(void)
{
    return this_processor()->worst_tick * (clock_tsc_hertz() / clock_apic_hertz());
}

void test_tell_backtrace(const struct secure_fault_info *fault)
{
    console_printf("@openvsm backtrace rip=%lx frames=%u", fault->rip_offset, fault->frame_count);
    for (uint32_t i = 0; i < fault->frame_count && i < SECURE_FAULT_FRAMES; i++) {
        console_printf(" f%u=%x", i, fault->frames[i]);
    }
    console_printf("\n");
}
