/* VTL1's local APIC: its registers, its priorities, its IPIs, and VINA (TLFS, "Virtual Interrupts"). */
#include "vtl1_apic.h"

uint64_t vtl1_msr(uint32_t msr)
{
    struct answer answer = vtl1(COMMAND_READ_MSR, msr, 0, 0);

    note(answer.r9 == 0, "read-0x%x:fault-0x%lx", msr, answer.r9);
    return answer.rax;
}

uint64_t vtl1_try(uint32_t msr, uint64_t value)
{
    return vtl1(COMMAND_WRITE_MSR, msr, value, 0).r9;
}

void vtl1_set_msr(uint32_t msr, uint64_t value)
{
    uint64_t fault = vtl1_try(msr, value);

    note(fault == 0, "write-0x%x:fault-0x%lx", msr, fault);
}

uint64_t taken(uint32_t processor, uint64_t n)
{
    return vtl1_value(COMMAND_VECTORS, processor, n, 0);
}

void guest_test(void)
{
    test_page();
    test_registers();
    test_priorities();
    test_vina();
    test_timer();
    test_other_processors();
}
