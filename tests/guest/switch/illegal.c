/* Illegal switches are #UD on the instruction, and nothing else (TLFS, "VTL Call", "VTL Return"). */
#include "guest.h"

#include "switch.h"

static const struct {
    const char *name;
    uint64_t rax, rcx;
} from_vtl0[] = {
    { "control-1", 1, 0x11 },
    { "control-high-bit", UINT64_C(1) << 63, 0x11 },
    { "fast", 0, 0x11 | HV_INPUT_FAST },
    { "variable-header", 0, 0x11 | 1u << 17 },
    { "reserved-27", 0, 0x11 | 1u << 27 },
    { "nested", 0, 0x11 | UINT64_C(1) << 31 },
    { "rep-count", 0, 0x11 | HV_INPUT_REPS(1) },
    { "reserved-44", 0, 0x11 | UINT64_C(1) << 44 },
    { "rep-start", 0, 0x11 | UINT64_C(1) << 48 },
    { "reserved-60", 0, 0x11 | UINT64_C(1) << 60 },
    { "return-from-vtl0", 0, 0x12 },
    { "fast-return-from-vtl0", 1, 0x12 },
};

static const void *hypercall_probe(void)
{
    return uses_vmcall ? probe_vmcall : probe_vmmcall;
}

static uint64_t hypercall_probe_at(void)
{
    return (uint64_t)(uintptr_t)(uses_vmcall ? probe_vmcall_at : probe_vmmcall_at);
}

static void one_from_vtl0(unsigned n)
{
    uint64_t registers[2] = { from_vtl0[n].rax, from_vtl0[n].rcx };
    uint64_t calls = vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0);
    struct probe probe;

    probe_run(&probe, hypercall_probe(), registers);
    note(probe.vector == GUEST_FAULT + VECTOR_UD, "%s:vector-0x%x", from_vtl0[n].name, probe.vector);
    note(probe.rip == hypercall_probe_at(), "%s:rip", from_vtl0[n].name);
    note(vtl1_value(COMMAND_COUNT, COUNT_CALLS, 0, 0) == calls + 1, "%s:entered-vtl1", from_vtl0[n].name);
}

static const struct {
    const char *name;
    uint64_t rax, rcx;
} from_vtl1[] = {
    { "call-from-vtl1", 0, 0x11 },
    { "control-2", 2, 0x12 },
    { "control-3", 3, 0x12 },
    { "control-high-bit", UINT64_C(1) << 63, 0x12 },
    { "fast-in-rcx", 0, 0x12 | HV_INPUT_FAST },
    { "rep-count", 0, 0x12 | HV_INPUT_REPS(1) },
    { "reserved-60", 0, 0x12 | UINT64_C(1) << 60 },
};

static void one_from_vtl1(unsigned n)
{
    struct answer answer = vtl1(COMMAND_SWITCH_RAW, from_vtl1[n].rax, from_vtl1[n].rcx, 0);

    note(answer.rax == GUEST_FAULT + VECTOR_UD && answer.r9 == 1, "vtl1-%s:0x%lx", from_vtl1[n].name, answer.rax);
}

void test_illegal(void)
{
    struct probe probe;
    uint64_t unknown[2] = { 0, 0x7777 };

    for (unsigned i = 0; i < sizeof(from_vtl0) / sizeof(from_vtl0[0]); i++) {
        one_from_vtl0(i);
    }
    report_notes("switch-illegal-from-vtl0");
    for (unsigned i = 0; i < sizeof(from_vtl1) / sizeof(from_vtl1[0]); i++) {
        one_from_vtl1(i);
    }
    report_notes("switch-illegal-from-vtl1");
    /* The controls: the same instruction with a call code that only has a status, and #UD of an ordinary instruction. */
    report("switch-illegal-control", probe_run(&probe, hypercall_probe(), unknown) == HV_STATUS_INVALID_HYPERCALL_CODE && probe.vector == 0,
           "vector:0x%x", probe.vector);
    probe_run(&probe, probe_ud, NULL);
    report("switch-probe-control", probe.vector == GUEST_FAULT + VECTOR_UD && probe.rip == (uint64_t)(uintptr_t)probe_ud,
           "vector:0x%x", probe.vector);
}
