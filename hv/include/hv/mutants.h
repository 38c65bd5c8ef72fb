/* The protections that have a mutant. The number is what handoff.mutant holds; names are the config key's values. */
#pragma once

#define MUTANT_LIST(M)                                                                                       \
    M(1, VTL1_READABLE, "vtl1-readable")           /* VTL0 keeps R of pages VTL1 takes */                     \
    M(2, VTL1_WRITABLE, "vtl1-writable")           /* VTL0 keeps R and W */                                   \
    M(3, VTL1_EXECUTABLE, "vtl1-executable")       /* VTL0 keeps R and X */                                   \
    M(4, HYPERVISOR_MAPPED, "hypervisor-mapped")   /* the region stays in VTL0's table */                     \
    M(5, NO_SHOOTDOWN, "no-shootdown")             /* other processors are not made to forget */             \
    M(6, APIC_WRITABLE, "apic-writable")           /* the APIC page is not guarded */                         \
    M(7, NO_VTL_CHECK, "no-vtl-check")             /* ModifyVtlProtectionMask from VTL0 is obeyed */          \
    M(8, RESET_KEEPS, "reset-keeps")               /* VTL1's memory is not zeroed at a reset */               \
    M(9, A20_OPEN, "a20-open")                     /* port 92h reaches the chipset unfiltered */              \
    M(10, HSAVE_OPEN, "hsave-open")                /* WRMSR VM_HSAVE_PA is let through */                      \
    M(11, NO_INVALIDATION, "no-invalidation")      /* no processor drops a translation of its own */          \
    M(12, INTERRUPTS_IN_VTL1, "interrupts-in-vtl1") /* physical interrupts go through VTL1's table */          \
    M(13, EPT_MISCONFIGURED, "ept-misconfigured")  /* VMX: a read-only page is written as write-only */       \
    M(14, VMCS_BROKEN, "vmcs-broken")              /* VMX: VTL1's RFLAGS are impossible before the check */   \
    M(15, ENTRY_FAILS, "entry-fails")              /* VMX: VTL1's CR4 is impossible behind the check */       \
    M(16, NO_TLB_LOCK, "no-tlb-lock")              /* VTL0's flushes complete while VTL1 holds the lock */    \
    M(17, NO_REGISTER_INTERCEPTS, "no-register-intercepts") /* VTL1 hears of no write to a register of VTL0 */ \
    M(18, NO_IO_INTERCEPTS, "no-io-intercepts")    /* VTL1 hears of no access to a port */                    \
    M(19, MESSAGES_OPEN, "messages-open")          /* a PCI function sends what VTL0 writes into its capability */

enum mutant {
    MUTANT_NONE = 0,
#define M(number, name, text) MUTANT_##name = (number),
    MUTANT_LIST(M)
#undef M
};
