/* GET_PROTECTIONS: what holds VTL0 and ring 3 off, as the registers say it now and not as boot meant it. */
#include <sk/secure_call.h>

#include <abi/tlfs.h>

#include <sk/hypercall.h>
#include <sk/x86.h>

#define CPUID_EXTENDED_1 0x80000001u
#define CPUID_EXTENDED_1_EDX_NX (1u << 20)

#define SCONTROL_ENABLED UINT64_C(1)
#define VINA_ENABLED     (UINT64_C(1) << 8) /* of HvRegisterVsmVina */

static uint32_t when(bool holds, enum secure_protection protection)
{
    return holds ? (uint32_t)protection : 0;
}

static uint32_t processor_has(void)
{
    const struct cpuid_leaf features = cpuid(7, 0);

    return SECURE_PROTECTION_WRITE_PROTECT | SECURE_PROTECTION_VECTOR_TRAPS |
           when((cpuid(CPUID_EXTENDED_1, 0).edx & CPUID_EXTENDED_1_EDX_NX) != 0, SECURE_PROTECTION_NO_EXECUTE) |
           when((features.ebx & CPUID_7_EBX_SMEP) != 0, SECURE_PROTECTION_SMEP) |
           when((features.ebx & CPUID_7_EBX_SMAP) != 0, SECURE_PROTECTION_SMAP) |
           when((features.ecx & CPUID_7_ECX_UMIP) != 0, SECURE_PROTECTION_UMIP);
}

static uint32_t processor_does(void)
{
    uint64_t cr0 = read_cr0(), cr4 = read_cr4();

    return when((cr0 & CR0_WP) != 0, SECURE_PROTECTION_WRITE_PROTECT) |
           when((cr0 & (CR0_EM | CR0_TS)) == (CR0_EM | CR0_TS), SECURE_PROTECTION_VECTOR_TRAPS) |
           when((rdmsr(MSR_EFER) & EFER_NXE) != 0, SECURE_PROTECTION_NO_EXECUTE) |
           when((cr4 & CR4_SMEP) != 0, SECURE_PROTECTION_SMEP) | when((cr4 & CR4_SMAP) != 0, SECURE_PROTECTION_SMAP) |
           when((cr4 & CR4_UMIP) != 0, SECURE_PROTECTION_UMIP);
}

/* A register that the hypervisor does not have protects nobody. */
static uint64_t vsm_register(uint32_t name)
{
    struct hv_register_value value;

    return hypercall_get_register(name, &value) == HV_STATUS_SUCCESS ? value.low : 0;
}

static uint32_t hypervisor_has(void)
{
    uint64_t capabilities = vsm_register(HV_REGISTER_VSM_CAPABILITIES);

    return SECURE_PROTECTION_VTL_PROTECTION | SECURE_PROTECTION_SECURE_INTERCEPTS | SECURE_PROTECTION_VINA |
           SECURE_PROTECTION_ZERO_MEMORY_ON_RESET |
           when((capabilities & HV_VSM_CAPABILITIES_MBEC) != 0, SECURE_PROTECTION_MBEC) |
           when((capabilities & HV_VSM_CAPABILITIES_DENY_STARTUP) != 0, SECURE_PROTECTION_DENY_LOWER_VTL_STARTUP);
}

/* An intercept message reaches this processor when its page, its source and the controller are all on (TLFS, "SynIC"). */
static bool intercepts_arrive(void)
{
    return (rdmsr(HV_MSR_SCONTROL) & SCONTROL_ENABLED) != 0 && (rdmsr(HV_MSR_SIMP) & HV_MSR_PAGE_ENABLE) != 0 &&
           HV_SINT_VECTOR(rdmsr(HV_MSR_SINT0)) != 0 && (rdmsr(HV_MSR_SINT0) & HV_SINT_MASKED) == 0;
}

static uint32_t hypervisor_does(uint64_t config)
{
    return when((config & HV_VSM_CONFIG_ENABLE_VTL_PROTECTION) != 0, SECURE_PROTECTION_VTL_PROTECTION) |
           when((config & HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET) != 0, SECURE_PROTECTION_ZERO_MEMORY_ON_RESET) |
           when((config & HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP) != 0, SECURE_PROTECTION_DENY_LOWER_VTL_STARTUP) |
           when((vsm_register(HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0) & HV_VSM_SECURE_CONFIG_MBEC) != 0, SECURE_PROTECTION_MBEC) |
           when((vsm_register(HV_REGISTER_VSM_VINA) & VINA_ENABLED) != 0, SECURE_PROTECTION_VINA) |
           when(intercepts_arrive(), SECURE_PROTECTION_SECURE_INTERCEPTS);
}

enum secure_status secure_get_protections(const struct secure_request *request, struct secure_reply *reply)
{
    uint64_t config = vsm_register(HV_REGISTER_VSM_PARTITION_CONFIG);
    const struct secure_protections found = {
        .available = processor_has() | hypervisor_has(),
        .enabled = processor_does() | hypervisor_does(config),
        .default_rights = HV_VSM_CONFIG_DEFAULT_MASK(config),
    };

    (void)request;
    return secure_reply_put(reply, &found, sizeof(found));
}
