#include "gate.h"

#include "cpu.h"

#include <lib/format.h>
#include <lib/string.h>

struct feature {
    const char *name;
    enum gate_leaf leaf;
    enum gate_register where;
    uint8_t bit;
};

#define COMMON_REQUIRED                               \
    { "NX", GATE_LEAF_EXTENDED_1, GATE_EDX, 20 },     \
    { "RDTSCP", GATE_LEAF_EXTENDED_1, GATE_EDX, 27 }, \
    { "SMEP", GATE_LEAF_7, GATE_EBX, 7 },             \
    { "SMAP", GATE_LEAF_7, GATE_EBX, 20 },            \
    { "RDRAND", GATE_LEAF_1, GATE_ECX, 30 }
#define COMMON_OPTIONAL                               \
    { "UMIP", GATE_LEAF_7, GATE_ECX, 2 },             \
    { "RDSEED", GATE_LEAF_7, GATE_EBX, 18 }

/* AMD64 Architecture Programmer's Manual volume 3, appendix E, "Obtaining Processor Information Via the CPUID Instruction". */
static const struct feature amd_required[] = {
    { "SVM", GATE_LEAF_EXTENDED_1, GATE_ECX, 2 },
    { "NPT", GATE_LEAF_SVM, GATE_EDX, 0 },
    COMMON_REQUIRED,
};
static const struct feature amd_optional[] = {
    COMMON_OPTIONAL,
    { "NRIPS", GATE_LEAF_SVM, GATE_EDX, 3 },
    { "decode-assists", GATE_LEAF_SVM, GATE_EDX, 7 },
};

/* Intel SDM vol. 3D, appendix "VMX Capability Reporting Facility". */
static const struct feature intel_required[] = {
    { "VMX", GATE_LEAF_1, GATE_ECX, 5 },
    { "EPT", GATE_LEAF_VMX, GATE_EAX, 1 },
    { "VPID", GATE_LEAF_VMX, GATE_EAX, 5 },
    { "unrestricted-guest", GATE_LEAF_VMX, GATE_EAX, 7 },
    { "EPT-4-levels", GATE_LEAF_VMX, GATE_EBX, 6 },
    { "EPT-write-back", GATE_LEAF_VMX, GATE_EBX, 14 },
    { "EPT-2M", GATE_LEAF_VMX, GATE_EBX, 16 },
    { "INVEPT", GATE_LEAF_VMX, GATE_EBX, 20 },
    { "INVEPT-all", GATE_LEAF_VMX, GATE_EBX, 26 },
    { "INVVPID", GATE_LEAF_VMX, GATE_ECX, 0 },
    { "INVVPID-all", GATE_LEAF_VMX, GATE_ECX, 10 },
    { "preemption-timer", GATE_LEAF_VMX, GATE_EDX, 6 },
    COMMON_REQUIRED,
};
static const struct feature intel_optional[] = {
    COMMON_OPTIONAL,
    { "EPT-1G", GATE_LEAF_VMX, GATE_EBX, 17 },
    { "EPT-A/D", GATE_LEAF_VMX, GATE_EBX, 21 },
    { "MBEC", GATE_LEAF_VMX, GATE_EAX, 22 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One back end's demands. */
struct back_end {
    const struct feature *required, *optional;
    size_t required_count, optional_count;
};

static const struct back_end amd = { amd_required, amd_optional, COUNT(amd_required), COUNT(amd_optional) };
static const struct back_end intel = { intel_required, intel_optional, COUNT(intel_required), COUNT(intel_optional) };

static bool everywhere(const struct gate_facts *facts, size_t count, const struct feature *feature)
{
    for (size_t i = 0; i < count; i++) {
        if (((facts[i].leaf[feature->leaf][feature->where] >> feature->bit) & 1) == 0) {
            return false;
        }
    }
    return true;
}

/* Appends the names of those features whose presence on all processors is `present`; returns how many. */
static size_t list(const struct gate_facts *facts, size_t count, const struct feature *features, size_t features_count,
                   bool present, char text[GATE_TEXT_SIZE])
{
    size_t length = strlen(text);
    size_t found = 0;

    for (size_t i = 0; i < features_count; i++) {
        if (everywhere(facts, count, &features[i]) == present) {
            length += format(text + length, GATE_TEXT_SIZE - length, " %s", features[i].name);
            found++;
        }
    }
    return found;
}

static const struct back_end *find_back_end(const struct gate_facts *facts)
{
    if (strcmp(facts->vendor, "AuthenticAMD") == 0 || strcmp(facts->vendor, "HygonGenuine") == 0) {
        return &amd;
    }
    return strcmp(facts->vendor, "GenuineIntel") == 0 ? &intel : NULL;
}

/* States that the firmware chose, not abilities: each is an error of its own. */
static const char *bad_state(const struct gate_facts *facts)
{
    if ((facts->vm_cr & VM_CR_SVMDIS) != 0) {
        return "SVM is disabled by the firmware (VM_CR.SVMDIS)";
    }
    if ((facts->feature_control & (FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMX)) == FEATURE_CONTROL_LOCKED) {
        return "VMX is disabled by the firmware (IA32_FEATURE_CONTROL)";
    }
    if ((facts->cr4 & CR4_LA57) != 0) {
        return "the firmware runs with 5-level paging (CR4.LA57)";
    }
    if ((facts->apic_base & APIC_BASE_ENABLE) == 0) {
        return "the firmware disabled the local APIC";
    }
    if ((facts->apic_base & APIC_BASE_X2APIC) != 0) {
        return "the firmware runs the local APIC in x2APIC mode";
    }
    return NULL;
}

bool gate_check(const struct gate_facts *facts, size_t count, char reason[GATE_TEXT_SIZE])
{
    const struct back_end *back_end = find_back_end(facts);

    if (back_end == NULL) {
        format(reason, GATE_TEXT_SIZE, "processor vendor \"%s\": no back end", facts->vendor);
        return false;
    }
    format(reason, GATE_TEXT_SIZE, "required processor features are missing:");
    if (list(facts, count, back_end->required, back_end->required_count, false, reason) > 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *state = bad_state(&facts[i]);

        if (state != NULL) {
            format(reason, GATE_TEXT_SIZE, "processor %lu: %s", (unsigned long)i, state);
            return false;
        }
        if (((facts[i].apic_base ^ facts[0].apic_base) & APIC_BASE_ADDRESS) != 0) {
            format(reason, GATE_TEXT_SIZE, "processor %lu: its local APIC is elsewhere than processor 0's", (unsigned long)i);
            return false;
        }
    }
    reason[0] = '\0';
    list(facts, count, back_end->required, back_end->required_count, true, reason);
    list(facts, count, back_end->optional, back_end->optional_count, true, reason);
    return true;
}
