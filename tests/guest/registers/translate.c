/* HvCallTranslateVirtualAddress against tables made for it: what the tables deny, what VTL1 denies, what is refused. */
#include "registers.h"

#include <lib/string.h>

#define SLOT       201u /* of the top table; the firmware uses the first ones only */
#define AT(n)      (((uint64_t)SLOT << 39 | (uint64_t)(n) << 12))
#define PRESENT    UINT64_C(1)
#define WRITABLE   UINT64_C(2)
#define USER       UINT64_C(4)
#define NO_EXECUTE (UINT64_C(1) << 63)
#define OF_VTL0    ((uint64_t)TARGET_VTL0 << HV_TRANSLATE_VTL_SHIFT)
#define OF_VTL1    ((uint64_t)TARGET_VTL1 << HV_TRANSLATE_VTL_SHIFT)

#define READ  HV_TRANSLATE_READ
#define WRITE HV_TRANSLATE_WRITE
#define FETCH HV_TRANSLATE_EXECUTE

enum page { SUPERVISOR, READ_ONLY, DATA, USERS, ABSENT, PAGE_COUNT };

static uint8_t *target;
static uint64_t *top;

static void make_tables(void)
{
    static const uint64_t flags[PAGE_COUNT] = {
        [SUPERVISOR] = PRESENT | WRITABLE, [READ_ONLY] = PRESENT, [DATA] = PRESENT | WRITABLE | NO_EXECUTE,
        [USERS] = PRESENT | WRITABLE | USER, [ABSENT] = 0,
    };
    uint64_t *tables = (uint64_t *)pages_take(4, PAGE_SIZE);

    target = pages_take(1, PAGE_SIZE);
    top = tables;
    memcpy(top, (const void *)(uintptr_t)(read_cr3() & ~UINT64_C(0xFFF)), PAGE_SIZE);
    for (unsigned level = 1; level < 4; level++) {
        uint64_t *upper = tables + (level - 1) * 512;

        memset(tables + level * 512, 0, PAGE_SIZE);
        upper[level == 1 ? SLOT : 0] = (uint64_t)(uintptr_t)(tables + level * 512) | PRESENT | WRITABLE | USER;
    }
    for (unsigned n = 0; n < PAGE_COUNT; n++) {
        tables[3 * 512 + n] = flags[n] != 0 ? (uint64_t)(uintptr_t)target | flags[n] : 0;
    }
}

static uint64_t translate(enum side side, uint64_t flags, uint64_t address, struct hv_output_translate_virtual_address *out)
{
    const struct hv_input_translate_virtual_address input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .control_flags = flags, .gva_page = address >> 12,
    };
    struct hv_register_value value = { UINT64_MAX, UINT64_MAX };
    uint64_t result = send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), &value);

    memcpy(out, &value, sizeof(*out));
    return result;
}

static void expect(enum side side, const char *name, uint64_t flags, uint64_t address, uint32_t expected)
{
    struct hv_output_translate_virtual_address out;
    uint64_t result = translate(side, flags | (side == FROM_VTL1 ? OF_VTL0 : 0), address, &out);
    bool leads_there = expected == HV_TRANSLATE_SUCCESS || expected >= HV_TRANSLATE_NO_READ;

    note(result == HV_STATUS_SUCCESS && out.result == expected, "%s-from-vtl%u:0x%lx,%u", name, side, result, out.result);
    note(!leads_there || (out.gpa_page == (uint64_t)(uintptr_t)target >> 12 && out.cache_type == 6 && out.overlay_page == 0),
         "%s-from-vtl%u:page-0x%lx", name, side, out.gpa_page);
}

static void what_tables_say(enum side side)
{
    expect(side, "read", READ, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    expect(side, "all", READ | WRITE | FETCH, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    expect(side, "as-user", READ | HV_TRANSLATE_USER, AT(SUPERVISOR), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    expect(side, "exempt", READ | HV_TRANSLATE_USER | HV_TRANSLATE_EXEMPT, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    expect(side, "read-only", READ, AT(READ_ONLY), HV_TRANSLATE_SUCCESS);
    expect(side, "read-only-write", WRITE, AT(READ_ONLY), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    expect(side, "data", READ | WRITE, AT(DATA), HV_TRANSLATE_SUCCESS);
    expect(side, "data-fetch", FETCH, AT(DATA), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    expect(side, "data-both", READ | FETCH, AT(DATA), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    expect(side, "user", READ | WRITE | FETCH | HV_TRANSLATE_USER, AT(USERS), HV_TRANSLATE_SUCCESS);
    expect(side, "absent", READ, AT(ABSENT), HV_TRANSLATE_NOT_PRESENT);
    expect(side, "absent-exempt", READ | HV_TRANSLATE_EXEMPT, AT(ABSENT), HV_TRANSLATE_NOT_PRESENT);
    expect(side, "not-canonical", READ, UINT64_C(1) << 60, HV_TRANSLATE_NOT_PRESENT);
}

/* VTL0's view: what VTL1 took away shows as such. */
static void what_vtl1_says(enum side side)
{
    protect(target, 1, HV_MAP_GPA_READABLE);
    expect(side, "vtl1-read-only", READ, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    expect(side, "vtl1-read-only-write", READ | WRITE, AT(SUPERVISOR), HV_TRANSLATE_NO_WRITE);
    expect(side, "vtl1-read-only-fetch", FETCH, AT(SUPERVISOR), HV_TRANSLATE_INTERCEPT);
    protect(target, 1, 0);
    expect(side, "vtl1-none", READ, AT(SUPERVISOR), HV_TRANSLATE_GPA_UNMAPPED);
    protect(target, 1, HV_MAP_GPA_ALL);
    protect(top + 3 * 512, 1, 0);
    expect(side, "vtl1-table", READ, AT(SUPERVISOR), HV_TRANSLATE_GPA_UNMAPPED);
    protect(top + 3 * 512, 1, HV_MAP_GPA_ALL);
}

static void refused(enum side side, const char *name, uint64_t flags, uint16_t status)
{
    struct hv_output_translate_virtual_address out;
    uint64_t result = translate(side, flags, AT(SUPERVISOR), &out);

    note(result == status, "%s-from-vtl%u:0x%lx", name, side, result);
    note(side == FROM_VTL1 || out.gpa_page == 0, "%s:output-written", name); /* VTL0's output page was zero */
}

static void refusals(enum side side)
{
    static const unsigned unknown[] = { 4, 5, 10, 11, 32, 55, 61, 62, 63 };

    refused(side, "nothing-asked", 0, HV_STATUS_INVALID_PARAMETER);
    refused(side, "user-and-supervisor", READ | HV_TRANSLATE_USER | HV_TRANSLATE_SUPERVISOR, HV_STATUS_INVALID_PARAMETER);
    refused(side, "both-smap", READ | HV_TRANSLATE_ENFORCE_SMAP | HV_TRANSLATE_OVERRIDE_SMAP, HV_STATUS_INVALID_PARAMETER);
    for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        refused(side, "unknown-flag", READ | UINT64_C(1) << unknown[i], HV_STATUS_INVALID_PARAMETER);
    }
    refused(side, "vtl-2", READ | (uint64_t)0x12 << HV_TRANSLATE_VTL_SHIFT, HV_STATUS_INVALID_PARAMETER);
    if (side == FROM_VTL0) {
        refused(side, "vtl-1", READ | OF_VTL1, HV_STATUS_ACCESS_DENIED);
    }
}

static void header_errors(enum side side)
{
    struct hv_input_translate_virtual_address input = { .partition_id = 7, .vp_index = HV_VP_INDEX_SELF, .control_flags = READ };

    note(send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), NULL) == HV_STATUS_INVALID_PARTITION_ID, "partition");
    input.partition_id = HV_PARTITION_ID_SELF;
    input.vp_index = processor_count;
    note(send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), NULL) == HV_STATUS_INVALID_VP_INDEX, "vp-index");
    input.vp_index = HV_VP_INDEX_SELF;
    input.reserved = 1;
    note(send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), NULL) == HV_STATUS_INVALID_PARAMETER, "reserved");
    if (processor_count > 1) {
        input.reserved = 0;
        input.vp_index = 1;
        note(send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), NULL) == HV_STATUS_ACCESS_DENIED, "another-vp");
    }
}

/* VTL1's own addresses are VTL1's to ask for: this one is its code. */
static void own_of_vtl1(void)
{
    struct hv_output_translate_virtual_address out;
    uint64_t rip = UINT64_C(0xFFFFFFFF80000000);

    note(translate(FROM_VTL1, READ | FETCH, rip, &out) == HV_STATUS_SUCCESS, "own-of-vtl1");
    note(out.result == HV_TRANSLATE_SUCCESS, "own-of-vtl1:%u", out.result);
}

void test_translate(void)
{
    uint64_t old = read_cr3();

    make_tables();
    write_cr3((uint64_t)(uintptr_t)top);
    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        what_tables_say(side);
        what_vtl1_says(side);
        refusals(side);
        header_errors(side);
    }
    own_of_vtl1();
    write_cr3(old);
    report_notes("registers-translate");
}
