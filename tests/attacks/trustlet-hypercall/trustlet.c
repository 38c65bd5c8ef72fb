/* A hypercall from ring 3 of VTL1: HvCallGetVpRegisters, fast, which a kernel may make. */
#include <assailant/attack.h>

#include <abi/hypercalls.h>
#include <abi/tlfs.h>

/* number: not zero for Intel's instruction. */
static void call(uint64_t number, struct assailant_report *report)
{
    uint64_t result = 0, input = HVCALL_GET_VP_REGISTERS | HV_INPUT_FAST;

    if (number == 0) {
        __asm__ volatile("vmmcall" : "=a"(result), "+c"(input) : "d"(0), "a"(0) : "r8", "r9", "r10", "r11", "memory");
    } else {
        __asm__ volatile("vmcall" : "=a"(result), "+c"(input) : "d"(0), "a"(0) : "r8", "r9", "r10", "r11", "memory");
    }
    assailant_say(report, ASSAILANT_SUCCEEDED, result, "answered");
}

TRUSTLET_ATTACKS(trustlet_hypercall, { "hypercall", call });
