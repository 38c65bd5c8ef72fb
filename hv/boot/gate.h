/*
 * The feature gate: what every processor must have before anything of it is
 * taken over. gate_collect runs on each processor and only reads; gate_check
 * decides and is pure, so that fake processors can be tried on the host.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_TEXT_SIZE 256u

enum gate_leaf {
    GATE_LEAF_1, GATE_LEAF_7, GATE_LEAF_EXTENDED_1, GATE_LEAF_SVM, GATE_CPUID_COUNT,
    /*
     * No CPUID leaf but VMX's capability MSRs: EAX the secondary execution
     * controls that may be 1, EDX the pin-based ones, EBX and ECX
     * IA32_VMX_EPT_VPID_CAP.
     */
    GATE_LEAF_VMX = GATE_CPUID_COUNT,
    GATE_LEAF_COUNT,
};
enum gate_register { GATE_EAX, GATE_EBX, GATE_ECX, GATE_EDX, GATE_REGISTER_COUNT };

struct gate_facts {
    char vendor[13];                                    /* CPUID leaf 0, NUL terminated */
    uint32_t leaf[GATE_LEAF_COUNT][GATE_REGISTER_COUNT]; /* zero where the processor has no such leaf */
    uint64_t vm_cr;                                     /* zero where CPUID shows no SVM */
    uint64_t feature_control;                           /* zero where CPUID shows no VMX */
    uint64_t cr4;
    uint64_t apic_base;
};

/* Fills facts about the processor it runs on. */
void gate_collect(struct gate_facts *facts);

/*
 * Whether processor 0..count-1 can all be taken over. False: reason names
 * everything that is missing. True: reason lists the optional features in use.
 */
bool gate_check(const struct gate_facts *facts, size_t count, char reason[GATE_TEXT_SIZE]);
