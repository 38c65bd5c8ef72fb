/* Each legal mask on one page of VTL0's: exactly what it takes away is taken away (TLFS, "Memory Access Protections"). */
#include "rights.h"

#include "guest.h"

#define RETURN_INSTRUCTION 0xC3u
#define WRITE_AT           0x800u

enum access { READ, WRITE, EXECUTE, ACCESSES };

static const char *const access_names[ACCESSES] = { "read", "write", "execute" };

static const struct {
    uint32_t flags;
    bool allowed[ACCESSES];
} masks[] = {
    { 0x0, { false, false, false } }, { 0x1, { true, false, false } }, { 0x3, { true, true, false } },
    { 0xD, { true, false, true } },   { 0xF, { true, true, true } },
};

static uint8_t *large; /* 2 MiB in the middle of three */

static uint64_t try_access(struct probe *probe, uint8_t *page, enum access access)
{
    const void *const code[ACCESSES] = { probe_read, probe_write, page };

    return probe_run(probe, code[access], page + WRITE_AT);
}

/* The instruction that must be named: the first one of the probe, or the page's. */
static uint64_t expected_rip(const uint8_t *page, enum access access)
{
    const void *const code[ACCESSES] = { probe_read, probe_write, page };

    return (uint64_t)(uintptr_t)code[access];
}

static uint64_t intercepts(void)
{
    return vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0);
}

static void prepare(uint8_t *page)
{
    page[0] = RETURN_INSTRUCTION;
    *(volatile uint64_t *)(page + WRITE_AT) = UINT64_C(0x1122334455667788);
}

static void expect_refused(uint8_t *page, uint32_t flags, enum access access, const char *where)
{
    uint64_t before = intercepts();
    struct probe probe;

    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    try_access(&probe, page, access);
    note(probe.vector == GUEST_FAULT + VECTOR_GP && probe.error == 0, "%s-mask-%x-%s:vector-0x%x", where, flags,
         access_names[access], probe.vector);
    note(probe.rip == expected_rip(page, access), "%s-mask-%x-%s:rip-0x%lx", where, flags, access_names[access], probe.rip);
    note(intercepts() == before + 1, "%s-mask-%x-%s:intercepts", where, flags, access_names[access]);
    note((message_word(offsetof(struct hv_message, gpa.header.vp_index)) >> 40 & 0xFF) == access, "%s-mask-%x-%s:access-in-message",
         where, flags, access_names[access]);
    note(message_word(offsetof(struct hv_message, gpa.gpa)) / PAGE_SIZE == (uint64_t)(uintptr_t)page / PAGE_SIZE,
         "%s-mask-%x-%s:gpa-in-message", where, flags, access_names[access]);
}

static void expect_allowed(uint8_t *page, uint32_t flags, enum access access, const char *where)
{
    uint64_t before = intercepts();
    struct probe probe;

    try_access(&probe, page, access);
    note(probe.vector == 0 && intercepts() == before, "%s-mask-%x-%s:vector-0x%x,intercepts-%lu", where, flags,
         access_names[access], probe.vector, intercepts() - before);
}

static void neighbours(uint8_t *page, uint32_t flags)
{
    for (enum access access = READ; access < ACCESSES; access++) {
        expect_allowed(page - PAGE_SIZE, flags, access, "page-before");
        expect_allowed(page + PAGE_SIZE, flags, access, "page-behind");
    }
}

/* VTL1 gives the right back and VTL0's same instruction runs again, to its end. */
static void restored_by_vtl1(uint8_t *page, uint32_t flags, enum access access)
{
    uint64_t before = intercepts();
    struct probe probe;

    protect(page, 1, flags);
    vtl1(COMMAND_POLICY, POLICY_ALLOW, 0, 0);
    try_access(&probe, page, access);
    note(probe.vector == 0 && intercepts() == before + 1, "restore-mask-%x-%s:vector-0x%x", flags, access_names[access], probe.vector);
    note(access != WRITE || *(volatile uint64_t *)(page + WRITE_AT) == (uint64_t)(uintptr_t)(page + WRITE_AT),
         "restore-mask-%x-write:not-written", flags);
    prepare(page);
}

static void one_mask(uint8_t *page, unsigned n, const char *where)
{
    uint32_t flags = masks[n].flags;

    prepare(page);
    note(protect(page, 1, flags) == HV_STATUS_SUCCESS, "%s-mask-%x:status", where, flags);
    for (enum access access = READ; access < ACCESSES; access++) {
        if (masks[n].allowed[access]) {
            expect_allowed(page, flags, access, where);
        } else {
            expect_refused(page, flags, access, where);
        }
    }
    neighbours(page, flags);
    note(protect(page, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "%s-mask-%x:un-protect", where, flags);
    note(masks[n].allowed[WRITE] || *(volatile uint64_t *)(page + WRITE_AT) == UINT64_C(0x1122334455667788),
         "%s-mask-%x:changed", where, flags);
    for (enum access access = READ; access < ACCESSES; access++) {
        expect_allowed(page, flags, access, "un-protected");
        if (!masks[n].allowed[access]) {
            restored_by_vtl1(page, flags, access);
        }
    }
}

static void places(void)
{
    static const struct {
        const char *name;
        unsigned page;
    } at[] = { { "first", 0 }, { "middle", 255 }, { "last", 511 } };
    char id[64] = "rights-page-";

    for (unsigned p = 0; p < sizeof(at) / sizeof(at[0]); p++) {
        for (unsigned n = 0; n < sizeof(masks) / sizeof(masks[0]); n++) {
            one_mask(large + at[p].page * PAGE_SIZE, n, at[p].name);
        }
        __builtin_memcpy(id + 12, at[p].name, __builtin_strlen(at[p].name) + 1);
        report_notes(id);
    }
}

/* Many pages in one call, which the hypervisor may do in several steps: rep start and count. */
static void many(void)
{
    uint64_t before = intercepts();
    struct probe probe;
    uint64_t result = vtl1_value(COMMAND_PROTECT, 0, (uint64_t)(uintptr_t)large / PAGE_SIZE, 16);

    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
    for (unsigned i = 0; i < 16; i++) {
        try_access(&probe, large + i * PAGE_SIZE, READ);
        note(probe.vector == GUEST_FAULT + VECTOR_GP, "page-%u", i);
    }
    try_access(&probe, large + 16 * PAGE_SIZE, READ);
    note(probe.vector == 0 && intercepts() == before + 16, "page-16");
    note(HV_RESULT_REPS(result) == 16, "reps:%u", HV_RESULT_REPS(result));
    note(protect(large, 16, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "un-protect");
    report_notes("rights-sixteen-pages");
}

void guest_test(void)
{
    large = pages_take(3 * 512, LARGE_PAGE) + LARGE_PAGE;
    for (unsigned i = 0; i < 512; i++) {
        prepare(large + i * PAGE_SIZE);
    }
    prepare(large - PAGE_SIZE);
    prepare(large + LARGE_PAGE);
    test_before_enable();
    report("rights-enable", protection_on() == HV_STATUS_SUCCESS, "-");
    places();
    many();
    test_statuses();
}
