/* The execution, exit and entry controls, computed from the capability MSRs, and the host state. */
#include "vmx.h"

#include <hv/check.h>
#include <hv/descriptors.h>
#include <hv/inject.h>
#include <hv/interrupts.h>
#include <hv/partition.h>
#include <hv/x86.h>

#define BASIC_TRUE_CONTROLS (UINT64_C(1) << 55)
#define EPTP_WRITE_BACK     6u
#define EPTP_FOUR_LEVELS    (3u << 3)
#define EPTP_ACCESSED_DIRTY (1u << 6)

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

/* "VM-Execution Controls": the low half says which bits must be 1, the high half which may be. */
static uint32_t adjust(uint32_t msr, uint32_t wanted, uint32_t if_possible)
{
    uint64_t capability = rdmsr(msr);
    uint32_t must = (uint32_t)capability;
    uint32_t may = (uint32_t)(capability >> 32);

    CHECK((wanted & ~may) == 0); /* the gate has looked at what is not in every processor with EPT */
    return must | wanted | (if_possible & may);
}

uint32_t vmx_exact_msr(uint32_t plain, uint32_t exact)
{
    return (rdmsr(MSR_VMX_BASIC) & BASIC_TRUE_CONTROLS) != 0 ? exact : plain;
}

/* Where the processor has the flags: see ept.c. Without them it refuses such a walk only when it has a flag to set. */
static uint64_t accessed_dirty(void)
{
    return (rdmsr(MSR_VMX_EPT_VPID_CAP) & EPT_CAP_ACCESSED_DIRTY) != 0 ? EPTP_ACCESSED_DIRTY : 0;
}

static void set_execution_controls(enum vtl vtl)
{
    uint32_t pin = PIN_NMI_EXIT | PIN_VIRTUAL_NMI;
    uint32_t primary = PRIMARY_RDPMC | PRIMARY_MWAIT | PRIMARY_MONITOR | PRIMARY_IO_MAPS | PRIMARY_MSR_MAPS | PRIMARY_SECONDARY;

    if (holds_interrupts(vtl)) {
        /* F14: nothing physical is delivered through VTL1's IDT, and its CR8 is not the machine's. */
        pin |= PIN_INTERRUPT_EXIT;
        primary |= PRIMARY_TPR_SHADOW;
    }
    vmwrite(VMCS_PIN, adjust(vmx_exact_msr(MSR_VMX_PIN, MSR_VMX_TRUE_PIN), pin, 0));
    vmwrite(VMCS_PRIMARY, adjust(vmx_exact_msr(MSR_VMX_PRIMARY, MSR_VMX_TRUE_PRIMARY), primary, 0));
    vmwrite(VMCS_SECONDARY, adjust(MSR_VMX_SECONDARY, SECONDARY_EPT | SECONDARY_VPID | SECONDARY_UNRESTRICTED,
                                   SECONDARY_RDTSCP | SECONDARY_INVPCID));
    vmwrite(VMCS_EXCEPTIONS, INTERCEPTED_EXCEPTIONS);
    vmwrite(VMCS_CR3_TARGETS, 0);
    vmwrite(VMCS_TPR_THRESHOLD, 0);
}

static void set_switch_controls(enum vtl vtl)
{
    uint32_t exit = EXIT_SAVE_DEBUG | EXIT_HOST_64 | EXIT_SAVE_PAT | EXIT_LOAD_PAT | EXIT_SAVE_EFER | EXIT_LOAD_EFER;
    /* F14: an interrupt that was there before VTL1 is kept for VTL0. Left pending it would end each entry (docs/trials.md, M19). */
    uint32_t acknowledge = holds_interrupts(vtl) ? EXIT_ACKNOWLEDGE : 0;
    uint32_t entry = ENTRY_LOAD_DEBUG | ENTRY_LOAD_PAT | ENTRY_LOAD_EFER;

    vmwrite(VMCS_EXIT, adjust(vmx_exact_msr(MSR_VMX_EXIT, MSR_VMX_TRUE_EXIT), exit | acknowledge, 0));
    vmwrite(VMCS_ENTRY, adjust(vmx_exact_msr(MSR_VMX_ENTRY, MSR_VMX_TRUE_ENTRY), entry, 0));
    vmwrite(VMCS_EXIT_STORES, 0);
    vmwrite(VMCS_EXIT_LOADS, 0);
    vmwrite(VMCS_ENTRY_LOADS, 0);
    vmwrite(VMCS_ENTRY_EVENT, 0);
}

void vmx_set_controls(const struct vmx_vtl *state, enum vtl vtl)
{
    set_execution_controls(vtl);
    set_switch_controls(vtl);
    vmwrite(VMCS_VPID, (uint64_t)vtl + 1);
    vmwrite(VMCS_EPTP, slat_root_address(&partition.slat[vtl]).value | EPTP_WRITE_BACK | EPTP_FOUR_LEVELS | accessed_dirty());
    vmwrite(VMCS_IO_MAP_A, vmx_io_map(vtl, 0).value);
    vmwrite(VMCS_IO_MAP_B, vmx_io_map(vtl, 1).value);
    vmwrite(VMCS_MSR_MAP, vmx_msr_map(MSRS_OPEN).value);
    vmwrite(VMCS_VIRTUAL_APIC, page_pool_address(&partition.pool, state->virtual_apic).value);
    /* Bits that VMX forces belong to the hypervisor; the guest sees what it wrote (CR0) or zero (CR4.VMXE). */
    vmwrite(VMCS_CR0_MASK, CR0_OWNED);
    vmwrite(VMCS_CR4_MASK, CR4_VMXE);
    vmwrite(VMCS_CR4_SHADOW, 0);
    vmwrite(VMCS_LINK, UINT64_MAX);
}

/* The same on all processors but for GDT, TSS and GS. */
void vmx_set_host_state(const struct cpu *cpu)
{
    struct table_pointer idt;
    uint64_t cr3;

    __asm__ volatile("sidt %0" : "=m"(idt));
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    vmwrite(VMCS_HOST_CR0, read_cr0());
    vmwrite(VMCS_HOST_CR3, cr3);
    vmwrite(VMCS_HOST_CR4, read_cr4());
    vmwrite(VMCS_HOST_PAT, rdmsr(MSR_PAT));
    vmwrite(VMCS_HOST_EFER, rdmsr(MSR_EFER));
    vmwrite(VMCS_HOST_CS, HV_SELECTOR_CODE);
    vmwrite(VMCS_HOST_SS, HV_SELECTOR_DATA);
    vmwrite(VMCS_HOST_DS, HV_SELECTOR_DATA);
    vmwrite(VMCS_HOST_ES, HV_SELECTOR_DATA);
    vmwrite(VMCS_HOST_FS, 0);
    vmwrite(VMCS_HOST_GS, 0);
    vmwrite(VMCS_HOST_TR, HV_SELECTOR_TASK);
    vmwrite(VMCS_HOST_FS_BASE, 0);
    vmwrite(VMCS_HOST_GS_BASE, (uint64_t)cpu);
    vmwrite(VMCS_HOST_TR_BASE, (uint64_t)cpu->task_state);
    vmwrite(VMCS_HOST_GDTR_BASE, (uint64_t)cpu->descriptor_table);
    vmwrite(VMCS_HOST_IDTR_BASE, idt.base);
    vmwrite(VMCS_HOST_SYSENTER_CS, 0);
    vmwrite(VMCS_HOST_SYSENTER_ESP, 0);
    vmwrite(VMCS_HOST_SYSENTER_EIP, 0);
    vmwrite(VMCS_HOST_RIP, (uint64_t)vmx_exit_here);
}
