#include "gate.h"

#include "cpu.h"

#include <lib/string.h>

static const struct {
    uint32_t number;
    uint32_t range; /* the leaf that says how far its range goes */
} leaves[GATE_CPUID_COUNT] = {
    [GATE_LEAF_1] = { 1, 0 },
    [GATE_LEAF_7] = { 7, 0 },
    [GATE_LEAF_EXTENDED_1] = { 0x80000001, 0x80000000 },
    [GATE_LEAF_SVM] = { 0x8000000A, 0x80000000 },
};

/* The MSRs exist where the controls that they describe do (SDM vol. 3D, "VMX Capability Reporting Facility"). */
static void collect_vmx(struct gate_facts *facts)
{
    uint64_t ept_vpid = 0;
    uint32_t secondary = 0;

    if ((facts->leaf[GATE_LEAF_1][GATE_ECX] & (1u << 5)) == 0) {
        return;
    }
    facts->feature_control = cpu_rdmsr(MSR_FEATURE_CONTROL);
    if ((cpu_rdmsr(MSR_VMX_PRIMARY) >> 63) != 0) {
        secondary = (uint32_t)(cpu_rdmsr(MSR_VMX_SECONDARY) >> 32);
    }
    if ((secondary & (1u << 1 | 1u << 5)) != 0) {
        ept_vpid = cpu_rdmsr(MSR_VMX_EPT_VPID_CAP);
    }
    facts->leaf[GATE_LEAF_VMX][GATE_EDX] = (uint32_t)(cpu_rdmsr(MSR_VMX_PIN) >> 32);
    facts->leaf[GATE_LEAF_VMX][GATE_EAX] = secondary;
    facts->leaf[GATE_LEAF_VMX][GATE_EBX] = (uint32_t)ept_vpid;
    facts->leaf[GATE_LEAF_VMX][GATE_ECX] = (uint32_t)(ept_vpid >> 32);
}

void gate_collect(struct gate_facts *facts)
{
    uint32_t out[4];

    memset(facts, 0, sizeof(*facts));
    cpu_cpuid(0, 0, out);
    memcpy(facts->vendor, &out[1], 4);
    memcpy(facts->vendor + 4, &out[3], 4);
    memcpy(facts->vendor + 8, &out[2], 4);
    for (unsigned i = 0; i < GATE_CPUID_COUNT; i++) {
        cpu_cpuid(leaves[i].range, 0, out);
        if (out[0] >= leaves[i].number) {
            cpu_cpuid(leaves[i].number, 0, facts->leaf[i]);
        }
    }
    facts->cr4 = cpu_read_cr4();
    facts->apic_base = cpu_rdmsr(MSR_APIC_BASE);
    /* VM_CR exists exactly where SVM does (AMD64 manual volume 2, "VM_CR MSR"); elsewhere reading it could fault. */
    if ((facts->leaf[GATE_LEAF_EXTENDED_1][GATE_ECX] & (1u << 2)) != 0) {
        facts->vm_cr = cpu_rdmsr(MSR_VM_CR);
    }
    collect_vmx(facts);
}
