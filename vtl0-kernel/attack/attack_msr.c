/* Writes to MSRs through which a guest would leave the hypervisor or move memory under it. */
#include "attack_internal.h"

#include <vtl0/exceptions.h>
#include <vtl0/pages.h>
#include <vtl0/x86.h>

#define APIC_BASE_X2APIC (1u << 10)
#define APIC_BASE_MOVED  UINT64_C(0xFEF00000)
#define MSR_TOP_MEM      0xC001001Au
#define MSR_SMM_BASE     0xC0010111u

static uint64_t wanted_value(uint32_t msr, uint64_t before, bool x2apic)
{
    switch (msr) {
    case MSR_EFER:
        return before | EFER_SVME;
    case MSR_APIC_BASE:
        return x2apic ? before | APIC_BASE_X2APIC : (before & (PAGE_SIZE - 1)) | APIC_BASE_MOVED;
    case MSR_VM_CR:
        return before ^ 0x2; /* R_INIT */
    case MSR_TOP_MEM:
        return 0x10000000;
    default:
        return (uint64_t)(uintptr_t)page_alloc();
    }
}

/* attack->number: an MSR that VTL0 must find absent. */
void attack_hidden_msr(const struct attack *attack, struct attack_result *result)
{
    uint64_t value = 0;
    bool readable = rdmsr_safe((uint32_t)attack->number, &value);
    bool writable = wrmsr_safe((uint32_t)attack->number, value);

    result->outcome = readable || writable ? OUTCOME_OK : OUTCOME_GP;
    attack_detail(result, "readable=%d,writable=%d,value=%lx", readable, writable, value);
}

/* attack->number: the MSR in the low half; bit 32 chooses the second way to attack the APIC base. */
void attack_msr(const struct attack *attack, struct attack_result *result)
{
    uint32_t msr = (uint32_t)attack->number;
    uint64_t before = 0;
    uint64_t after = 0;
    uint64_t wanted;
    bool readable = rdmsr_safe(msr, &before);

    wanted = wanted_value(msr, before, attack->number >> 32 != 0);
    if (!wrmsr_safe(msr, wanted)) {
        result->outcome = OUTCOME_GP;
        attack_detail(result, "wrmsr,readable=%d", readable);
        return;
    }
    rdmsr_safe(msr, &after);
    if (after != before) {
        wrmsr_safe(msr, before);
    }
    result->outcome = readable && after == before ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "before=%lx,after=%lx", before, after);
}
