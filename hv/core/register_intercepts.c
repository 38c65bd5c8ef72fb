#include <hv/register_intercepts.h>

#include <hv/intercept_message.h>
#include <hv/mutant.h>
#include <hv/private_registers.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>

/* Which MSR belongs to which bits, and the VP register with the same value; 0: there is none. */
static const struct {
    uint32_t msr, write, read, name;
} rows[] = {
    { MSR_MISC_ENABLE, HV_CR_INTERCEPT_MISC_ENABLE_WRITE, HV_CR_INTERCEPT_MISC_ENABLE_READ, 0 },
    { MSR_LSTAR, HV_CR_INTERCEPT_LSTAR_WRITE, HV_CR_INTERCEPT_LSTAR_READ, HV_REGISTER_LSTAR },
    { MSR_STAR, HV_CR_INTERCEPT_STAR_WRITE, HV_CR_INTERCEPT_STAR_READ, HV_REGISTER_STAR },
    { MSR_CSTAR, HV_CR_INTERCEPT_CSTAR_WRITE, HV_CR_INTERCEPT_CSTAR_READ, HV_REGISTER_CSTAR },
    { MSR_APIC_BASE, HV_CR_INTERCEPT_APIC_BASE_WRITE, HV_CR_INTERCEPT_APIC_BASE_READ, HV_REGISTER_APIC_BASE },
    { MSR_EFER, HV_CR_INTERCEPT_EFER_WRITE, HV_CR_INTERCEPT_EFER_READ, HV_REGISTER_EFER },
    { MSR_SYSENTER_CS, HV_CR_INTERCEPT_SYSENTER_CS_WRITE, 0, HV_REGISTER_SYSENTER_CS },
    { MSR_SYSENTER_EIP, HV_CR_INTERCEPT_SYSENTER_EIP_WRITE, 0, HV_REGISTER_SYSENTER_EIP },
    { MSR_SYSENTER_ESP, HV_CR_INTERCEPT_SYSENTER_ESP_WRITE, 0, HV_REGISTER_SYSENTER_ESP },
    { MSR_SFMASK, HV_CR_INTERCEPT_SFMASK_WRITE, 0, HV_REGISTER_SFMASK },
    { MSR_TSC_AUX, HV_CR_INTERCEPT_TSC_AUX_WRITE, 0, HV_REGISTER_TSC_AUX },
};

#define COUNT (sizeof(rows) / sizeof(rows[0]))

union register_intercepts intercepts_in_force(const struct cpu *cpu)
{
    union register_intercepts now = cpu->vtl[VTL1].intercepts;

    if (mutant_is(MUTANT_NO_REGISTER_INTERCEPTS)) {
        return (union register_intercepts){ 0 };
    }
    now.cr0_mask = (now.control & HV_CR_INTERCEPT_CR0_WRITE) != 0 ? now.cr0_mask & CR0_DEFINED & ~CR0_ET : 0; /* ET never changes */
    now.cr4_mask = (now.control & HV_CR_INTERCEPT_CR4_WRITE) != 0 ? (uint32_t)now.cr4_mask : 0; /* the rest never changes */
    return now;
}

bool intercepts_have(uint32_t name)
{
    return name >= HV_REGISTER_CR_INTERCEPT_CONTROL && name <= HV_REGISTER_CR_INTERCEPT_IA32_MISC_ENABLE_MASK;
}

uint64_t intercepts_get(const struct cpu *cpu, uint32_t name)
{
    return cpu->vtl[VTL1].intercepts.by_name[name - HV_REGISTER_CR_INTERCEPT_CONTROL];
}

static uint64_t supported(void)
{
    uint64_t bits = HV_CR_INTERCEPT_CR0_WRITE | HV_CR_INTERCEPT_CR4_WRITE | vendor->interceptable();

    for (size_t i = 0; i < COUNT; i++) {
        bits |= rows[i].write | rows[i].read;
    }
    return bits;
}

bool intercepts_set(struct cpu *cpu, uint32_t name, uint64_t value)
{
    if (name == HV_REGISTER_CR_INTERCEPT_CONTROL && (value & ~supported()) != 0) {
        return false;
    }
    cpu->vtl[VTL1].intercepts.by_name[name - HV_REGISTER_CR_INTERCEPT_CONTROL] = value;
    return true;
}

/* A value that is refused anyway faults in VTL0, and one that MISC_ENABLE's mask leaves out is not VTL1's business. */
static bool matters(const struct cpu *cpu, uint32_t msr, uint32_t name, uint64_t value)
{
    if (msr == MSR_MISC_ENABLE) {
        return ((value ^ MISC_ENABLE_VALUE) & cpu->vtl[VTL1].intercepts.misc_enable_mask) != 0;
    }
    return private_register_accepts(cpu, VTL0, name, value);
}

bool intercept_msr_write(struct cpu *cpu, uint32_t msr, uint64_t value, unsigned length)
{
    uint64_t control = intercepts_in_force(cpu).control;

    for (size_t i = 0; i < COUNT; i++) {
        if (rows[i].msr == msr && cpu->active == VTL0 && (control & rows[i].write) != 0 && matters(cpu, msr, rows[i].name, value)) {
            intercept_wrmsr(cpu, msr, value, length);
            return true;
        }
    }
    return false;
}

/* VTL0 can read them all: nothing faults first. */
bool intercept_msr_read(struct cpu *cpu, uint32_t msr, unsigned length)
{
    uint64_t control = intercepts_in_force(cpu).control;

    for (size_t i = 0; i < COUNT; i++) {
        if (rows[i].msr == msr && cpu->active == VTL0 && (control & rows[i].read) != 0) {
            intercept_rdmsr(cpu, msr, length);
            return true;
        }
    }
    return false;
}
