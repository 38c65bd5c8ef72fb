#include <hv/vina.h>

#include <hv/guest_memory.h>
#include <hv/interrupts.h>
#include <hv/local_apic.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define VINA_VECTOR(v)  ((uint8_t)(v))
#define VINA_ENABLED    (UINT64_C(1) << 8)
#define VINA_AUTO_RESET (UINT64_C(1) << 9)
#define VINA_AUTO_EOI   (UINT64_C(1) << 10)
#define VINA_KNOWN      UINT64_C(0x7FF)
#define ASSERTED        0x1u /* of VinaStatus in the assist page */

bool vina_set(struct cpu *cpu, uint64_t value)
{
    if ((value & ~VINA_KNOWN) != 0 || ((value & VINA_ENABLED) != 0 && VINA_VECTOR(value) < FIRST_VECTOR)) {
        return false;
    }
    cpu->vtl[VTL1].vina = value;
    return true;
}

static bool is_enabled(const struct cpu *cpu)
{
    return (cpu->vtl[VTL1].vina & VINA_ENABLED) != 0;
}

/* Without an assist page there is no state to tell VTL1 by, and no notification. */
static bool status_at(const struct cpu *cpu, gpa_t *status)
{
    uint64_t page = cpu->vtl[VTL1].vp_assist_page;

    *status = gpa(HV_MSR_PAGE_GPA(page) + offsetof(struct hv_vp_assist_page, vina_status));
    return (page & HV_MSR_PAGE_ENABLE) != 0;
}

static bool is_asserted(struct cpu *cpu)
{
    uint8_t status = ASSERTED;
    gpa_t at;

    return !status_at(cpu, &at) || !guest_read(cpu, VTL1, at, &status, sizeof(status)) || (status & ASSERTED) != 0;
}

static void set_asserted(struct cpu *cpu, uint8_t status)
{
    gpa_t at;

    if (status_at(cpu, &at)) {
        guest_write(cpu, VTL1, at, &status, sizeof(status));
    }
}

static bool vtl0_takes_interrupts(const struct cpu *cpu)
{
    return (vendor->get(cpu, VTL0, VREG_RFLAGS) & RFLAGS_IF) != 0;
}

bool vina_watches(struct cpu *cpu)
{
    return cpu->active == VTL1 && is_enabled(cpu) && vtl0_takes_interrupts(cpu) && !is_asserted(cpu);
}

void vina_check(struct cpu *cpu)
{
    if (interrupts_held(cpu) && vina_watches(cpu)) {
        set_asserted(cpu, ASSERTED);
        local_apic_raise(cpu, VINA_VECTOR(cpu->vtl[VTL1].vina));
    }
}

void vina_entered(struct cpu *cpu)
{
    if (is_enabled(cpu) && (cpu->vtl[VTL1].vina & VINA_AUTO_RESET) != 0) {
        set_asserted(cpu, 0);
    }
}

bool vina_ends(const struct cpu *cpu, uint8_t vector)
{
    return is_enabled(cpu) && VINA_VECTOR(cpu->vtl[VTL1].vina) == vector && (cpu->vtl[VTL1].vina & VINA_AUTO_EOI) != 0;
}
