/*
 * CPUID as both VTLs see it: an allow-list of leaves, with what belongs to the
 * hypervisor taken out and the TLFS leaves put in. A leaf not listed is zero.
 */
#include <hv/clock.h>
#include <hv/handlers.h>
#include <hv/instruction.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define ECX1_MONITOR    (1u << 3)
#define ECX1_VMX        (1u << 5)
#define ECX1_SMX        (1u << 6)
#define ECX1_SPEED_STEP (3u << 7)
#define ECX1_PDCM       (1u << 15)
#define ECX1_X2APIC     (1u << 21)
#define ECX1_DEADLINE   (1u << 24)
#define ECX1_OSXSAVE    (1u << 27)
#define ECX1_HYPERVISOR (1u << 31)
#define EDX1_DS         (1u << 21)
#define EDX1_ACPI       (1u << 22)
#define EBX7_MSRS       (1u << 1 | 1u << 2 | 1u << 12 | 1u << 15 | 1u << 25) /* TSC_ADJUST, SGX, PQM, PQE, PT */
#define ECX7_OSPKE      (1u << 4)
#define ECX7_SGX_LC     (1u << 30)
/* WAITPKG, CET_SS, KL, bus lock detection, ENQCMD, PKS: an MSR, or a control that is off */
#define ECX7_ABSENT     (1u << 5 | 1u << 7 | 1u << 23 | 1u << 24 | 1u << 29 | 1u << 31)
/* UINTR, PCONFIG, ARCH_LBR, IBT; SPEC_CTRL, STIBP, FLUSH_CMD, ARCH_CAPABILITIES, CORE_CAPABILITIES, SSBD */
#define EDX7_ABSENT     (1u << 5 | 1u << 18 | 1u << 19 | 1u << 20 | 0xFC000000u)
#define EAX71_VECTORS   (1u << 4 | 1u << 5) /* of subleaf 1: AVX_VNNI, AVX512_BF16. The rest is FRED, LAM, MSRs */
#define ECX81_SVM       (1u << 2)
#define ECX81_SKINIT    (1u << 12)
/* OSVW, IBS, WDT, LWP, node id, performance counters, breakpoint extension: each is a set of MSRs */
#define ECX81_MSRS      (1u << 9 | 1u << 10 | 1u << 13 | 1u << 15 | 1u << 19 | 1u << 23 | 1u << 24 | 1u << 26 | 1u << 27 | 1u << 28)
#define EBX88_MSRS      0x07FFF000u /* IBPB to VIRT_SPEC_CTRL */
#define LEAF_D1_XSAVES_XFD (3u << 3)

static void leaf_pass(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)subleaf;
    (void)cpu;
    (void)r;
}

static void set_bit(uint32_t *to, uint32_t bit, bool value)
{
    *to = value ? *to | bit : *to & ~bit;
}

/* OSXSAVE mirrors the guest's CR4, not the hypervisor's. */
static void leaf_1(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)subleaf;
    r->ecx &= ~(ECX1_MONITOR | ECX1_VMX | ECX1_SMX | ECX1_SPEED_STEP | ECX1_PDCM | ECX1_X2APIC | ECX1_DEADLINE);
    r->edx &= ~(EDX1_DS | EDX1_ACPI);
    r->ecx |= ECX1_HYPERVISOR;
    set_bit(&r->ecx, ECX1_X2APIC, cpu->active == VTL1); /* its own APIC has the mode */
    set_bit(&r->ecx, ECX1_OSXSAVE, (vendor->get(cpu, cpu->active, VREG_CR4) & CR4_OSXSAVE) != 0);
}

static void leaf_7(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    if (subleaf != 0) {
        *r = (struct cpuid_result){ .eax = subleaf == 1 ? r->eax & EAX71_VECTORS : 0 };
        return;
    }
    r->ebx &= ~EBX7_MSRS;
    r->ecx &= ~(ECX7_SGX_LC | ECX7_ABSENT);
    r->edx &= ~EDX7_ABSENT;
    set_bit(&r->ecx, ECX7_OSPKE, (vendor->get(cpu, cpu->active, VREG_CR4) & CR4_PKE) != 0);
}

static void leaf_80000001(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)subleaf;
    (void)cpu;
    r->ecx &= ~(ECX81_SVM | ECX81_SKINIT | ECX81_MSRS);
}

/* TLFS, "HV_X64_MSR_TSC_INVARIANT_CONTROL": shown to who asked for it, where it can be asked for. */
static void leaf_80000007(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)subleaf;
    if (clock_is_invariant() && atomic_load(&partition.vtl[cpu->active].tsc_invariant) == 0) {
        r->edx &= ~CPUID_TSC_INVARIANT;
    }
}

static void leaf_80000008(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)subleaf;
    (void)cpu;
    r->ebx &= ~EBX88_MSRS;
}

/* XSAVES and XFD need MSRs that are not in the list. */
static void leaf_d(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r)
{
    (void)cpu;
    if (subleaf == 1) {
        r->eax &= ~LEAF_D1_XSAVES_XFD;
    }
}

static const struct {
    uint32_t leaf;
    void (*filter)(const struct cpu *cpu, uint32_t subleaf, struct cpuid_result *r);
} leaves[] = {
    { 0x0, leaf_pass }, { 0x1, leaf_1 }, { 0x2, leaf_pass }, { 0x4, leaf_pass }, { 0x7, leaf_7 }, { 0xB, leaf_pass },
    { 0xD, leaf_d }, { 0x80000000, leaf_pass }, { 0x80000001, leaf_80000001 }, { 0x80000002, leaf_pass },
    { 0x80000003, leaf_pass }, { 0x80000004, leaf_pass }, { 0x80000005, leaf_pass }, { 0x80000006, leaf_pass },
    { 0x80000007, leaf_80000007 }, { 0x80000008, leaf_80000008 }, { 0x80000019, leaf_pass }, { 0x8000001A, leaf_pass },
    { 0x8000001D, leaf_pass }, { 0x8000001E, leaf_pass },
};

/* TLFS, "Feature and Interface Discovery"; the profile of F3. */
static struct cpuid_result hypervisor_leaf(uint32_t leaf)
{
    switch (leaf) {
    case HV_CPUID_VENDOR_AND_MAX:
        return (struct cpuid_result){ HV_CPUID_HARDWARE, 0x7263694D, 0x666F736F, 0x76482074 };
    case HV_CPUID_INTERFACE:
        return (struct cpuid_result){ .eax = HV_CPUID_INTERFACE_HV1 };
    case HV_CPUID_VERSION:
        return (struct cpuid_result){ .eax = 1, .ebx = 1 };
    case HV_CPUID_FEATURES:
        return (struct cpuid_result){ .eax = HV_FEATURES_EAX, .ebx = HV_FEATURES_EBX, .edx = HV_FEATURES_EDX };
    case HV_CPUID_ENLIGHTENMENT:
        return (struct cpuid_result){ .eax = HV_HINTS_EAX, .ebx = 0xFFFFFFFF };
    case HV_CPUID_LIMITS:
        return (struct cpuid_result){ .eax = partition.boot.processor_count, .ebx = partition.boot.processor_count };
    case HV_CPUID_HARDWARE:
        return (struct cpuid_result){ .eax = 0x0A }; /* MSR bitmaps, second-level translation */
    default:
        return (struct cpuid_result){ 0 };
    }
}

/* What the owner does not want in this boot, or the processors do not have, is not advertised. */
static struct cpuid_result offered_leaf(uint32_t leaf)
{
    struct cpuid_result result = hypervisor_leaf(leaf);

    if (leaf == HV_CPUID_FEATURES && partition.boot.vsm_offered == 0) {
        result.ebx &= ~HV_FEATURE_ACCESS_VSM;
    }
    if (leaf == HV_CPUID_FEATURES && clock_is_invariant()) {
        result.eax |= HV_FEATURE_TSC_INVARIANT;
    }
    return result;
}

static struct cpuid_result guest_cpuid(const struct cpu *cpu, uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_result result;

    if (leaf >= 0x40000000 && leaf <= 0x4000FFFF) {
        return offered_leaf(leaf);
    }
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        if (leaves[i].leaf == leaf) {
            result = cpuid(leaf, subleaf);
            if (!mutant_is(MUTANT_CPUID_OPEN)) {
                leaves[i].filter(cpu, subleaf, &result);
            }
            return result;
        }
    }
    return mutant_is(MUTANT_CPUID_OPEN) ? cpuid(leaf, subleaf) : (struct cpuid_result){ 0 };
}

void handle_cpuid(struct cpu *cpu)
{
    struct cpuid_result r;

    if (!instruction_skip(cpu)) {
        return;
    }
    r = guest_cpuid(cpu, (uint32_t)cpu->gpr[RAX], (uint32_t)cpu->gpr[RCX]);
    cpu->gpr[RAX] = r.eax;
    cpu->gpr[RBX] = r.ebx;
    cpu->gpr[RCX] = r.ecx;
    cpu->gpr[RDX] = r.edx;
}
