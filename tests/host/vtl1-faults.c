#include "vtl1-faults.h"

#include <string.h>

#include "vtl1-machine.h"

#include <sk/page_alloc.h>

bool __real_page_alloc(gpa_t *out);
bool __real_page_alloc_region(gpa_t *out);
void __real_page_free(gpa_t page);
bool __wrap_page_alloc(gpa_t *out);
bool __wrap_page_alloc_region(gpa_t *out);
void __wrap_page_free(gpa_t page);

static const uint8_t zero[4096];
static bool owned[MACHINE_PAGES];
static uint64_t owned_count, asked, tables, fails_at = FAULTS_NONE;

void faults_at(uint64_t number)
{
    fails_at = number;
    asked = 0;
    tables = 0;
}

bool faults_happened(void)
{
    return asked > fails_at;
}

uint64_t faults_asked(void)
{
    return asked;
}

uint64_t faults_tables(void)
{
    return tables;
}

uint64_t faults_owned(void)
{
    return owned_count;
}

void faults_forget(void)
{
    memset(owned, 0, sizeof(owned));
    owned_count = 0;
}

void faults_check_wiped(void)
{
    for (uint64_t i = RAM_PAGES + REGION_TAKEN; i < MACHINE_PAGES; i++) {
        if (!owned[i] && memcmp(machine_memory + i * PAGE_SIZE, zero, PAGE_SIZE) != 0) {
            fail_msg("page %lu is nobody's and not zero", (unsigned long)i);
        }
    }
}

static bool hand_out(bool (*allocate)(gpa_t *out), gpa_t *out)
{
    if (asked++ == fails_at || !allocate(out)) {
        return false;
    }
    assert_false(owned[machine_number(*out)]);
    assert_memory_equal(machine_memory + (out->value - MACHINE_BASE), zero, PAGE_SIZE);
    owned[machine_number(*out)] = true;
    owned_count++;
    return true;
}

bool __wrap_page_alloc(gpa_t *out)
{
    return hand_out(__real_page_alloc, out);
}

bool __wrap_page_alloc_region(gpa_t *out)
{
    bool good = hand_out(__real_page_alloc_region, out);

    tables += good;
    return good;
}

void __wrap_page_free(gpa_t page)
{
    assert_true(owned[machine_number(page)]);
    __real_page_free(page);
    owned[machine_number(page)] = false;
    owned_count--;
}
