/*
 * The manual's checks before an entry (SDM vol. 3C, "VM Entries"), as far as a
 * field of ours can fail them, so that a failed entry is told in words.
 */
#include "vmx.h"

#include <hv/log.h>
#include <hv/x86.h>

static void complain(unsigned *failures, bool bad, const char *section, const char *what, enum vmcs_field field)
{
    if (bad) {
        hv_log(LOG_ERROR, "error: VMCS check \"%s\": %s (field 0x%x = 0x%lx)", section, what, field, vmread(field));
        (*failures)++;
    }
}

static bool canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* Bits that must be 1 (fixed0) and may be (fixed1), less those that unrestricted guests are freed of. */
static bool violates(uint64_t value, uint32_t fixed0, uint32_t fixed1, uint64_t freed)
{
    return ((rdmsr(fixed0) & ~freed) & ~value) != 0 || (value & ~rdmsr(fixed1)) != 0;
}

static void check_control(unsigned *failures, enum vmcs_field field, uint32_t msr)
{
    uint64_t capability = rdmsr(msr);
    uint32_t value = (uint32_t)vmread(field);
    bool bad = ((uint32_t)capability & ~value) != 0 || (value & ~(uint32_t)(capability >> 32)) != 0;

    complain(failures, bad, "Checks on VMX Controls", "reserved bits against the capability MSR", field);
}

static void check_controls(unsigned *failures)
{
    static const char *const section = "Checks on VMX Controls";
    uint64_t eptp = vmread(VMCS_EPTP);

    check_control(failures, VMCS_PIN, MSR_VMX_TRUE_PIN);
    check_control(failures, VMCS_PRIMARY, MSR_VMX_TRUE_PRIMARY);
    check_control(failures, VMCS_SECONDARY, MSR_VMX_SECONDARY);
    check_control(failures, VMCS_EXIT, MSR_VMX_TRUE_EXIT);
    check_control(failures, VMCS_ENTRY, MSR_VMX_TRUE_ENTRY);
    complain(failures, (vmread(VMCS_IO_MAP_A) & PAGE_MASK) != 0, section, "I/O map not page aligned", VMCS_IO_MAP_A);
    complain(failures, (vmread(VMCS_IO_MAP_B) & PAGE_MASK) != 0, section, "I/O map not page aligned", VMCS_IO_MAP_B);
    complain(failures, (vmread(VMCS_MSR_MAP) & PAGE_MASK) != 0, section, "MSR map not page aligned", VMCS_MSR_MAP);
    complain(failures, (eptp & 7) != 6 || (eptp >> 3 & 7) != 3 || (eptp & 0xF80) != 0, section, "EPT pointer", VMCS_EPTP);
    complain(failures, vmread(VMCS_VPID) == 0, section, "VPID is 0", VMCS_VPID);
}

static void check_host(unsigned *failures)
{
    static const char *const section = "Checks on Host Control Registers, MSRs, and SSP";

    complain(failures, violates(vmread(VMCS_HOST_CR0), MSR_VMX_CR0_FIXED0, MSR_VMX_CR0_FIXED1, 0), section, "fixed bits", VMCS_HOST_CR0);
    complain(failures, violates(vmread(VMCS_HOST_CR4), MSR_VMX_CR4_FIXED0, MSR_VMX_CR4_FIXED1, 0), section, "fixed bits", VMCS_HOST_CR4);
    complain(failures, (vmread(VMCS_HOST_EFER) & (EFER_LMA | EFER_LME)) != (EFER_LMA | EFER_LME), section, "64-bit host", VMCS_HOST_EFER);
    complain(failures, vmread(VMCS_HOST_CS) == 0 || vmread(VMCS_HOST_TR) == 0, "Checks on Host Segment and Descriptor-Table Registers",
             "null CS or TR", VMCS_HOST_CS);
    complain(failures, !canonical(vmread(VMCS_HOST_GS_BASE)), section, "not canonical", VMCS_HOST_GS_BASE);
}

static void check_guest_control(unsigned *failures)
{
    static const char *const section = "Checks on Guest Control Registers, Debug Registers, and MSRs";
    uint64_t cr0 = vmread(VMCS_GUEST_CR0);
    uint64_t cr4 = vmread(VMCS_GUEST_CR4);
    uint64_t efer = vmread(VMCS_GUEST_EFER);
    bool long_mode = (vmread(VMCS_ENTRY) & ENTRY_GUEST_64) != 0;

    complain(failures, violates(cr0, MSR_VMX_CR0_FIXED0, MSR_VMX_CR0_FIXED1, CR0_PE | CR0_PG), section, "fixed bits", VMCS_GUEST_CR0);
    complain(failures, (cr0 & CR0_PG) != 0 && (cr0 & CR0_PE) == 0, section, "PG without PE", VMCS_GUEST_CR0);
    complain(failures, violates(cr4, MSR_VMX_CR4_FIXED0, MSR_VMX_CR4_FIXED1, 0), section, "fixed bits", VMCS_GUEST_CR4);
    complain(failures, long_mode && ((cr0 & CR0_PG) == 0 || (cr4 & CR4_PAE) == 0), section, "64-bit guest without paging", VMCS_GUEST_CR4);
    complain(failures, long_mode != ((efer & EFER_LMA) != 0), section, "LMA against the entry control", VMCS_GUEST_EFER);
    complain(failures, (cr0 & CR0_PG) != 0 && ((efer & EFER_LMA) != 0) != ((efer & EFER_LME) != 0), section, "LMA against LME",
             VMCS_GUEST_EFER);
    complain(failures, vmread(VMCS_GUEST_CR3) >> 52 != 0, section, "reserved bits", VMCS_GUEST_CR3);
    complain(failures, vmread(VMCS_GUEST_DR7) >> 32 != 0, section, "reserved bits", VMCS_GUEST_DR7);
}

static void check_segment(unsigned *failures, enum vmcs_segment segment)
{
    static const char *const section = "Checks on Guest Segment Registers";
    enum vmcs_field field = VMCS_GUEST_ES_RIGHTS + 2 * segment;
    uint64_t rights = vmread(field);
    uint64_t limit = vmread(VMCS_GUEST_ES_LIMIT + 2 * segment);
    uint64_t type = rights & 15;

    if (segment == SEGMENT_TR) {
        complain(failures, (rights & RIGHTS_UNUSABLE) != 0 || (type != 3 && type != 11), section, "TR unusable or not busy", field);
    }
    if (segment == SEGMENT_CS) {
        complain(failures, (rights & RIGHTS_UNUSABLE) != 0 || ((type & 9) != 9 && type != 3), section, "CS unusable or no code", field);
        complain(failures, (rights & 0x6000) == 0x6000, section, "CS both L and D", field);
    }
    if ((rights & RIGHTS_UNUSABLE) != 0) {
        return;
    }
    complain(failures, (rights & 0x80) == 0, section, "usable, but not present", field);
    complain(failures, (rights & 0xFFFE0F00) != 0, section, "reserved bits", field);
    complain(failures, segment < SEGMENT_LDTR && ((rights & 0x10) == 0 || (type & 1) == 0), section, "not accessed", field);
    complain(failures, (limit & 0xFFF) != 0xFFF && (rights & 0x8000) != 0, section, "G set against the limit", field);
    complain(failures, limit > 0xFFFFF && (rights & 0x8000) == 0, section, "G clear against the limit", field);
}

static void check_guest_rest(unsigned *failures)
{
    static const char *const rip = "Checks on Guest RIP, RFLAGS, and SSP";
    static const char *const state = "Checks on Guest Non-Register State";
    uint64_t flags = vmread(VMCS_GUEST_RFLAGS);
    uint64_t event = vmread(VMCS_ENTRY_EVENT);
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY);
    bool interrupt = (event & EVENT_VALID) != 0 && EVENT_TYPE((uint32_t)event) == 0;

    complain(failures, !canonical(vmread(VMCS_GUEST_RIP)), rip, "not canonical", VMCS_GUEST_RIP);
    complain(failures, (flags & ~UINT64_C(0x3F7FD7)) != 0 || (flags & RFLAGS_FIXED) == 0, rip, "reserved bits", VMCS_GUEST_RFLAGS);
    complain(failures, interrupt && (flags & RFLAGS_IF) == 0, rip, "interrupt injected with IF clear", VMCS_GUEST_RFLAGS);
    complain(failures, vmread(VMCS_ACTIVITY) > 3, state, "unknown activity", VMCS_ACTIVITY);
    complain(failures, interrupt && (blocked & 3) != 0, state, "interrupt injected into its shadow", VMCS_INTERRUPTIBILITY);
    complain(failures, (blocked & 3) != 0 && (flags & RFLAGS_IF) == 0 && (blocked & 1) != 0, state, "STI's shadow with IF clear",
             VMCS_INTERRUPTIBILITY);
    complain(failures, vmread(VMCS_LINK) != UINT64_MAX, state, "VMCS link pointer", VMCS_LINK);
}

unsigned vmx_check(void)
{
    unsigned failures = 0;

    check_controls(&failures);
    check_host(&failures);
    check_guest_control(&failures);
    for (enum vmcs_segment segment = SEGMENT_ES; segment <= SEGMENT_TR; segment++) {
        check_segment(&failures, segment);
    }
    check_guest_rest(&failures);
    if (failures == 0) {
        hv_log(LOG_ERROR, "error: no check of the VMCS finds the reason");
    }
    return failures;
}
