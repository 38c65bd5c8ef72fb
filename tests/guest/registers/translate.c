/*
 * HvCallTranslateVirtualAddress and ...Ex against tables made for it: what the tables deny, what VTL1 denies, what is refused,
 * the exceptions that the accesses would raise, accessed and dirty flags.
 */
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
#define MARK  HV_TRANSLATE_SET_PAGE_TABLE_BITS

#define ACCESSED UINT64_C(0x20)
#define DIRTY    UINT64_C(0x40)

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

/* Both calls, which must say the same. */
static uint64_t translate_on(uint32_t vp, enum side side, uint64_t flags, uint64_t address,
                             struct hv_output_translate_virtual_address_ex *out)
{
    const struct hv_input_translate_virtual_address input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = vp, .control_flags = flags, .gva_page = address >> 12,
    };
    uint64_t words[8], brief[2] = { 0 };
    uint64_t result = send_words(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), brief, 2);
    uint64_t again = send_words(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS_EX, &input, sizeof(input), words, 8);

    memcpy(out, words, sizeof(*out));
    note(result == again, "ex:0x%lx-not-0x%lx", again, result);
    if (result == HV_STATUS_SUCCESS) {
        note(words[0] == brief[0] && out->gpa_page == brief[1], "ex:0x%lx-0x%lx", words[0], out->gpa_page);
        note(out->reserved0 == 0 && out->reserved1 == 0 && out->reserved2 == 0, "ex:reserved");
        note((out->event[0] | out->event[1]) == 0 || (out->result >= 1 && out->result <= 3), "ex:event-0x%lx", out->event[0]);
        note((out->event[2] | out->event[3]) == 0, "ex:event");
    }
    return result;
}

static uint64_t translate(enum side side, uint64_t flags, uint64_t address, struct hv_output_translate_virtual_address_ex *out)
{
    return translate_on(HV_VP_INDEX_SELF, side, flags, address, out);
}

static void expect(enum side side, const char *name, uint64_t flags, uint64_t address, uint32_t expected)
{
    struct hv_output_translate_virtual_address_ex out;
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
    struct hv_output_translate_virtual_address_ex out;
    uint64_t result = translate(side, flags, AT(SUPERVISOR), &out);

    note(result == status, "%s-from-vtl%u:0x%lx", name, side, result);
    note(side == FROM_VTL1 || out.gpa_page == 0, "%s:output-written", name); /* VTL0's output page was zero */
}

static void refusals(enum side side)
{
    static const unsigned unknown[] = { 5, 10, 11, 32, 55, 61, 62, 63 };

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
        note(send(side, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), NULL)
             == (side == FROM_VTL0 ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS), "another-vp");
    }
}

static void raises(enum side side, const char *name, uint64_t flags, uint64_t address, uint64_t event)
{
    struct hv_output_translate_virtual_address_ex out;
    uint64_t parameter = (uint8_t)(event >> 16) == VECTOR_PF ? address : 0;

    note(translate(side, flags | (side == FROM_VTL1 ? OF_VTL0 : 0), address, &out) == HV_STATUS_SUCCESS, "%s", name);
    note(out.event[0] == event && out.event[1] == parameter, "%s-from-vtl%u:event-0x%lx-0x%lx", name, side, out.event[0],
         out.event[1]);
}

/* As HvX64RegisterPendingEvent0 takes it: vector 14 or 13, an error code, CR2. */
static void events(enum side side)
{
    const uint64_t fault = 0x101 | 14u << 16;

    raises(side, "success", READ, AT(SUPERVISOR), 0);
    raises(side, "absent", READ, AT(ABSENT), fault);
    raises(side, "absent-write", WRITE, AT(ABSENT), fault | UINT64_C(2) << 32);
    raises(side, "absent-user-write", WRITE | HV_TRANSLATE_USER, AT(ABSENT), fault | UINT64_C(6) << 32);
    raises(side, "absent-fetch", FETCH | WRITE, AT(ABSENT), fault | UINT64_C(0x10) << 32);
    raises(side, "read-only", WRITE, AT(READ_ONLY), fault | UINT64_C(3) << 32);
    raises(side, "as-user", READ | HV_TRANSLATE_USER, AT(SUPERVISOR), fault | UINT64_C(5) << 32);
    raises(side, "no-execute", FETCH, AT(DATA), fault | UINT64_C(0x11) << 32);
    raises(side, "both", WRITE | FETCH, AT(READ_ONLY), fault | UINT64_C(3) << 32);
    raises(side, "not-canonical", READ, UINT64_C(1) << 60, 0x101 | 13u << 16);
    protect(target, 1, 0);
    raises(side, "vtl1-none", READ, AT(SUPERVISOR), 0); /* no exception of VTL0's */
    protect(target, 1, HV_MAP_GPA_ALL);
}

static void flags_are(enum side side, const char *name, enum page page, uint64_t upper, uint64_t leaf)
{
    uint64_t seen = (top[SLOT] | top[512] | top[2 * 512]) & (ACCESSED | DIRTY);
    uint64_t both = top[SLOT] & top[512] & top[2 * 512] & (ACCESSED | DIRTY);

    note(seen == upper && both == upper, "%s-from-vtl%u:upper-0x%lx", name, side, seen);
    note((top[3 * 512 + page] & (ACCESSED | DIRTY)) == leaf, "%s-from-vtl%u:leaf-0x%lx", name, side, top[3 * 512 + page]);
}

static void clear_flags(void)
{
    top[SLOT] &= ~(ACCESSED | DIRTY);
    top[512] &= ~(ACCESSED | DIRTY);
    top[2 * 512] &= ~(ACCESSED | DIRTY);
    for (unsigned n = 0; n < PAGE_COUNT; n++) {
        top[3 * 512 + n] &= ~(ACCESSED | DIRTY);
    }
}

/* As the processor's walk; only for what succeeds, and only with the rights of the VTL whose tables they are. */
static void page_table_bits(enum side side)
{
    clear_flags();
    expect(side, "unasked", READ | WRITE, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    flags_are(side, "unasked", SUPERVISOR, 0, 0);
    expect(side, "denied", WRITE | MARK, AT(READ_ONLY), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    flags_are(side, "denied", READ_ONLY, 0, 0);
    protect(target, 1, HV_MAP_GPA_READABLE);
    expect(side, "vtl1-denies", WRITE | MARK, AT(SUPERVISOR), HV_TRANSLATE_NO_WRITE);
    flags_are(side, "vtl1-denies", SUPERVISOR, 0, 0);
    protect(target, 1, HV_MAP_GPA_ALL);
    protect(top + 3 * 512, 1, HV_MAP_GPA_READABLE);
    expect(side, "tables-read-only", READ, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    expect(side, "tables-read-only", READ | MARK, AT(SUPERVISOR), HV_TRANSLATE_NO_WRITE);
    protect(top + 3 * 512, 1, HV_MAP_GPA_ALL);
    flags_are(side, "tables-read-only", SUPERVISOR, ACCESSED, 0);
    clear_flags();
    expect(side, "read", READ | FETCH | MARK, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    flags_are(side, "read", SUPERVISOR, ACCESSED, ACCESSED);
    flags_are(side, "read-neighbour", DATA, ACCESSED, 0);
    expect(side, "write", WRITE | MARK, AT(SUPERVISOR), HV_TRANSLATE_SUCCESS);
    flags_are(side, "write", SUPERVISOR, ACCESSED, ACCESSED | DIRTY);
    expect(side, "write", READ | WRITE | MARK, AT(USERS), HV_TRANSLATE_SUCCESS);
    flags_are(side, "write", USERS, ACCESSED, ACCESSED | DIRTY);
    note((top[3 * 512 + USERS] & ~(ACCESSED | DIRTY)) == ((uint64_t)(uintptr_t)target | PRESENT | WRITABLE | USER), "rest");
}

/* VTL1's own addresses are VTL1's to ask for: this one is its code. */
static void own_of_vtl1(void)
{
    struct hv_output_translate_virtual_address_ex out;
    uint64_t rip = UINT64_C(0xFFFFFFFF80000000);

    note(translate(FROM_VTL1, READ | FETCH, rip, &out) == HV_STATUS_SUCCESS, "own-of-vtl1");
    note(out.result == HV_TRANSLATE_SUCCESS, "own-of-vtl1:%u", out.result);
    note(translate(FROM_VTL1, READ | WRITE | MARK, rip, &out) == HV_STATUS_SUCCESS, "own-of-vtl1-mark");
    note(out.result == HV_TRANSLATE_SUCCESS || out.result == HV_TRANSLATE_PRIVILEGE_VIOLATION, "own-of-vtl1-mark:%u", out.result);
}

#define TOGGLES 200000u
#define IGNORED UINT64_C(0x200) /* a bit of an entry that is the system's */

static volatile uint64_t toggled;

static void toggle(void *entry)
{
    for (toggled = 0; toggled < TOGGLES; toggled = toggled + 1) {
        __atomic_fetch_xor((uint64_t *)entry, IGNORED, __ATOMIC_SEQ_CST);
    }
}

/* No change of another processor's is lost, and what succeeds has set its flags; who changes them too often gets a page fault. */
static void changing_tables(void)
{
    const struct hv_input_translate_virtual_address input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .control_flags = WRITE | MARK, .gva_page = AT(USERS) >> 12,
    };
    uint64_t *entry = &top[3 * 512 + USERS], faults = 0, rounds = 0, words[2];

    if (processor_count < 2) {
        return;
    }
    clear_flags();
    note(processor_start(1, toggle, entry), "processor-1-did-not-start");
    do {
        __atomic_fetch_and(entry, ~(ACCESSED | DIRTY), __ATOMIC_SEQ_CST);
        note(send_words(FROM_VTL0, HVCALL_TRANSLATE_VIRTUAL_ADDRESS, &input, sizeof(input), words, 2) == HV_STATUS_SUCCESS, "changing");
        faults += (uint32_t)words[0] == HV_TRANSLATE_NOT_PRESENT;
        note((uint32_t)words[0] == HV_TRANSLATE_NOT_PRESENT || (*entry & (ACCESSED | DIRTY)) == (ACCESSED | DIRTY), "changing:0x%lx-0x%lx",
             words[0], *entry);
        rounds++;
    } while (toggled < TOGGLES && rounds < TOGGLES);
    note(processor_wait(1), "processor-1-did-not-end");
    note((*entry & IGNORED) == 0, "lost:0x%lx,%lu-of-%lu", *entry, faults, rounds);
    expect(FROM_VTL0, "unchanging", WRITE | MARK, AT(USERS), HV_TRANSLATE_SUCCESS);
}

/* Each processor has tables of its own: the firmware's on the other, which do not know our addresses. */
static void another_processor(void)
{
    struct hv_output_translate_virtual_address_ex out;

    if (processor_count < 2) {
        return;
    }
    note(translate_on(1, FROM_VTL1, READ | OF_VTL0, (uint64_t)(uintptr_t)target, &out) == HV_STATUS_SUCCESS, "other");
    note(out.result == HV_TRANSLATE_SUCCESS && out.gpa_page == (uint64_t)(uintptr_t)target >> 12, "other:%u", out.result);
    note(translate_on(1, FROM_VTL1, READ | OF_VTL0, AT(SUPERVISOR), &out) == HV_STATUS_SUCCESS, "other-absent");
    note(out.result == HV_TRANSLATE_NOT_PRESENT && out.event[1] == AT(SUPERVISOR), "other-absent:%u", out.result);
    note(translate_on(0, FROM_VTL1, READ | OF_VTL0, AT(SUPERVISOR), &out) == HV_STATUS_SUCCESS, "by-index");
    note(out.result == HV_TRANSLATE_SUCCESS, "by-index:%u", out.result);
    note(translate_on(1, FROM_VTL1, READ | FETCH, UINT64_C(0xFFFFFFFF80000000), &out) == HV_STATUS_SUCCESS, "other-vtl1");
    note(out.result == HV_TRANSLATE_SUCCESS, "other-vtl1:%u", out.result);
    note(translate_on(1, FROM_VTL0, READ, (uint64_t)(uintptr_t)target, &out) == HV_STATUS_ACCESS_DENIED, "other-from-vtl0");
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
        events(side);
        page_table_bits(side);
    }
    own_of_vtl1();
    another_processor();
    changing_tables();
    write_cr3(old);
    report_notes("registers-translate");
}
