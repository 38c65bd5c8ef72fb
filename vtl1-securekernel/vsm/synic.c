#include <sk/synic.h>

#include <sk/hypercall.h>
#include <sk/trap.h>
#include <sk/x86.h>

extern const char hypercall_page[];

/* HvRegisterVsmCodePageOffsets: VTL call entry in 11:0, VTL return entry in 23:12. */
static bool find_vtl_return(struct cpu *cpu)
{
    struct hv_register_value offsets;

    if (hypercall_get_register(HV_REGISTER_VSM_CODE_PAGE_OFFSETS, &offsets) != HV_STATUS_SUCCESS) {
        return false;
    }
    cpu->vtl_return = (uint64_t)hypercall_page + (offsets.low >> 12 & 0xFFF);
    return true;
}

bool synic_enable(struct cpu *cpu)
{
    wrmsr(HV_MSR_VP_ASSIST_PAGE, cpu->assist_gpa.value | HV_MSR_PAGE_ENABLE);
    wrmsr(HV_MSR_SIMP, cpu->messages_gpa.value | HV_MSR_PAGE_ENABLE);
    wrmsr(HV_MSR_SINT0, VECTOR_SINT0 | HV_SINT_AUTO_EOI);
    wrmsr(HV_MSR_SCONTROL, 1);
    return find_vtl_return(cpu);
}
