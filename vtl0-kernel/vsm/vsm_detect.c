#include <vtl0/vsm.h>

#include <abi/tlfs.h>
#include <vtl0/exceptions.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#include "vsm_internal.h"

/* Open-source form: bit 63; OS type 0x7F (none of the assigned ones); version 0.1. */
#define GUEST_OS_ID_VALUE ((UINT64_C(1) << 63) | (UINT64_C(0x7F) << 56) | (UINT64_C(1) << 16))

#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define FEATURE_HYPERCALL_MSRS (1u << 5)
#define FEATURE_ACCESS_VSM     (1u << 16)
#define FEATURE_VP_REGISTERS   (1u << 17)
#define VTL1_ENABLED           (1u << 1)

struct vsm_client vsm_client;

enum vsm_state vsm_state(void)
{
    return vsm_client.state;
}

const char *vsm_state_text(enum vsm_state state)
{
    static const char *const text[] = {
        [VSM_NO_HYPERVISOR] = "no hypervisor with the interface Hv#1 is present",
        [VSM_NO_ACCESS] = "the hypervisor does not offer VSM to this partition",
        [VSM_NO_PAGE] = "the hypervisor refuses the hypercall page",
        [VSM_NO_OFFSETS] = "the hypervisor does not say where the VTL call entry is",
        [VSM_NO_VTL1] = "VTL1 is not enabled",
        [VSM_READY] = "ready",
    };

    return text[state];
}

static bool interface_present(void)
{
    return (cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR) != 0 &&
           cpuid(HV_CPUID_VENDOR_AND_MAX, 0).eax >= HV_CPUID_LIMITS &&
           cpuid(HV_CPUID_INTERFACE, 0).eax == HV_CPUID_INTERFACE_HV1;
}

static bool access_granted(void)
{
    struct cpuid features = cpuid(HV_CPUID_FEATURES, 0);
    uint32_t vsm = FEATURE_ACCESS_VSM | FEATURE_VP_REGISTERS;

    return (features.eax & FEATURE_HYPERCALL_MSRS) != 0 && (features.ebx & vsm) == vsm;
}

static bool switch_page_on(void)
{
    uint64_t page = (uint64_t)(uintptr_t)page_alloc();
    uint64_t value = 0;

    if (!wrmsr_safe(HV_MSR_GUEST_OS_ID, GUEST_OS_ID_VALUE) ||
        !wrmsr_safe(HV_MSR_HYPERCALL, page | HV_MSR_PAGE_ENABLE) ||
        !rdmsr_safe(HV_MSR_HYPERCALL, &value) || value != (page | HV_MSR_PAGE_ENABLE)) {
        return false;
    }
    paging_map(paging_kernel_root(), page, page, MAP_READ_EXECUTE);
    vsm_client.page = page;
    return true;
}

static bool read_offsets(void)
{
    uint64_t value = 0;

    if (!vsm_get_register(HV_REGISTER_VSM_CODE_PAGE_OFFSETS, &value)) {
        return false;
    }
    vsm_client.vtl_call = vsm_client.page + (value & 0xFFF);
    vsm_client.vtl_return = vsm_client.page + (value >> 12 & 0xFFF);
    return true;
}

static enum vsm_state detect(void)
{
    uint64_t status = 0;

    if (!interface_present()) {
        return VSM_NO_HYPERVISOR;
    }
    if (!access_granted()) {
        return VSM_NO_ACCESS;
    }
    if (!switch_page_on()) {
        return VSM_NO_PAGE;
    }
    if (!read_offsets()) {
        return VSM_NO_OFFSETS;
    }
    if (!vsm_get_register(HV_REGISTER_VSM_PARTITION_STATUS, &status) || (status & VTL1_ENABLED) == 0) {
        return VSM_NO_VTL1;
    }
    return VSM_READY;
}

enum vsm_state vsm_start(void)
{
    vsm_client.state = detect();
    return vsm_client.state;
}
