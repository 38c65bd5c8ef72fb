/* Parameters in memory: alignment, page boundaries, rights, what is no RAM; the rules of the input value; calls with only statuses. */
#include "forms.h"

#include <lib/string.h>

#define ONE (HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1))

static uint8_t *in, *out; /* a page each */

static void put_names(uint8_t *at, unsigned count)
{
    const struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    const uint32_t name = HV_REGISTER_VSM_PARTITION_STATUS;

    memcpy(at, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        memcpy(at + sizeof(header) + i * sizeof(name), &name, sizeof(name));
    }
}

static uint64_t send(uint64_t value, const uint8_t *from, const uint8_t *to)
{
    return hypercall(value, (uint64_t)(uintptr_t)from, (uint64_t)(uintptr_t)to);
}

static void expect(const char *name, uint64_t value, const uint8_t *from, const uint8_t *to, uint64_t expected)
{
    uint64_t result;

    memset(out, 0x5A, PAGE_SIZE);
    result = send(value, from, to);
    note(result == expected, "%s:0x%lx", name, result);
    for (unsigned i = 0; i < PAGE_SIZE; i++) {
        if (!note(out[i] == 0x5A, "%s:output-written", name)) {
            break;
        }
    }
}

static void alignment(void)
{
    put_names(in, 4);
    for (unsigned off = 1; off < 8; off++) {
        expect("input-misaligned", ONE, in + off, out, HV_STATUS_INVALID_ALIGNMENT);
        expect("output-misaligned", ONE, in, out + off, HV_STATUS_INVALID_ALIGNMENT);
    }
    expect("header-straddles", ONE, in + PAGE_SIZE - 8, out, HV_STATUS_INVALID_ALIGNMENT);
    expect("names-straddle", ONE, in + PAGE_SIZE - 16, out, HV_STATUS_INVALID_ALIGNMENT);
    expect("output-straddles", ONE, in, out + PAGE_SIZE - 8, HV_STATUS_INVALID_ALIGNMENT);
    expect("output-over-a-page", HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(257), in, out, HV_STATUS_INVALID_ALIGNMENT);
    put_names(in + PAGE_SIZE - 24, 1);
    note(send(ONE, in + PAGE_SIZE - 24, out + PAGE_SIZE - 16) == HV_RESULT(0, 1), "up-to-the-end");
    put_names(in, 1);
    note(send(ONE, in, in) == HV_RESULT(0, 1) && *(uint32_t *)in == 0x10003, "one-page:0x%x", *(uint32_t *)in);
    report_notes("calls-alignment");
}

/* A processor's context is taken from any place: what the call answers stands in the bytes of both pages. */
static void context_anywhere(void)
{
    const struct hv_input_enable_vp_vtl again = { HV_PARTITION_ID_SELF, HV_VP_INDEX_SELF, 1, { 0 }, { 0 } };
    uint8_t *pages = pages_take(2, PAGE_SIZE);

    for (unsigned before = 1; before < sizeof(again); before++) {
        uint8_t *at = pages + PAGE_SIZE - before;

        memcpy(at, &again, sizeof(again));
        expect("enable-vp", HVCALL_ENABLE_VP_VTL, at, out, HV_STATUS_ACCESS_DENIED);
        at[12] = 2;
        expect("enable-vp-vtl", HVCALL_ENABLE_VP_VTL, at, out, HV_STATUS_INVALID_PARAMETER);
        at[0] = 1;
        expect("start-vp", HVCALL_START_VIRTUAL_PROCESSOR, at, out, HV_STATUS_INVALID_PARTITION_ID);
    }
    memcpy(pages + PAGE_SIZE - 20, &again, sizeof(again));
    note(protect(pages + PAGE_SIZE, 1, 0) == HV_STATUS_SUCCESS, "protect");
    expect("end-taken", HVCALL_ENABLE_VP_VTL, pages + PAGE_SIZE - 20, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    note(protect(pages + PAGE_SIZE, 1, HV_MAP_GPA_READABLE) == HV_STATUS_SUCCESS, "read-only");
    expect("end-read-only", HVCALL_ENABLE_VP_VTL, pages + PAGE_SIZE - 20, out, HV_STATUS_ACCESS_DENIED);
    note(protect(pages + PAGE_SIZE, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "give-back");
    note(protect(pages, 1, 0) == HV_STATUS_SUCCESS, "protect-first");
    expect("begin-taken", HVCALL_ENABLE_VP_VTL, pages + PAGE_SIZE - 20, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    note(protect(pages, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "give-first-back");
    report_notes("calls-context-anywhere");
}

static void what_is_no_memory(void)
{
    static const uint64_t bad[] = { 0xFEE00000, 0xFED00000, 0xFFFFF000, UINT64_C(1) << 40, UINT64_C(1) << 52,
                                    UINT64_C(0xFFFFFFFFFFFFF000) };

    put_names(in, 1);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect("input-no-memory", ONE, (const uint8_t *)(uintptr_t)bad[i], out, HV_STATUS_INVALID_HYPERCALL_INPUT);
        expect("output-no-memory", ONE, in, (const uint8_t *)(uintptr_t)bad[i], HV_STATUS_INVALID_HYPERCALL_INPUT);
    }
    report_notes("calls-no-memory");
}

static void rights(void)
{
    uint8_t *page = pages_take(1, PAGE_SIZE);
    uint64_t seen = vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0);

    put_names(page, 1);
    put_names(in, 1);
    note(protect(page, 1, HV_MAP_GPA_READABLE) == HV_STATUS_SUCCESS, "protect");
    note(send(ONE, page, out) == HV_RESULT(0, 1), "read-only-input");
    expect("read-only-output", ONE, in, page, HV_STATUS_INVALID_HYPERCALL_INPUT);
    note(protect(page, 1, 0) == HV_STATUS_SUCCESS, "take");
    expect("taken-input", ONE, page, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("taken-output", ONE, in, page, HV_STATUS_INVALID_HYPERCALL_INPUT);
    note(protect(page, 1, HV_MAP_GPA_ALL) == HV_STATUS_SUCCESS, "give-back");
    note(*(uint64_t *)page == HV_PARTITION_ID_SELF, "written-without-a-right");
    note(vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0) == seen, "intercepted");
    expect("hypercall-page-as-output", ONE, in, (const uint8_t *)(uintptr_t)hypercall_page, HV_STATUS_INVALID_HYPERCALL_INPUT);
    report_notes("calls-rights");
}

static void input_value(void)
{
    put_names(in, 4);
    for (unsigned bit = 17; bit < 64; bit++) {
        if (bit < 32 || (bit >= 44 && bit < 48) || bit >= 60) {
            expect("reserved", ONE | UINT64_C(1) << bit, in, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
        }
    }
    expect("no-reps", HVCALL_GET_VP_REGISTERS, in, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("start-behind", ONE | UINT64_C(1) << 48, in, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("reps-of-a-simple-call", HVCALL_NOTIFY_LONG_SPIN_WAIT | HV_INPUT_REPS(1), in, out, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("unknown", 0x7777, in, out, HV_STATUS_INVALID_HYPERCALL_CODE);
    expect("vtl1-only", HVCALL_CHECK_SPARSE_GPA_PAGE_VTL_ACCESS | HV_INPUT_REPS(1), in, out, HV_STATUS_ACCESS_DENIED);
    note(send(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(200), in, out) == HV_RESULT(HV_STATUS_INVALID_PARAMETER, 4), "four-names");
    put_names(in, 200);
    note(send(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(200), in, out) == HV_RESULT(0, 200), "continued");
    note(*(uint32_t *)(out + 199 * 16) == 0x10003, "last-of-200");
    report_notes("calls-input-value");
}

/* Calls that have output alone: the input address says nothing, the output's is as any. */
static void without_input(void)
{
    static const struct {
        uint16_t code;
        uint64_t expected;
    } calls[] = { { HVCALL_GET_PARTITION_ID, 1 }, { HVCALL_EXT_QUERY_CAPABILITIES, 0 } };

    for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        *(volatile uint64_t *)out = ~UINT64_C(0);
        note(send(calls[i].code, in, out) == HV_STATUS_SUCCESS && *(volatile uint64_t *)out == calls[i].expected, "0x%x", calls[i].code);
        note(hypercall(calls[i].code, UINT64_MAX, (uint64_t)(uintptr_t)out) == HV_STATUS_SUCCESS, "0x%x-input-anywhere", calls[i].code);
        note(hypercall(calls[i].code, 0, (uint64_t)(uintptr_t)out + 4) == HV_STATUS_INVALID_ALIGNMENT, "0x%x-output", calls[i].code);
        note(hypercall(calls[i].code | HV_INPUT_FAST, 0, 0) == HV_STATUS_INVALID_HYPERCALL_INPUT, "0x%x-fast", calls[i].code);
        note(hypercall(calls[i].code, 0, 0xFEE00000) == HV_STATUS_INVALID_HYPERCALL_INPUT, "0x%x-no-memory", calls[i].code);
    }
    report_notes("calls-without-input");
}

static void connections(void)
{
    struct hv_input_post_message *message = (void *)in;
    struct hv_input_signal_event *event = (void *)in;

    *message = (struct hv_input_post_message){ .connection_id = 1, .type = 1, .size = 240 };
    expect("message", HVCALL_POST_MESSAGE, in, out, HV_STATUS_INVALID_CONNECTION_ID);
    message->size = 241;
    expect("message-size", HVCALL_POST_MESSAGE, in, out, HV_STATUS_INVALID_PARAMETER);
    *message = (struct hv_input_post_message){ .type = 0x80000000 };
    expect("message-type", HVCALL_POST_MESSAGE, in, out, HV_STATUS_INVALID_PARAMETER);
    *message = (struct hv_input_post_message){ .type = 0 };
    expect("message-type-0", HVCALL_POST_MESSAGE, in, out, HV_STATUS_INVALID_PARAMETER);
    *message = (struct hv_input_post_message){ .type = 1, .reserved = 1 };
    expect("message-reserved", HVCALL_POST_MESSAGE, in, out, HV_STATUS_INVALID_PARAMETER);
    expect("message-straddles", HVCALL_POST_MESSAGE, in + PAGE_SIZE - 248, out, HV_STATUS_INVALID_ALIGNMENT);
    *event = (struct hv_input_signal_event){ .connection_id = 1 };
    expect("event", HVCALL_SIGNAL_EVENT, in, out, HV_STATUS_INVALID_CONNECTION_ID);
    note(hypercall(HVCALL_SIGNAL_EVENT | HV_INPUT_FAST, 1, 0) == HV_STATUS_INVALID_CONNECTION_ID, "event-fast");
    note(hypercall(HVCALL_SIGNAL_EVENT | HV_INPUT_FAST, UINT64_C(1) << 48, 0) == HV_STATUS_INVALID_PARAMETER, "event-reserved");
    note(hypercall(HVCALL_NOTIFY_LONG_SPIN_WAIT | HV_INPUT_FAST, 1000, 0) == HV_STATUS_SUCCESS, "spin-fast");
    expect("spin", HVCALL_NOTIFY_LONG_SPIN_WAIT, in, out, HV_STATUS_SUCCESS);
    report_notes("calls-connections");
}

#define ACCESS_IN  0u
#define ACCESS_OUT 2048u

/* By VTL1 of VTL0's rights. Output stays all ones without success. */
static void expect_access(const char *name, uint8_t access, uint64_t page, uint64_t expected, uint64_t expected_answer)
{
    const uint64_t words[3] = { HV_PARTITION_ID_SELF, HV_INPUT_VTL_USE_TARGET | (uint64_t)access << 8, page };
    uint64_t result, answer;

    for (unsigned i = 0; i < 3; i++) {
        vtl1(COMMAND_POKE, ACCESS_IN / 8 + i, words[i], 0);
    }
    vtl1(COMMAND_POKE, ACCESS_OUT / 8, UINT64_MAX, 0);
    result = vtl1_value(COMMAND_HYPERCALL, HVCALL_CHECK_SPARSE_GPA_PAGE_VTL_ACCESS | HV_INPUT_REPS(1), ACCESS_IN, ACCESS_OUT);
    answer = vtl1_value(COMMAND_PEEK, ACCESS_OUT / 8, 0, 0);
    note(result == expected && answer == expected_answer, "%s:0x%lx:0x%lx", name, result, answer);
}

static void page_access(void)
{
    uint8_t *page = pages_take(1, PAGE_SIZE);
    uint64_t number = (uint64_t)(uintptr_t)page / PAGE_SIZE;

    protect(page, 1, HV_MAP_GPA_READABLE | HV_MAP_GPA_WRITABLE);
    expect_access("denied", HV_MAP_GPA_ALL, number, HV_RESULT(0, 1), 1 | 0xC << 8 | 1 << 16);
    expect_access("allowed", HV_MAP_GPA_WRITABLE, number, HV_RESULT(0, 1), 0);
    expect_access("nothing", 0, number, HV_STATUS_INVALID_PARAMETER, UINT64_MAX);
    expect_access("unknown-right", 0x10, number, HV_STATUS_INVALID_PARAMETER, UINT64_MAX);
    expect_access("apic", 1, 0xFEE00, HV_STATUS_INVALID_PARAMETER, UINT64_MAX);
    protect(page, 1, HV_MAP_GPA_ALL);
    report_notes("calls-page-access");
}

void test_memory(void)
{
    in = pages_take(1, PAGE_SIZE);
    out = pages_take(1, PAGE_SIZE);
    alignment();
    what_is_no_memory();
    rights();
    context_anywhere();
    input_value();
    without_input();
    connections();
    page_access();
}
