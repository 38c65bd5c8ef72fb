/*
 * What a VM entry checks of the VMCS (SDM vol. 3C, "Checks on VMX Controls and
 * Host-State Area"; the guest's part is vmx_check_guest.c), so that a failed
 * entry is told in words. The test image asks before every entry.
 */
#include "vmx_check.h"

#include <hv/inject.h>
#include <hv/log.h>
#include <hv/register_rules.h>
#include <hv/x86.h>

void vmx_complain_if(struct vmx_checker *checker, bool bad, const char *what, enum vmcs_field field)
{
    if (bad) {
        hv_log(LOG_ERROR, "error: VMCS check \"%s\": %s (field 0x%x = 0x%lx)", checker->section, what, field, vmread(field));
        checker->failures++;
    }
}

static unsigned linear_width(void)
{
    return cpuid(0x80000008, 0).eax >> 8 & 0xFF;
}

bool vmx_is_canonical(uint64_t address)
{
    unsigned above = 64 - linear_width();

    return (uint64_t)((int64_t)(address << above) >> above) == address;
}

/* Of RIP an entry only wants the bits above the width to be alike: one past the last address is the guest's #GP. */
bool vmx_is_rip(uint64_t rip)
{
    uint64_t above = rip >> linear_width();

    return above == 0 || above == UINT64_MAX >> linear_width();
}

bool vmx_is_bad_page(uint64_t address)
{
    unsigned width = cpuid(0x80000008, 0).eax & 0xFF;

    return (address & PAGE_MASK) != 0 || address >> width != 0;
}

bool vmx_violates_fixed(uint64_t value, uint32_t fixed0, uint32_t fixed1, uint64_t freed)
{
    return ((rdmsr(fixed0) & ~freed) & ~value) != 0 || (value & ~rdmsr(fixed1)) != 0;
}

static void check_capability(struct vmx_checker *c, enum vmcs_field field, uint32_t msr)
{
    uint64_t capability = rdmsr(msr);
    uint32_t value = (uint32_t)vmread(field);
    bool bad = ((uint32_t)capability & ~value) != 0 || (value & ~(uint32_t)(capability >> 32)) != 0;

    vmx_complain_if(c, bad, "reserved bits against the capability MSR", field);
}

static void check_capabilities(struct vmx_checker *c)
{
    check_capability(c, VMCS_PIN, vmx_exact_msr(MSR_VMX_PIN, MSR_VMX_TRUE_PIN));
    check_capability(c, VMCS_PRIMARY, vmx_exact_msr(MSR_VMX_PRIMARY, MSR_VMX_TRUE_PRIMARY));
    check_capability(c, VMCS_SECONDARY, MSR_VMX_SECONDARY);
    check_capability(c, VMCS_EXIT, vmx_exact_msr(MSR_VMX_EXIT, MSR_VMX_TRUE_EXIT));
    check_capability(c, VMCS_ENTRY, vmx_exact_msr(MSR_VMX_ENTRY, MSR_VMX_TRUE_ENTRY));
}

static void check_eptp(struct vmx_checker *c)
{
    uint64_t eptp = vmread(VMCS_EPTP);
    bool flags = (rdmsr(MSR_VMX_EPT_VPID_CAP) & EPT_CAP_ACCESSED_DIRTY) != 0;

    vmx_complain_if(c, (eptp & 7) != 6, "memory type is not write-back", VMCS_EPTP);
    vmx_complain_if(c, (eptp >> 3 & 7) != 3, "not four levels", VMCS_EPTP);
    vmx_complain_if(c, (eptp & 0x40) != 0 && !flags, "accessed and dirty flags the processor does not have", VMCS_EPTP);
    vmx_complain_if(c, (eptp & 0xF80) != 0 || vmx_is_bad_page(eptp & ~PAGE_MASK), "reserved bits", VMCS_EPTP);
}

static void check_execution(struct vmx_checker *c)
{
    static const enum vmcs_field pages[] = { VMCS_IO_MAP_A, VMCS_IO_MAP_B, VMCS_MSR_MAP, VMCS_VIRTUAL_APIC };
    uint64_t pin = vmread(VMCS_PIN), primary = vmread(VMCS_PRIMARY), secondary = vmread(VMCS_SECONDARY);

    c->section = "VM-Execution Control Fields";
    vmx_complain_if(c, vmread(VMCS_CR3_TARGETS) > 4, "more than four CR3 targets", VMCS_CR3_TARGETS);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        vmx_complain_if(c, vmx_is_bad_page(vmread(pages[i])), "no page's address", pages[i]);
    }
    vmx_complain_if(c, (primary & PRIMARY_TPR_SHADOW) != 0 && vmread(VMCS_TPR_THRESHOLD) > 15, "reserved bits", VMCS_TPR_THRESHOLD);
    vmx_complain_if(c, (pin & PIN_VIRTUAL_NMI) != 0 && (pin & PIN_NMI_EXIT) == 0, "virtual NMIs without NMI exiting", VMCS_PIN);
    vmx_complain_if(c, (primary & PRIMARY_NMI_WINDOW) != 0 && (pin & PIN_VIRTUAL_NMI) == 0, "NMI window without virtual NMIs",
                    VMCS_PRIMARY);
    vmx_complain_if(c, (secondary & SECONDARY_VPID) != 0 && vmread(VMCS_VPID) == 0, "VPID is 0", VMCS_VPID);
    vmx_complain_if(c, (secondary & (SECONDARY_UNRESTRICTED | SECONDARY_MBEC)) != 0 && (secondary & SECONDARY_EPT) == 0,
                    "needs EPT", VMCS_SECONDARY);
    check_eptp(c);
}

/* Which vector and error code a type may have. */
static bool event_is_consistent(uint32_t event)
{
    unsigned type = EVENT_TYPE(event), vector = event & 0xFF;
    bool code = (event & EVENT_HAS_CODE) != 0, protected = (vmread(VMCS_GUEST_CR0) & CR0_PE) != 0;

    if (type == 1 || type == 7 || (event & 0x7FFFF000) != 0) {
        return false;
    }
    if ((type == EVENT_TYPE_NMI && vector != 2) || (type == EVENT_TYPE_EXCEPTION && vector > 31)) {
        return false;
    }
    return !code || (type == EVENT_TYPE_EXCEPTION && protected && (EXCEPTIONS_WITH_ERROR_CODE >> vector & 1) != 0);
}

static void check_entry(struct vmx_checker *c)
{
    uint32_t event = (uint32_t)vmread(VMCS_ENTRY_EVENT);
    bool software = EVENT_TYPE(event) >= 4;

    c->section = "VM-Entry Control Fields";
    vmx_complain_if(c, vmread(VMCS_EXIT_STORES) + vmread(VMCS_EXIT_LOADS) + vmread(VMCS_ENTRY_LOADS) != 0, "no MSR areas are used",
                    VMCS_ENTRY_LOADS);
    if ((event & EVENT_VALID) == 0) {
        return;
    }
    vmx_complain_if(c, !event_is_consistent(event), "type, vector and error code do not fit", VMCS_ENTRY_EVENT);
    vmx_complain_if(c, (event & EVENT_HAS_CODE) != 0 && vmread(VMCS_ENTRY_ERROR_CODE) >> 16 != 0, "reserved bits", VMCS_ENTRY_ERROR_CODE);
    vmx_complain_if(c, software && vmread(VMCS_ENTRY_LENGTH) - 1 > 14, "length of a software event", VMCS_ENTRY_LENGTH);
}

static void check_host_registers(struct vmx_checker *c)
{
    uint64_t efer = vmread(VMCS_HOST_EFER), both = EFER_LMA | EFER_LME;

    c->section = "Checks on Host Control Registers, MSRs, and SSP";
    vmx_complain_if(c, vmx_violates_fixed(vmread(VMCS_HOST_CR0), MSR_VMX_CR0_FIXED0, MSR_VMX_CR0_FIXED1, 0), "fixed bits", VMCS_HOST_CR0);
    vmx_complain_if(c, vmx_violates_fixed(vmread(VMCS_HOST_CR4), MSR_VMX_CR4_FIXED0, MSR_VMX_CR4_FIXED1, 0), "fixed bits", VMCS_HOST_CR4);
    vmx_complain_if(c, vmx_is_bad_page(vmread(VMCS_HOST_CR3) & ~PAGE_MASK), "above the address width", VMCS_HOST_CR3);
    vmx_complain_if(c, !rule_pat(vmread(VMCS_HOST_PAT)), "a byte is no memory type", VMCS_HOST_PAT);
    vmx_complain_if(c, (efer & both) != both || (efer & ~(both | EFER_SCE | EFER_NXE)) != 0, "64-bit host", VMCS_HOST_EFER);
    vmx_complain_if(c, (vmread(VMCS_EXIT) & EXIT_HOST_64) == 0, "64-bit host", VMCS_EXIT);
}

static void check_host_segments(struct vmx_checker *c)
{
    static const enum vmcs_field addresses[] = {
        VMCS_HOST_FS_BASE, VMCS_HOST_GS_BASE, VMCS_HOST_TR_BASE, VMCS_HOST_GDTR_BASE, VMCS_HOST_IDTR_BASE, VMCS_HOST_RIP,
        VMCS_HOST_SYSENTER_ESP, VMCS_HOST_SYSENTER_EIP,
    };

    c->section = "Checks on Host Segment and Descriptor-Table Registers";
    for (unsigned field = VMCS_HOST_ES; field <= VMCS_HOST_TR; field += 2) {
        vmx_complain_if(c, (vmread(field) & 7) != 0, "RPL or TI set", field);
    }
    vmx_complain_if(c, vmread(VMCS_HOST_CS) == 0, "null selector", VMCS_HOST_CS);
    vmx_complain_if(c, vmread(VMCS_HOST_TR) == 0, "null selector", VMCS_HOST_TR);
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        vmx_complain_if(c, !vmx_is_canonical(vmread(addresses[i])), "not canonical", addresses[i]);
    }
}

unsigned vmx_check(void)
{
    struct vmx_checker checker = { .section = "Checks on VMX Controls" };

    check_capabilities(&checker);
    check_execution(&checker);
    check_entry(&checker);
    check_host_registers(&checker);
    check_host_segments(&checker);
    vmx_check_guest(&checker);
    return checker.failures;
}
