#include <hv/shared_registers.h>

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/intercept_message.h>
#include <hv/register_intercepts.h>
#include <hv/register_rules.h>
#include <hv/x86.h>

#define ECX1_XSAVE (1u << 26)

static bool has_xcr0(void)
{
    return (cpuid(1, 0).ecx & ECX1_XSAVE) != 0;
}

/* The hypervisor's own CR4 is without OSXSAVE. */
static uint64_t get_xcr0(void)
{
    uint64_t cr4 = read_cr4(), value;

    write_cr4(cr4 | CR4_OSXSAVE);
    value = read_xcr0();
    write_cr4(cr4);
    return value;
}

static void set_xcr0(uint64_t value)
{
    uint64_t cr4 = read_cr4();

    write_cr4(cr4 | CR4_OSXSAVE);
    write_xcr0(value);
    write_cr4(cr4);
}

static bool is_breakpoint(uint32_t name)
{
    return name >= HV_REGISTER_DR0 && name <= HV_REGISTER_DR3;
}

bool shared_register_get(const struct cpu *cpu, uint32_t name, uint64_t *value)
{
    if (name >= HV_REGISTER_RAX && name <= HV_REGISTER_R15) {
        *value = cpu->gpr[name - HV_REGISTER_RAX];
        return true;
    }
    if (is_breakpoint(name)) {
        *value = read_breakpoint(name - HV_REGISTER_DR0);
        return true;
    }
    if (name == HV_REGISTER_XFEM && has_xcr0()) {
        *value = get_xcr0();
        return true;
    }
    *value = cpu->cr2;
    return name == HV_REGISTER_CR2;
}

bool shared_register_settable(uint32_t name)
{
    return is_breakpoint(name) || (name == HV_REGISTER_XFEM && has_xcr0());
}

uint16_t shared_register_set(uint32_t name, uint64_t value)
{
    if (!shared_register_settable(name)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (is_breakpoint(name)) {
        write_breakpoint(name - HV_REGISTER_DR0, value);
        return HV_STATUS_SUCCESS;
    }
    if (!rule_xcr0(value)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    set_xcr0(value);
    return HV_STATUS_SUCCESS;
}

/*
 * XCR0 is shared with the hypervisor too, which uses none of what it enables. The processor does it, with a value
 * that cannot fault; VTL1 is asked first where it wants to be.
 */
void handle_xsetbv(struct cpu *cpu)
{
    uint64_t value = (uint32_t)cpu->gpr[RAX] | cpu->gpr[RDX] << 32;
    unsigned length;

    if (!instruction_length(cpu, &length)) {
        return;
    }
    if (vendor->privilege(cpu, cpu->active) != 0 || (uint32_t)cpu->gpr[RCX] != 0 || !rule_xcr0(value)) {
        inject_gp(cpu);
    } else if (cpu->active == VTL0 && (intercepts_in_force(cpu).control & HV_CR_INTERCEPT_XCR0_WRITE) != 0) {
        intercept_register(cpu, HV_REGISTER_XFEM, (struct hv_register_value){ .low = value }, length);
    } else {
        set_xcr0(value);
        instruction_advance(cpu, length);
    }
}
