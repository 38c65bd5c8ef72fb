/*
 * XSETBV exits always on VMX ("Instructions That Cause VM Exits
 * Unconditionally"). XCR0 is shared by the VTLs and used by nobody here, so the
 * processor does it, with a value that cannot fault.
 */
#include "vmx.h"

#include <hv/instruction.h>
#include <hv/x86.h>

#define XCR0_X87    UINT64_C(0x001)
#define XCR0_SSE    UINT64_C(0x002)
#define XCR0_AVX    UINT64_C(0x004)
#define XCR0_MPX    UINT64_C(0x018)
#define XCR0_AVX512 UINT64_C(0x0E0)
#define XCR0_AMX    UINT64_C(0x60000)

static bool all_or_none(uint64_t value, uint64_t bits)
{
    return (value & bits) == 0 || (value & bits) == bits;
}

/* SDM vol. 1, "Enabling the XSAVE Feature Set and XSAVE-Enabled Features". */
static bool xcr0_valid(uint64_t value)
{
    struct cpuid_result leaf = cpuid(0xD, 0);
    uint64_t supported = (uint64_t)leaf.edx << 32 | leaf.eax;

    return (value & ~supported) == 0 && (value & XCR0_X87) != 0 && ((value & XCR0_AVX) == 0 || (value & XCR0_SSE) != 0)
        && all_or_none(value, XCR0_MPX) && all_or_none(value, XCR0_AVX512) && all_or_none(value, XCR0_AMX)
        && ((value & XCR0_AVX512) == 0 || (value & XCR0_AVX) != 0);
}

enum exit_kind vmx_xsetbv(struct cpu *cpu)
{
    uint64_t value = (uint32_t)cpu->gpr[RAX] | cpu->gpr[RDX] << 32;
    uint64_t cr4 = read_cr4();

    if (vendor_vmx.privilege(cpu, cpu->active) != 0 || (uint32_t)cpu->gpr[RCX] != 0 || !xcr0_valid(value)) {
        return EXIT_FAULT_GP;
    }
    write_cr4(cr4 | CR4_OSXSAVE);
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
    write_cr4(cr4);
    instruction_advance(cpu, cpu->exit.length);
    return EXIT_RETRY;
}
