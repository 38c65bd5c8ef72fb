#include "gate.h"

#include "cpu.h"

#include <lib/string.h>

static const struct {
    uint32_t number;
    uint32_t range; /* the leaf that says how far its range goes */
} leaves[GATE_LEAF_COUNT] = {
    [GATE_LEAF_1] = { 1, 0 },
    [GATE_LEAF_7] = { 7, 0 },
    [GATE_LEAF_EXTENDED_1] = { 0x80000001, 0x80000000 },
    [GATE_LEAF_SVM] = { 0x8000000A, 0x80000000 },
};

void gate_collect(struct gate_facts *facts)
{
    uint32_t out[4];

    memset(facts, 0, sizeof(*facts));
    cpu_cpuid(0, 0, out);
    memcpy(facts->vendor, &out[1], 4);
    memcpy(facts->vendor + 4, &out[3], 4);
    memcpy(facts->vendor + 8, &out[2], 4);
    for (unsigned i = 0; i < GATE_LEAF_COUNT; i++) {
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
}
