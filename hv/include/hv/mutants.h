/* The protections that have a mutant. Their order is what handoff.mutant holds; names are the config key's values. */
#pragma once

#define MUTANT_LIST(M)                                                                                              \
    M(VTL1_READABLE, "vtl1-readable")              /* VTL0 keeps R of pages VTL1 takes */                           \
    M(VTL1_WRITABLE, "vtl1-writable")              /* VTL0 keeps R and W */                                         \
    M(VTL1_EXECUTABLE, "vtl1-executable")          /* VTL0 keeps R and X */                                         \
    M(HYPERVISOR_MAPPED, "hypervisor-mapped")      /* the region stays in VTL0's table */                           \
    M(NO_SHOOTDOWN, "no-shootdown")                /* other processors are not made to forget */                    \
    M(APIC_WRITABLE, "apic-writable")              /* the APIC page is not guarded */                               \
    M(NO_VTL_CHECK, "no-vtl-check")                /* ModifyVtlProtectionMask from VTL0 is obeyed */                \
    M(RESET_KEEPS, "reset-keeps")                  /* VTL1's memory is not zeroed at a reset */                     \
    M(A20_OPEN, "a20-open")                        /* port 92h reaches the chipset unfiltered */                    \
    M(HSAVE_OPEN, "hsave-open")                    /* WRMSR VM_HSAVE_PA is let through */                           \
    M(NO_INVALIDATION, "no-invalidation")          /* no processor drops a translation of its own */                \
    M(INTERRUPTS_IN_VTL1, "interrupts-in-vtl1")    /* physical interrupts go through VTL1's table */                \
    M(EPT_MISCONFIGURED, "ept-misconfigured")      /* VMX: a read-only page is written as write-only */             \
    M(VMCS_BROKEN, "vmcs-broken")                  /* VMX: VTL1's RFLAGS are impossible before the check */         \
    M(ENTRY_FAILS, "entry-fails")                  /* VMX: VTL1's CR4 is impossible behind the check */             \
    M(NO_TLB_LOCK, "no-tlb-lock")                  /* VTL0's flushes complete while VTL1 holds the lock */          \
    M(NO_REGISTER_INTERCEPTS, "no-register-intercepts") /* VTL1 hears of no write to a register of VTL0 */               \
    M(NO_IO_INTERCEPTS, "no-io-intercepts")        /* VTL1 hears of no access to a port */                          \
    M(MESSAGES_OPEN, "messages-open")              /* a PCI function sends what VTL0 writes into its capability */  \
    M(INPUT_UNCHECKED, "input-unchecked")          /* a hypercall's input is read with VTL1's rights */             \
    M(OUTPUT_UNCHECKED, "output-unchecked")        /* a hypercall's output is written with VTL1's rights */         \
    M(OVERLAY_UNCHECKED, "overlay-unchecked")      /* a page for messages or assistance may be anywhere */          \
    M(CHIPSET_OPEN, "chipset-open")                /* the bridges' registers are VTL0's, by ports and by ECAM */    \
    M(FW_CFG_DMA_OPEN, "fw-cfg-dma-open")          /* fw_cfg's DMA ports reach the device */                        \
    M(SVME_OPEN, "svme-open")                      /* EFER takes any bit */                                         \
    M(MSRS_OPEN, "msrs-open")                      /* an MSR that no row names is the processor's */                \
    M(APIC_BASE_OPEN, "apic-base-open")            /* IA32_APIC_BASE is the processor's */                          \
    M(PORTS_OPEN, "ports-open")                    /* a port that nothing names is the machine's */                 \
    M(SLEEP_OPEN, "sleep-open")                    /* every sleep type reaches PM1_CNT */                           \
    M(UNDEFINED_SKIPPED, "undefined-skipped")      /* a virtualization instruction is skipped, and not #UD */       \
    M(RING3_CALLS, "ring3-calls")                  /* hypercalls are legal in every ring */                         \
    M(CONTROL_UNCHECKED, "control-unchecked")      /* a VTL call takes any control value */                         \
    M(RETURN_BY_VTL0, "return-by-vtl0")            /* VTL0 may make a VTL return */                                 \
    M(PARTITION_VTL_AGAIN, "partition-vtl-again")  /* VTL1 is enabled for the partition again, and any VTL */       \
    M(VP_VTL_AGAIN, "vp-vtl-again")                /* VTL0 enables VTL1 on any processor, again */                  \
    M(REGISTERS_OPEN, "registers-open")            /* a VTL names a higher one's registers */                       \
    M(CONFIG_LATCH_OPEN, "config-latch-open")      /* port CF8h keeps bits that an address does not have */         \
    M(UNKNOWN_CALLS_SUCCEED, "unknown-calls-succeed") /* an unknown hypercall is a success */                          \
    M(IPI_TO_VTL1, "ipi-to-vtl1")                  /* a VTL sends interrupts to a higher one */                     \
    M(ICR_OPEN, "icr-open")                        /* the ICR is written as VTL0 writes it */                       \
    M(LVT_OPEN, "lvt-open")                        /* local sources have any delivery mode */                       \
    M(APIC_ID_OPEN, "apic-id-open")                /* the APIC id is VTL0's */                                      \
    M(IOAPIC_OPEN, "ioapic-open")                  /* redirection entries have any delivery mode */                 \
    M(HPET_OPEN, "hpet-open")                      /* the HPET's FSB route is VTL0's */                             \
    M(CPUID_OPEN, "cpuid-open")                    /* CPUID as the processor has it */                              \
    M(PAT_UNCHECKED, "pat-unchecked")              /* PAT takes reserved types */                                   \
    M(XCR0_UNCHECKED, "xcr0-unchecked")            /* XCR0 takes any value */                                       \
    M(INVALID_STATE_FATAL, "invalid-state-fatal")  /* SVM: a state that VMRUN refuses is an unknown exit */

enum mutant {
    MUTANT_NONE,
#define M(name, text) MUTANT_##name,
    MUTANT_LIST(M)
#undef M
    MUTANT_COUNT,
};
