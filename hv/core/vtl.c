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

/* What a non-fast return loads again (TLFS, "HV_VP_VTL_CONTROL"): by the mode that VTL1 is in, not the one that VTL0 is. */
union return_registers {
    struct {
        uint64_t rax, rcx;
    } wide;
    struct {
        uint32_t eax, ecx, edx, reserved;
    } narrow;
};
_Static_assert(sizeof(union return_registers) == 16, "HV_VP_VTL_CONTROL");

static bool vtl1_is_wide(const struct cpu *cpu)
{
    return (vendor->get(cpu, VTL1, VREG_EFER) & EFER_LMA) != 0;
}

static gpa_t return_registers_at(gpa_t page)
{
    return gpa(page.value + offsetof(struct hv_vp_assist_page, vtl_return_rax));
}

/* Protected mode can neither see nor keep the upper halves of the registers that it shares with VTL0. */
static void keep_upper_halves(struct cpu *cpu)
{
    for (unsigned reg = 0; reg < NARROW_REGISTERS; reg++) {
        cpu->upper_halves[reg] = (uint32_t)(cpu->gpr[reg] >> 32);
    }
}

static void give_upper_halves(struct cpu *cpu)
{
    for (unsigned reg = 0; reg < NARROW_REGISTERS; reg++) {
        cpu->gpr[reg] = (uint32_t)cpu->gpr[reg] | (uint64_t)cpu->upper_halves[reg] << 32;
    }
}

/* vsm-abi.md 3.6 and C9: the reason, and VTL0's RAX and RCX, which a non-fast return loads again. */
static void enter(struct cpu *cpu, uint32_t reason)
{
    union return_registers registers = { .wide = { cpu->gpr[RAX], cpu->gpr[RCX] } };
    gpa_t page;

    if (!vtl1_is_wide(cpu)) {
        registers.narrow.eax = (uint32_t)cpu->gpr[RAX];
        registers.narrow.ecx = (uint32_t)cpu->gpr[RCX];
        registers.narrow.edx = (uint32_t)cpu->gpr[RDX];
        registers.narrow.reserved = 0;
    }
    keep_upper_halves(cpu);
    if (assist_page(cpu, &page)) {
        guest_write(cpu, VTL1, gpa(page.value + offsetof(struct hv_vp_assist_page, entry_reason)), &reason, sizeof(reason));
        guest_write(cpu, VTL1, return_registers_at(page), &registers, sizeof(registers));
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

static void load_returned(struct cpu *cpu, bool wide)
{
    union return_registers registers = { .wide = { 0, 0 } };
    gpa_t page;

    if (assist_page(cpu, &page)) {
        guest_read(cpu, VTL1, return_registers_at(page), &registers, sizeof(registers));
    }
    cpu->gpr[RAX] = wide ? registers.wide.rax : registers.narrow.eax;
    cpu->gpr[RCX] = wide ? registers.wide.rcx : registers.narrow.ecx;
    cpu->gpr[RDX] = wide ? cpu->gpr[RDX] : registers.narrow.edx;
}

void vtl_return(struct cpu *cpu, uint64_t control)
{
    bool wide = vtl1_is_wide(cpu);

    if ((control & HV_VTL_RETURN_FAST) == 0) {
        load_returned(cpu, wide);
    }
    if (!wide) {
        give_upper_halves(cpu);
    }
    tlb_lock(cpu, false);
    switch_to(cpu, VTL0);
}
