#include <hv/vtl.h>

#include <hv/flush.h>
#include <hv/guest_memory.h>
#include <hv/vendor.h>
#include <hv/vina.h>
#include <hv/x86.h>

/* TSC_AUX is private and swapped by hand: the processors have no field for it in the control block. */
static void switch_to(struct cpu *cpu, enum vtl vtl)
{
    if (cpu->vtl[VTL0].tsc_aux != cpu->vtl[VTL1].tsc_aux) {
        wrmsr(MSR_TSC_AUX, cpu->vtl[vtl].tsc_aux);
    }
    cpu->active = vtl;
    cpu->vtl[vtl].entered = true;
}

static bool assist_page(const struct cpu *cpu, gpa_t *page)
{
    *page = gpa(HV_MSR_PAGE_GPA(cpu->vtl[VTL1].vp_assist_page));
    return (cpu->vtl[VTL1].vp_assist_page & HV_MSR_PAGE_ENABLE) != 0;
}

/* vsm-abi.md 3.6 and C9: the reason, and VTL0's RAX and RCX, which a non-fast return loads again. */
static void enter(struct cpu *cpu, uint32_t reason)
{
    uint64_t registers[2] = { cpu->gpr[RAX], cpu->gpr[RCX] };
    gpa_t page;

    if (assist_page(cpu, &page)) {
        guest_write(cpu, VTL1, gpa(page.value + offsetof(struct hv_vp_assist_page, entry_reason)), &reason, sizeof(reason));
        guest_write(cpu, VTL1, gpa(page.value + offsetof(struct hv_vp_assist_page, vtl_return_rax)), registers,
                    sizeof(registers));
    }
    vina_entered(cpu);
    switch_to(cpu, VTL1);
}

void vtl_enter_by_call(struct cpu *cpu)
{
    enter(cpu, HV_VTL_ENTRY_VTL_CALL);
}

void vtl_enter_by_interrupt(struct cpu *cpu)
{
    enter(cpu, HV_VTL_ENTRY_INTERRUPT);
}

void vtl_return(struct cpu *cpu, uint64_t control)
{
    uint64_t registers[2] = { 0, 0 };
    gpa_t page;

    if ((control & HV_VTL_RETURN_FAST) == 0) {
        if (assist_page(cpu, &page)) {
            guest_read(cpu, VTL1, gpa(page.value + offsetof(struct hv_vp_assist_page, vtl_return_rax)), registers,
                       sizeof(registers));
        }
        cpu->gpr[RAX] = registers[0];
        cpu->gpr[RCX] = registers[1];
    }
    tlb_lock(cpu, false);
    switch_to(cpu, VTL0);
}
