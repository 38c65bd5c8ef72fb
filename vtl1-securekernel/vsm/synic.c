#include <sk/synic.h>

#include <sk/call_timer.h>
#include <sk/hypercall.h>
#include <sk/trap.h>
#include <sk/x86.h>

/* HvRegisterVsmVina: vector in 7:0. */
#define VINA_ENABLED    (1u << 8)
#define VINA_AUTO_RESET (1u << 9)
#define VINA_AUTO_EOI   (1u << 10)

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

/* An interrupt of VTL0's that waits while VTL1 runs raises the vector once; the next entry into VTL1 arms it again. */
static bool enable_vina(void)
{
    return hypercall_set_register(0, HV_REGISTER_VSM_VINA, VECTOR_VINA | VINA_ENABLED | VINA_AUTO_RESET | VINA_AUTO_EOI) ==
           HV_STATUS_SUCCESS;
}

bool synic_enable(struct cpu *cpu)
{
    wrmsr(HV_MSR_VP_ASSIST_PAGE, cpu->assist_gpa.value | HV_MSR_PAGE_ENABLE);
    wrmsr(HV_MSR_SIMP, cpu->messages_gpa.value | HV_MSR_PAGE_ENABLE);
    wrmsr(HV_MSR_SINT0, VECTOR_SINT0 | HV_SINT_AUTO_EOI);
    wrmsr(HV_MSR_SCONTROL, 1);
    call_timer_enable();
    return find_vtl_return(cpu) && enable_vina();
}
