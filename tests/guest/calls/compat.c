/* Calls from 32-bit code, in long mode's compatibility mode. */
#include "forms.h"

#include <lib/string.h>

#define CODE_32 UINT64_C(0x00CF9B000000FFFF)
#define DATA_32 UINT64_C(0x00CF93000000FFFF)

static struct form_32 form;
static uint16_t first_selector;
static uint8_t *in, *out;

/* The firmware's descriptors stay what they are; ours follow them, for ever: code that faulted has left them in SS. */
static void extend_gdt(void)
{
    struct table_pointer table = read_gdt();
    uint8_t *gdt = pages_take(1, PAGE_SIZE);
    const uint64_t more[2] = { CODE_32, DATA_32 };

    first_selector = (uint16_t)((table.limit + 8u) & ~7u);
    memcpy(gdt, (const void *)(uintptr_t)table.base, table.limit + 1u);
    memcpy(gdt + first_selector, more, sizeof(more));
    table = (struct table_pointer){ (uint16_t)(first_selector + 15), (uint64_t)(uintptr_t)gdt };
    __asm__ volatile("lgdt %0" : : "m"(table));
}

/* Result in EDX:EAX; an exception's vector in *vector. */
static uint64_t run(uint64_t entry, uint64_t value, uint64_t first, uint64_t second, uint32_t *vector)
{
    struct probe probe;

    form = (struct form_32){
        .eax = (uint32_t)value, .edx = (uint32_t)(value >> 32), .ecx = (uint32_t)first, .ebx = (uint32_t)(first >> 32),
        .esi = (uint32_t)second, .edi = (uint32_t)(second >> 32), .entry = (uint32_t)entry,
        .cs = first_selector, .ds = (uint16_t)(first_selector + 8),
    };
    probe_run(&probe, form_32_call, &form);
    *vector = probe.vector;
    return (uint64_t)form.edx << 32 | form.eax;
}

static uint64_t call_32(uint64_t value, uint64_t first, uint64_t second)
{
    uint32_t vector;
    uint64_t result = run(hypercall_page, value, first, second, &vector);

    note(vector == 0, "vector-0x%x", vector);
    return result;
}

static void put_names(unsigned count, uint32_t name)
{
    const struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };

    memcpy(in, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        memcpy(in + sizeof(header) + i * sizeof(name), &name, sizeof(name));
    }
}

static void memory(void)
{
    uint64_t at = (uint64_t)(uintptr_t)in, to = (uint64_t)(uintptr_t)out;
    uint64_t one = HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1);

    put_names(200, HV_REGISTER_VSM_PARTITION_STATUS);
    note(call_32(one, at, to) == HV_RESULT(0, 1), "one:0x%x", form.eax);
    note(*(uint32_t *)out == 0x10003, "answer:0x%x", *(uint32_t *)out);
    note(form.ecx == (uint32_t)at && form.ebx == 0 && form.esi == (uint32_t)to && form.edi == 0, "registers-changed");
    note(call_32(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(200), at, to) == HV_RESULT(0, 200), "continued:0x%x:0x%x", form.edx, form.eax);
    note(call_32(one, at + 4, to) == HV_STATUS_INVALID_ALIGNMENT, "misaligned");
    note(call_32(one, at | UINT64_C(1) << 40, to) == HV_STATUS_INVALID_HYPERCALL_INPUT, "high-half-of-the-input");
    note(call_32(one, at, to | UINT64_C(1) << 40) == HV_STATUS_INVALID_HYPERCALL_INPUT, "high-half-of-the-output");
    note(call_32(one | UINT64_C(1) << 60, at, to) == HV_STATUS_INVALID_HYPERCALL_INPUT, "reserved");
    note(call_32(0x7777, at, to) == HV_STATUS_INVALID_HYPERCALL_CODE, "unknown");
    note(call_32(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(1), at, to) == HV_STATUS_ACCESS_DENIED, "vtl1-only");
    note(call_32(HVCALL_SIGNAL_EVENT | HV_INPUT_FAST, 7, 0) == HV_STATUS_INVALID_CONNECTION_ID, "fast");
    note(call_32(HVCALL_SIGNAL_EVENT | HV_INPUT_FAST, UINT64_C(1) << 48, 0) == HV_STATUS_INVALID_PARAMETER, "fast-high-half");
    report_notes("calls-32-bit");
}

static void bad_switch(const char *name, uint64_t value, uint64_t control)
{
    uint64_t calls = vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0);
    uint32_t vector;

    run(hypercall_page, value, control, 0, &vector);
    note(vector == GUEST_FAULT + VECTOR_UD, "%s:vector-0x%x", name, vector);
    note(vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0) == calls + 1, "%s:entered-vtl1", name);
}

/* The call code takes EDX, so VTL1 sees command 0, which it answers by all ones. */
static void vtl_call(void)
{
    uint64_t at = (uint64_t)(uintptr_t)in, to = (uint64_t)(uintptr_t)out, calls = vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0);
    uint32_t entry, vector;

    put_names(1, HV_REGISTER_VSM_CODE_PAGE_OFFSETS);
    call_32(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), at, to);
    entry = *(uint32_t *)out & 0xFFF;
    note(entry == 0x30 && (*(uint32_t *)out >> 12) == 0x40, "offsets:0x%x", *(uint32_t *)out);
    run(hypercall_page + entry, UINT64_C(0x1234567811111111), 0, UINT64_C(0x5555666677778888), &vector);
    note(vector == 0 && form.eax == UINT32_MAX && form.ecx == 0, "by-the-page:0x%x:0x%x", vector, form.eax);
    note(form.esi == 0x77778888 && form.edi == 0x55556666, "registers-changed");
    run(hypercall_page, HVCALL_VTL_CALL, 0, 0, &vector);
    note(vector == 0 && form.eax == UINT32_MAX, "direct:0x%x:0x%x", vector, form.eax);
    note(vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0) == calls + 3, "calls");
    bad_switch("control-1", HVCALL_VTL_CALL, 1);
    bad_switch("control-high", HVCALL_VTL_CALL, UINT64_C(0x80000000));
    bad_switch("rep-count", HVCALL_VTL_CALL | HV_INPUT_REPS(1), 0);
    bad_switch("reserved", HVCALL_VTL_CALL | UINT64_C(1) << 60, 0);
    bad_switch("return", HVCALL_VTL_RETURN, 0);
    report_notes("calls-32-bit-switch");
}

void test_32_bit(void)
{
    in = pages_take(1, PAGE_SIZE);
    out = pages_take(1, PAGE_SIZE);
    extend_gdt();
    memory();
    vtl_call();
}
