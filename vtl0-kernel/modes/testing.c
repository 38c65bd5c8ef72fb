#include <vtl0/testing.h>

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
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
