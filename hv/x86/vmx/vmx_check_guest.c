/* What a VM entry checks of the guest-state area (SDM vol. 3C, "Checks on the Guest State Area"). */
#include "vmx_check.h"

#include <hv/register_rules.h>
#include <hv/x86.h>

#define RIGHTS_RESERVED 0xFFFE0F00u
#define RIGHTS_DPL(v)   ((v) >> 5 & 3)

static uint64_t segment_field(enum vmcs_segment segment, enum vmcs_field of_es)
{
    return vmread(of_es + 2 * segment);
}

static bool is_long_mode(void)
{
    return (vmread(VMCS_ENTRY) & ENTRY_GUEST_64) != 0;
}

static void check_control_registers(struct vmx_checker *c)
{
    uint64_t cr0 = vmread(VMCS_GUEST_CR0), cr4 = vmread(VMCS_GUEST_CR4);

    c->section = "Checks on Guest Control Registers, Debug Registers, and MSRs";
    vmx_complain_if(c, vmx_violates_fixed(cr0 & ~(CR0_NW | CR0_CD), MSR_VMX_CR0_FIXED0, MSR_VMX_CR0_FIXED1, CR0_PE | CR0_PG), "fixed bits",
                    VMCS_GUEST_CR0);
    vmx_complain_if(c, (cr0 & CR0_PG) != 0 && (cr0 & CR0_PE) == 0, "PG without PE", VMCS_GUEST_CR0);
    vmx_complain_if(c, vmx_violates_fixed(cr4, MSR_VMX_CR4_FIXED0, MSR_VMX_CR4_FIXED1, 0), "fixed bits", VMCS_GUEST_CR4);
    vmx_complain_if(c, is_long_mode() && ((cr0 & CR0_PG) == 0 || (cr4 & CR4_PAE) == 0), "64-bit guest without paging", VMCS_GUEST_CR4);
    vmx_complain_if(c, !is_long_mode() && (cr4 & CR4_PCIDE) != 0, "PCIDE outside of 64-bit mode", VMCS_GUEST_CR4);
    vmx_complain_if(c, vmx_is_bad_page(vmread(VMCS_GUEST_CR3) & ~PAGE_MASK), "above the address width", VMCS_GUEST_CR3);
    vmx_complain_if(c, vmread(VMCS_GUEST_DR7) >> 32 != 0, "reserved bits", VMCS_GUEST_DR7);
}

static void check_msrs(struct vmx_checker *c)
{
    uint64_t efer = vmread(VMCS_GUEST_EFER);
    bool active = (efer & EFER_LMA) != 0, enabled = (efer & EFER_LME) != 0;

    vmx_complain_if(c, (vmread(VMCS_GUEST_DEBUGCTL) & ~UINT64_C(0xFFC3)) != 0, "reserved bits", VMCS_GUEST_DEBUGCTL);
    vmx_complain_if(c, !vmx_is_canonical(vmread(VMCS_GUEST_SYSENTER_ESP)), "not canonical", VMCS_GUEST_SYSENTER_ESP);
    vmx_complain_if(c, !vmx_is_canonical(vmread(VMCS_GUEST_SYSENTER_EIP)), "not canonical", VMCS_GUEST_SYSENTER_EIP);
    vmx_complain_if(c, !rule_pat(vmread(VMCS_GUEST_PAT)), "a byte is no memory type", VMCS_GUEST_PAT);
    vmx_complain_if(c, (efer & ~(EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)) != 0, "reserved bits", VMCS_GUEST_EFER);
    vmx_complain_if(c, active != is_long_mode(), "LMA against the entry control", VMCS_GUEST_EFER);
    vmx_complain_if(c, (vmread(VMCS_GUEST_CR0) & CR0_PG) != 0 && active != enabled, "LMA against LME", VMCS_GUEST_EFER);
}

/* A virtual-8086 segment is where its selector says. */
static void check_virtual_8086(struct vmx_checker *c)
{
    for (enum vmcs_segment segment = SEGMENT_ES; segment <= SEGMENT_GS; segment++) {
        bool bad = segment_field(segment, VMCS_GUEST_ES_BASE) != segment_field(segment, VMCS_GUEST_ES) << 4
            || segment_field(segment, VMCS_GUEST_ES_LIMIT) != 0xFFFF || segment_field(segment, VMCS_GUEST_ES_RIGHTS) != 0xF3;

        vmx_complain_if(c, bad, "not as virtual-8086 mode has it", VMCS_GUEST_ES_RIGHTS + 2 * segment);
    }
}

static bool type_fits(enum vmcs_segment segment, uint64_t rights)
{
    uint64_t type = rights & 15;

    switch (segment) {
    case SEGMENT_CS: return type == 3 || (type & 9) == 9;
    case SEGMENT_SS: return type == 3 || type == 7;
    case SEGMENT_LDTR: return type == 2;
    case SEGMENT_TR: return type == 11 || (type == 3 && !is_long_mode());
    default: return (type & 1) != 0 && ((type & 8) == 0 || (type & 2) != 0);
    }
}

static void check_usable(struct vmx_checker *c, enum vmcs_segment segment, uint64_t rights)
{
    enum vmcs_field field = VMCS_GUEST_ES_RIGHTS + 2 * segment;
    uint64_t limit = segment_field(segment, VMCS_GUEST_ES_LIMIT);
    bool system = segment >= SEGMENT_LDTR;

    vmx_complain_if(c, !type_fits(segment, rights), "type", field);
    vmx_complain_if(c, ((rights & 0x10) != 0) == system, "S against its kind", field);
    vmx_complain_if(c, (rights & 0x80) == 0, "usable, but not present", field);
    vmx_complain_if(c, (rights & RIGHTS_RESERVED) != 0, "reserved bits", field);
    vmx_complain_if(c, segment == SEGMENT_CS && is_long_mode() && (rights & 0x6000) == 0x6000, "both L and D", field);
    vmx_complain_if(c, (limit & 0xFFF) != 0xFFF && (rights & 0x8000) != 0, "G set against the limit", field);
    vmx_complain_if(c, limit >> 20 != 0 && (rights & 0x8000) == 0, "G clear against the limit", field);
}

static void check_segment(struct vmx_checker *c, enum vmcs_segment segment)
{
    uint64_t base = segment_field(segment, VMCS_GUEST_ES_BASE), rights = segment_field(segment, VMCS_GUEST_ES_RIGHTS);
    bool usable = (rights & RIGHTS_UNUSABLE) == 0, full = segment >= SEGMENT_FS;

    vmx_complain_if(c, !usable && (segment == SEGMENT_CS || segment == SEGMENT_TR), "unusable", VMCS_GUEST_ES_RIGHTS + 2 * segment);
    vmx_complain_if(c, full && (usable || segment != SEGMENT_LDTR) && !vmx_is_canonical(base), "not canonical",
                    VMCS_GUEST_ES_BASE + 2 * segment);
    vmx_complain_if(c, !full && (usable || segment == SEGMENT_CS) && base >> 32 != 0, "above 4 GiB", VMCS_GUEST_ES_BASE + 2 * segment);
    vmx_complain_if(c, segment >= SEGMENT_LDTR && usable && (segment_field(segment, VMCS_GUEST_ES) & 4) != 0, "TI set",
                    VMCS_GUEST_ES + 2 * segment);
    if (usable) {
        check_usable(c, segment, rights);
    }
}

static void check_segments(struct vmx_checker *c)
{
    bool virtual_8086 = (vmread(VMCS_GUEST_RFLAGS) & RFLAGS_VM) != 0;

    c->section = "Checks on Guest Segment Registers";
    if (virtual_8086) {
        check_virtual_8086(c);
    }
    for (enum vmcs_segment segment = virtual_8086 ? SEGMENT_LDTR : SEGMENT_ES; segment <= SEGMENT_TR; segment++) {
        check_segment(c, segment);
    }
    c->section = "Checks on Guest Descriptor-Table Registers";
    vmx_complain_if(c, !vmx_is_canonical(vmread(VMCS_GUEST_GDTR_BASE)), "not canonical", VMCS_GUEST_GDTR_BASE);
    vmx_complain_if(c, !vmx_is_canonical(vmread(VMCS_GUEST_IDTR_BASE)), "not canonical", VMCS_GUEST_IDTR_BASE);
    vmx_complain_if(c, vmread(VMCS_GUEST_GDTR_LIMIT) >> 16 != 0, "reserved bits", VMCS_GUEST_GDTR_LIMIT);
    vmx_complain_if(c, vmread(VMCS_GUEST_IDTR_LIMIT) >> 16 != 0, "reserved bits", VMCS_GUEST_IDTR_LIMIT);
}

static void check_rip_and_flags(struct vmx_checker *c, bool interrupt)
{
    bool code_64 = is_long_mode() && (segment_field(SEGMENT_CS, VMCS_GUEST_ES_RIGHTS) & 0x2000) != 0;
    uint64_t rip = vmread(VMCS_GUEST_RIP), flags = vmread(VMCS_GUEST_RFLAGS);
    bool real = (vmread(VMCS_GUEST_CR0) & CR0_PE) == 0;

    c->section = "Checks on Guest RIP, RFLAGS, and SSP";
    vmx_complain_if(c, code_64 ? !vmx_is_rip(rip) : rip >> 32 != 0, "not an address of its mode", VMCS_GUEST_RIP);
    vmx_complain_if(c, (flags & ~UINT64_C(0x3F7FD7)) != 0 || (flags & RFLAGS_FIXED) == 0, "reserved bits", VMCS_GUEST_RFLAGS);
    vmx_complain_if(c, (flags & RFLAGS_VM) != 0 && (is_long_mode() || real), "virtual-8086 mode in another", VMCS_GUEST_RFLAGS);
    vmx_complain_if(c, interrupt && (flags & RFLAGS_IF) == 0, "interrupt injected with IF clear", VMCS_GUEST_RFLAGS);
}

static void check_rest(struct vmx_checker *c, uint32_t event, bool interrupt)
{
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY), activity = vmread(VMCS_ACTIVITY), pending = vmread(VMCS_PENDING_DEBUG);
    bool sti = (blocked & BLOCKED_BY_STI) != 0, mov_ss = (blocked & BLOCKED_BY_MOV_SS) != 0;
    bool nmi = (event & EVENT_VALID) != 0 && EVENT_TYPE(event) == EVENT_TYPE_NMI;
    uint64_t flags = vmread(VMCS_GUEST_RFLAGS);
    bool stepping = (flags & RFLAGS_TF) != 0 && (vmread(VMCS_GUEST_DEBUGCTL) & 2) == 0;

    c->section = "Checks on Guest Non-Register State";
    vmx_complain_if(c, activity > 3, "unknown", VMCS_ACTIVITY);
    vmx_complain_if(c, activity != 0 && (sti || mov_ss), "not active in a shadow", VMCS_ACTIVITY);
    vmx_complain_if(c, blocked >> 5 != 0 || (sti && mov_ss), "reserved bits or two shadows", VMCS_INTERRUPTIBILITY);
    vmx_complain_if(c, sti && (flags & RFLAGS_IF) == 0, "STI's shadow with IF clear", VMCS_INTERRUPTIBILITY);
    vmx_complain_if(c, interrupt && (sti || mov_ss), "interrupt injected into a shadow", VMCS_INTERRUPTIBILITY);
    vmx_complain_if(c, nmi && (blocked & (BLOCKED_BY_MOV_SS | BLOCKED_BY_NMI)) != 0, "NMI injected while blocked", VMCS_INTERRUPTIBILITY);
    vmx_complain_if(c, (pending & ~UINT64_C(0x1500F)) != 0, "reserved bits", VMCS_PENDING_DEBUG);
    vmx_complain_if(c, (sti || mov_ss || activity == 1) && ((pending & 0x4000) != 0) != stepping, "BS against TF", VMCS_PENDING_DEBUG);
    vmx_complain_if(c, vmread(VMCS_LINK) != UINT64_MAX, "not all ones", VMCS_LINK);
}

static void check_directory_pointers(struct vmx_checker *c)
{
    bool used = !is_long_mode() && (vmread(VMCS_GUEST_CR0) & CR0_PG) != 0 && (vmread(VMCS_GUEST_CR4) & CR4_PAE) != 0;

    c->section = "Checks on Guest Page-Directory-Pointer-Table Entries";
    for (unsigned i = 0; i < 4 && used; i++) {
        vmx_complain_if(c, !vmx_is_pdpte(vmread(VMCS_GUEST_PDPTE + 2 * i)), "reserved bits", VMCS_GUEST_PDPTE + 2 * i);
    }
}

void vmx_check_guest(struct vmx_checker *c)
{
    uint32_t event = (uint32_t)vmread(VMCS_ENTRY_EVENT);
    bool interrupt = (event & EVENT_VALID) != 0 && EVENT_TYPE(event) == 0;

    check_control_registers(c);
    check_msrs(c);
    check_segments(c);
    check_rip_and_flags(c, interrupt);
    check_rest(c, event, interrupt);
    check_directory_pointers(c);
}
