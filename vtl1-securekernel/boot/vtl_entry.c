#include <sk/mutant.h>
#include <sk/vtl_entry.h>

#include <sk/cpu.h>
#include <sk/intercept.h>
#include <sk/secure_call.h>
#include <sk/x86.h>

_Static_assert(sizeof(struct vtl_registers) == VTL_REGISTERS_SIZE, "sk/cpu_offsets.h");

void vtl_set_return(uint64_t rax, uint64_t rcx)
{
    struct hv_vp_assist_page *assist = this_cpu()->assist;

    assist->vtl_return_rax = rax;
    assist->vtl_return_rcx = rcx;
}

void vtl_entry(struct vtl_registers *registers)
{
    uint32_t reason = __atomic_load_n(&this_cpu()->assist->entry_reason, __ATOMIC_ACQUIRE);

    if (mutant_is(MUTANT_REGISTERS_LEFT)) {
        registers->r15 = (uint64_t)registers;
    }
    if (reason == HV_VTL_ENTRY_VTL_CALL) {
        vtl_set_return(secure_call(registers->rdx), 0);
        take_interrupts(); /* VINA's, if it came while nothing could yield: left alone it would bring VTL1 back */
        return;
    }
    /* Interrupted at any instruction, VTL0 must find every register as it was. */
    take_interrupts();
    intercept_handle();
    vtl_set_return(registers->rax, registers->rcx);
}
