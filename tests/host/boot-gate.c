#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <gate.h>

#include <cmocka.h>

#define APIC_ON UINT64_C(0xFEE00800)

/* A processor with all required and no optional features. */
static struct gate_facts good_processor(void)
{
    struct gate_facts facts = { .vendor = "AuthenticAMD", .apic_base = APIC_ON };

    facts.leaf[GATE_LEAF_EXTENDED_1][GATE_ECX] = 1u << 2;
    facts.leaf[GATE_LEAF_EXTENDED_1][GATE_EDX] = (1u << 20) | (1u << 27);
    facts.leaf[GATE_LEAF_SVM][GATE_EDX] = 1u << 0;
    facts.leaf[GATE_LEAF_7][GATE_EBX] = (1u << 7) | (1u << 20);
    facts.leaf[GATE_LEAF_1][GATE_ECX] = 1u << 30;
    return facts;
}

static struct gate_facts good_intel_processor(void)
{
    struct gate_facts facts = { .vendor = "GenuineIntel", .apic_base = APIC_ON };

    facts.leaf[GATE_LEAF_1][GATE_ECX] = (1u << 30) | (1u << 5);
    facts.leaf[GATE_LEAF_EXTENDED_1][GATE_EDX] = (1u << 20) | (1u << 27);
    facts.leaf[GATE_LEAF_7][GATE_EBX] = (1u << 7) | (1u << 20);
    facts.leaf[GATE_LEAF_VMX][GATE_EAX] = (1u << 1) | (1u << 5) | (1u << 7);
    facts.leaf[GATE_LEAF_VMX][GATE_EBX] = (1u << 6) | (1u << 14) | (1u << 16) | (1u << 20) | (1u << 26);
    facts.leaf[GATE_LEAF_VMX][GATE_ECX] = (1u << 0) | (1u << 10);
    facts.leaf[GATE_LEAF_VMX][GATE_EDX] = 1u << 6;
    return facts;
}

static void refused(const struct gate_facts *facts, size_t count, const char *reason)
{
    char text[GATE_TEXT_SIZE];

    assert_false(gate_check(facts, count, text));
    assert_string_equal(text, reason);
}

static void test_good(void **state)
{
    struct gate_facts facts[2] = { good_processor(), good_processor() };
    char text[GATE_TEXT_SIZE];

    (void)state;
    assert_true(gate_check(facts, 2, text));
    assert_string_equal(text, " SVM NPT NX RDTSCP SMEP SMAP RDRAND");
    facts[0].leaf[GATE_LEAF_7][GATE_ECX] = 1u << 2;
    facts[0].leaf[GATE_LEAF_SVM][GATE_EDX] |= (1u << 3) | (1u << 7);
    facts[1].leaf[GATE_LEAF_SVM][GATE_EDX] |= 1u << 3;
    assert_true(gate_check(facts, 2, text));
    assert_string_equal(text, " SVM NPT NX RDTSCP SMEP SMAP RDRAND NRIPS"); /* used only where all processors have it */
}

static void test_all_missing_are_named(void **state)
{
    struct gate_facts facts = { .vendor = "AuthenticAMD", .apic_base = APIC_ON };

    (void)state;
    refused(&facts, 1, "required processor features are missing: SVM NPT NX RDTSCP SMEP SMAP RDRAND");
}

static void test_each_alone(void **state)
{
    static const struct {
        enum gate_leaf leaf;
        enum gate_register where;
        uint8_t bit;
        const char *reason;
    } cases[] = {
        { GATE_LEAF_EXTENDED_1, GATE_ECX, 2, "required processor features are missing: SVM" },
        { GATE_LEAF_SVM, GATE_EDX, 0, "required processor features are missing: NPT" },
        { GATE_LEAF_EXTENDED_1, GATE_EDX, 20, "required processor features are missing: NX" },
        { GATE_LEAF_EXTENDED_1, GATE_EDX, 27, "required processor features are missing: RDTSCP" },
        { GATE_LEAF_7, GATE_EBX, 7, "required processor features are missing: SMEP" },
        { GATE_LEAF_7, GATE_EBX, 20, "required processor features are missing: SMAP" },
        { GATE_LEAF_1, GATE_ECX, 30, "required processor features are missing: RDRAND" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gate_facts facts[3] = { good_processor(), good_processor(), good_processor() };

        facts[i % 3].leaf[cases[i].leaf][cases[i].where] &= ~(1u << cases[i].bit);
        refused(facts, 3, cases[i].reason);
    }
}

static void test_states(void **state)
{
    struct gate_facts facts[2] = { good_processor(), good_processor() };

    (void)state;
    facts[1].vm_cr = 1u << 4;
    refused(facts, 2, "processor 1: SVM is disabled by the firmware (VM_CR.SVMDIS)");
    facts[1] = good_processor();
    facts[1].cr4 = 1u << 12;
    refused(facts, 2, "processor 1: the firmware runs with 5-level paging (CR4.LA57)");
    facts[1] = good_processor();
    facts[0].apic_base = APIC_ON | (1u << 10);
    refused(facts, 2, "processor 0: the firmware runs the local APIC in x2APIC mode");
    facts[0].apic_base = APIC_ON & ~UINT64_C(0x800);
    refused(facts, 2, "processor 0: the firmware disabled the local APIC");
    facts[0] = good_processor();
    facts[1].apic_base = UINT64_C(0xFED00800);
    refused(facts, 2, "processor 1: its local APIC is elsewhere than processor 0's");
    facts[1].apic_base = APIC_ON | (1u << 8); /* the boot processor bit differs everywhere */
    assert_true(gate_check(facts, 2, (char[GATE_TEXT_SIZE]){ 0 }));
}

static void test_intel(void **state)
{
    static const struct {
        enum gate_register where;
        uint8_t bit;
        const char *reason;
    } cases[] = {
        { GATE_EAX, 1, "required processor features are missing: EPT" },
        { GATE_EAX, 5, "required processor features are missing: VPID" },
        { GATE_EAX, 7, "required processor features are missing: unrestricted-guest" },
        { GATE_EBX, 16, "required processor features are missing: EPT-2M" },
        { GATE_EBX, 20, "required processor features are missing: INVEPT" },
        { GATE_EBX, 26, "required processor features are missing: INVEPT-all" },
        { GATE_ECX, 0, "required processor features are missing: INVVPID" },
        { GATE_EDX, 6, "required processor features are missing: preemption-timer" },
    };
    struct gate_facts facts[2] = { good_intel_processor(), good_intel_processor() };
    char text[GATE_TEXT_SIZE];

    (void)state;
    assert_true(gate_check(facts, 2, text));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        facts[i % 2].leaf[GATE_LEAF_VMX][cases[i].where] &= ~(1u << cases[i].bit);
        refused(facts, 2, cases[i].reason);
        facts[i % 2] = good_intel_processor();
    }
    facts[1].feature_control = 5; /* locked, with VMX */
    assert_true(gate_check(facts, 2, text));
    facts[1].feature_control = 1;
    refused(facts, 2, "processor 1: VMX is disabled by the firmware (IA32_FEATURE_CONTROL)");
}

/* However much is missing, the line is whole. */
static void test_the_longest_line_fits(void **state)
{
    struct gate_facts facts = { .vendor = "GenuineIntel", .apic_base = APIC_ON };

    (void)state;
    refused(&facts, 1, "required processor features are missing: VMX EPT VPID unrestricted-guest EPT-4-levels EPT-write-back "
                       "EPT-2M INVEPT INVEPT-all INVVPID INVVPID-all preemption-timer NX RDTSCP SMEP SMAP RDRAND");
}

static void test_vendors(void **state)
{
    struct gate_facts facts = good_processor();

    (void)state;
    strcpy(facts.vendor, "CentaurHauls");
    refused(&facts, 1, "processor vendor \"CentaurHauls\": no back end");
    strcpy(facts.vendor, "HygonGenuine");
    assert_true(gate_check(&facts, 1, (char[GATE_TEXT_SIZE]){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),   cmocka_unit_test(test_all_missing_are_named), cmocka_unit_test(test_each_alone),
        cmocka_unit_test(test_states), cmocka_unit_test(test_intel), cmocka_unit_test(test_the_longest_line_fits),
        cmocka_unit_test(test_vendors),
    };

    return cmocka_run_group_tests_name("boot-gate", tests, NULL, NULL);
}
