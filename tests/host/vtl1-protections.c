/* GET_PROTECTIONS: everything on, and then each register bit off by itself: that protection, and no other, is told to be off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <abi/tlfs.h>

#include <sk/hypercall.h>
#include <sk/secure_call.h>
#include <sk/x86.h>

#define SECURE_PROTECTION(bit, name, text) | 1u << (bit)
static const uint32_t everything = 0
#include <abi/secure_protections.def>
    ;
#undef SECURE_PROTECTION

/* The registers this test's machine has. */
static struct {
    uint64_t cr0, cr4, efer, scontrol, simp, sint0;
    uint64_t config, capabilities, secure_config, vina;
    uint32_t cpuid_7_ebx, cpuid_7_ecx, cpuid_extended_1_edx;
} machine;

struct cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    assert_int_equal(subleaf, 0);
    if (leaf == 7) {
        return (struct cpuid_leaf){ .ebx = machine.cpuid_7_ebx, .ecx = machine.cpuid_7_ecx };
    }
    assert_int_equal(leaf, 0x80000001);
    return (struct cpuid_leaf){ .edx = machine.cpuid_extended_1_edx };
}

uint64_t rdmsr(uint32_t msr)
{
    switch (msr) {
    case MSR_EFER:
        return machine.efer;
    case HV_MSR_SCONTROL:
        return machine.scontrol;
    case HV_MSR_SIMP:
        return machine.simp;
    default:
        assert_int_equal(msr, HV_MSR_SINT0);
        return machine.sint0;
    }
}

uint64_t read_cr0(void)
{
    return machine.cr0;
}

uint64_t read_cr4(void)
{
    return machine.cr4;
}

uint16_t hypercall_get_register(uint32_t name, struct hv_register_value *value)
{
    switch (name) {
    case HV_REGISTER_VSM_PARTITION_CONFIG:
        value->low = machine.config;
        return HV_STATUS_SUCCESS;
    case HV_REGISTER_VSM_CAPABILITIES:
        value->low = machine.capabilities;
        return HV_STATUS_SUCCESS;
    case HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0:
        value->low = machine.secure_config;
        return HV_STATUS_SUCCESS;
    case HV_REGISTER_VSM_VINA:
        value->low = machine.vina;
        return HV_STATUS_SUCCESS;
    default:
        return HV_STATUS_INVALID_PARAMETER;
    }
}

enum secure_status secure_reply_put(struct secure_reply *reply, const void *from, uint32_t size)
{
    memcpy(reply->data, from, size);
    reply->size = size;
    return SECURE_STATUS_SUCCESS;
}

static struct secure_protections ask(void)
{
    const struct secure_request request = { .service = SECURE_SERVICE_GET_PROTECTIONS };
    struct secure_protections found;
    struct secure_reply reply = { .data = (uint8_t *)&found, .capacity = sizeof(found) };

    assert_int_equal(secure_get_protections(&request, &reply), SECURE_STATUS_SUCCESS);
    assert_int_equal(reply.size, sizeof(found));
    assert_int_equal(found.reserved, 0);
    return found;
}

static int all_on(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof(machine));
    machine.cr0 = CR0_WP | CR0_EM | CR0_TS;
    machine.cr4 = CR4_SMEP | CR4_SMAP | CR4_UMIP;
    machine.efer = EFER_NXE;
    machine.scontrol = 1;
    machine.simp = 0x5000 | HV_MSR_PAGE_ENABLE;
    machine.sint0 = 0xF3 | HV_SINT_AUTO_EOI;
    machine.config = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | 0x1E | HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET |
                     HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP;
    machine.capabilities = HV_VSM_CAPABILITIES_MBEC | HV_VSM_CAPABILITIES_DENY_STARTUP;
    machine.secure_config = HV_VSM_SECURE_CONFIG_MBEC;
    machine.vina = 1u << 8 | 0xF4;
    machine.cpuid_7_ebx = CPUID_7_EBX_SMEP | CPUID_7_EBX_SMAP;
    machine.cpuid_7_ecx = CPUID_7_ECX_UMIP;
    machine.cpuid_extended_1_edx = 1u << 20;
    return 0;
}

static void everything_is_on(void **state)
{
    struct secure_protections found = ask();

    (void)state;
    assert_int_equal(found.available, everything);
    assert_int_equal(found.enabled, everything);
    assert_int_equal(found.default_rights, 0xF);
}

#define OFF_WITH(field, value, protection)                               \
    do {                                                                 \
        all_on(state);                                                   \
        machine.field = (value);                                         \
        assert_int_equal(ask().enabled, everything & ~(uint32_t)(protection)); \
        assert_int_equal(ask().available, everything);                   \
    } while (0)

static void each_register_bit_off_is_told(void **state)
{
    OFF_WITH(cr0, CR0_EM | CR0_TS, SECURE_PROTECTION_WRITE_PROTECT);
    OFF_WITH(cr0, CR0_WP | CR0_EM, SECURE_PROTECTION_VECTOR_TRAPS);
    OFF_WITH(cr0, CR0_WP | CR0_TS, SECURE_PROTECTION_VECTOR_TRAPS);
    OFF_WITH(cr4, CR4_SMAP | CR4_UMIP, SECURE_PROTECTION_SMEP);
    OFF_WITH(cr4, CR4_SMEP | CR4_UMIP, SECURE_PROTECTION_SMAP);
    OFF_WITH(cr4, CR4_SMEP | CR4_SMAP, SECURE_PROTECTION_UMIP);
    OFF_WITH(efer, 0x500, SECURE_PROTECTION_NO_EXECUTE);
    OFF_WITH(scontrol, 0, SECURE_PROTECTION_SECURE_INTERCEPTS);
    OFF_WITH(simp, 0x5000, SECURE_PROTECTION_SECURE_INTERCEPTS);
    OFF_WITH(sint0, 0xF3 | HV_SINT_MASKED, SECURE_PROTECTION_SECURE_INTERCEPTS);
    OFF_WITH(sint0, 0, SECURE_PROTECTION_SECURE_INTERCEPTS);
    OFF_WITH(config, machine.config & ~HV_VSM_CONFIG_ENABLE_VTL_PROTECTION, SECURE_PROTECTION_VTL_PROTECTION);
    OFF_WITH(config, machine.config & ~HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET, SECURE_PROTECTION_ZERO_MEMORY_ON_RESET);
    OFF_WITH(config, machine.config & ~HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP, SECURE_PROTECTION_DENY_LOWER_VTL_STARTUP);
    OFF_WITH(secure_config, 0, SECURE_PROTECTION_MBEC);
    OFF_WITH(vina, 0xF4, SECURE_PROTECTION_VINA);
}

#define ABSENT_WITH(field, protection)                                     \
    do {                                                                   \
        all_on(state);                                                     \
        machine.field = 0;                                                 \
        assert_int_equal(ask().available, everything & ~(uint32_t)(protection)); \
    } while (0)

static void what_the_machine_lacks_is_told(void **state)
{
    ABSENT_WITH(cpuid_7_ebx, SECURE_PROTECTION_SMEP | SECURE_PROTECTION_SMAP);
    ABSENT_WITH(cpuid_7_ecx, SECURE_PROTECTION_UMIP);
    ABSENT_WITH(cpuid_extended_1_edx, SECURE_PROTECTION_NO_EXECUTE);
    ABSENT_WITH(capabilities, SECURE_PROTECTION_MBEC | SECURE_PROTECTION_DENY_LOWER_VTL_STARTUP);
}

static void the_default_rights_are_those_of_the_register(void **state)
{
    (void)state;
    machine.config = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | 0x3 << 1;
    assert_int_equal(ask().default_rights, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_is_on, all_on),
        cmocka_unit_test(each_register_bit_off_is_told),
        cmocka_unit_test(what_the_machine_lacks_is_told),
        cmocka_unit_test_setup(the_default_rights_are_those_of_the_register, all_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
