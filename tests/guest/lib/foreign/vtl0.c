/* In the place of lib/vtl0/vsm.c: there is no VTL1 yet, and what VTL0 does first is the client's own. */
#include "foreign.h"

#include <lib/string.h>

struct caller vtl0[MAX_PROCESSORS];
uint64_t hypercall_page, vtl_call_entry;
uint8_t uses_vmcall;
const char vtl1_at_start[] = "no";

void vsm_open(void)
{
    uses_vmcall = processor_uses_vmcall();
}

void vtl0_prepare(void)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        vtl0[i].input = pages_take(2, PAGE_SIZE);
        vtl0[i].output = vtl0[i].input + PAGE_SIZE;
    }
}

bool vtl0_hypercall_page(uint64_t guest_os_id)
{
    uint64_t page = (uint64_t)(uintptr_t)pages_take(1, PAGE_SIZE);

    for (uint32_t i = 0; i < processor_count; i++) {
        vtl0[i].page = page;
    }
    write_msr(HV_MSR_GUEST_OS_ID, guest_os_id);
    write_msr(HV_MSR_HYPERCALL, page | 1);
    return read_msr(HV_MSR_GUEST_OS_ID) == guest_os_id && read_msr(HV_MSR_HYPERCALL) == (page | 1);
}

void call_vtl1(struct vtl_registers *registers, uint64_t entry)
{
    uint64_t rcx;

    registers->cr2 = read_cr2();
    vtl_call_full(registers, entry, &rcx);
    registers->rcx = rcx;
}

bool on_others(void (*procedure)(void *argument))
{
    bool all = true;

    for (uint32_t i = 1; i < processor_count; i++) {
        all = processor_start(i, procedure, (void *)(uintptr_t)i) && processor_wait(i) && all;
    }
    return all;
}

bool mbec_offered(void)
{
    uint64_t value;

    return get_vp_register(&vtl0[processor_self()], SELF, 0, REGISTER_CAPABILITIES, &value) == 0 && (value & 0x1FFFE) != 0;
}

uint32_t try_code(const void *code, const void *argument)
{
    struct probe probe;

    probe_run(&probe, code, argument);
    return probe.vector;
}
