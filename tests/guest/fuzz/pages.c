#include "fuzz_test.h"

#include "guest.h"

#define RETURN_INSTRUCTION 0xC3u
#define WRITE_AT           0x800u
#define SAMPLES            256u

enum access { READ, WRITE, EXECUTE, ACCESSES };

static const uint8_t needed[ACCESSES] = { HV_MAP_GPA_READABLE, HV_MAP_GPA_WRITABLE, HV_MAP_GPA_KERNEL_EXECUTE };

static uint8_t *pointer(uint64_t page)
{
    return (uint8_t *)(uintptr_t)(page * PAGE_SIZE);
}

void pages_prepare(void)
{
    for (uint64_t i = 0; i < GUEST_FUZZ_WINDOW_PAGES; i++) {
        machine.window[i * PAGE_SIZE] = RETURN_INSTRUCTION;
    }
}

/*
 * What happens is what the mask says, for each access: allowed, or refused by
 * #GP. A page of others that turns out open is not also written and executed.
 */
static void page_is(uint64_t page, uint32_t mask, const char *what)
{
    const void *const code[ACCESSES] = { probe_read, probe_write, pointer(page) };
    bool good = true;

    for (enum access access = READ; access < ACCESSES && (good || mask != 0); access++) {
        uint32_t expected = (mask & needed[access]) != 0 ? 0 : GUEST_FAULT + VECTOR_GP;
        struct probe probe;

        probe_run(&probe, code[access], pointer(page) + WRITE_AT);
        good = note(probe.vector == expected, "%s-page-0x%lx-mask-0x%x:access-%u,vector-0x%x", what, page, mask, access, probe.vector);
    }
}

uint64_t pages_compare(void)
{
    uint64_t window = (uint64_t)(uintptr_t)machine.window / PAGE_SIZE, masks = 0;

    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    for (uint64_t i = 0; i < GUEST_FUZZ_WINDOW_PAGES + GUEST_FUZZ_OWN_PAGES; i++) {
        bool in_window = i < GUEST_FUZZ_WINDOW_PAGES;

        if (i % 8 == 0) {
            masks = vtl1_value(COMMAND_FUZZ_RIGHTS, i, 0, 0);
        }
        page_is(in_window ? window + i : machine.own.page + i - GUEST_FUZZ_WINDOW_PAGES, masks >> i % 8 * 8 & 0xFF,
                in_window ? "window" : "own");
    }
    return GUEST_FUZZ_WINDOW_PAGES + GUEST_FUZZ_OWN_PAGES;
}

/* No right to any page of others, whichever. */
static uint64_t all_denied(struct fuzz_range range, uint64_t *random, const char *what)
{
    for (unsigned i = 0; i < SAMPLES && range.count != 0; i++) {
        *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        page_is(range.page + (*random >> 33) % range.count, 0, what);
    }
    return range.count != 0 ? SAMPLES : 0;
}

/* Free memory: nobody misses what is in it. The firmware may not have mapped all of it executable. */
static void is_free(uint64_t page)
{
    struct probe probe;

    pointer(page)[0] = RETURN_INSTRUCTION;
    for (enum access access = READ; access < ACCESSES; access++) {
        const void *const code[ACCESSES] = { probe_read, probe_write, pointer(page) };

        probe_run(&probe, code[access], pointer(page) + WRITE_AT);
        note(probe.vector == 0 || (access == EXECUTE && probe.vector == GUEST_FAULT + VECTOR_PF), "free-page-0x%lx:access-%u,vector-0x%x",
             page, access, probe.vector);
    }
}

uint64_t pages_compare_rest(uint64_t seed)
{
    uint64_t random = seed, pages = SAMPLES;

    for (unsigned i = 0; i < SAMPLES; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        is_free(machine_free_page(random >> 33));
    }
    pages += all_denied(machine.hypervisor, &random, "hypervisor");
    pages += all_denied(machine.vtl1[0], &random, "vtl1");
    pages += all_denied(machine.vtl1[1], &random, "vtl1");
    return pages;
}
