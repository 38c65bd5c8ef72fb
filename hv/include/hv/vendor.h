/*
 * The vendor table (F4): the only way common code reaches SVM or VMX. One
 * static const table a vendor, chosen once at launch, read-only afterwards.
 */
#pragma once

#include <hv/exit.h>
#include <hv/slat.h>

#include <abi/tlfs.h>

struct cpu;

/* A VTL's private registers that common code reads or writes. */
enum vreg {
    VREG_RIP, VREG_RSP, VREG_RFLAGS, VREG_CR0, VREG_CR2, VREG_CR3, VREG_CR4, VREG_CR8, VREG_EFER, VREG_DR6, VREG_DR7, VREG_PAT,
    VREG_FS_BASE, VREG_GS_BASE, VREG_KERNEL_GS_BASE, VREG_STAR, VREG_LSTAR, VREG_CSTAR, VREG_SFMASK,
    VREG_SYSENTER_CS, VREG_SYSENTER_ESP, VREG_SYSENTER_EIP, VREG_COUNT,
};

/* In the TLFS's order of numbers. The tables have only base and limit. */
enum vsegment {
    VSEG_ES, VSEG_CS, VSEG_SS, VSEG_DS, VSEG_FS, VSEG_GS, VSEG_LDTR, VSEG_TR, VSEG_IDTR, VSEG_GDTR, VSEG_COUNT,
};

struct vendor {
    const char *name;
    const char *fault; /* a second-level fault, and what its first word of information is called */

    /* The hypercall page's code with this vendor's instruction (hv/hypercalls.h). */
    const uint8_t *hypercall_page;

    /* The encoding of second-level tables that fits this processor. */
    const struct slat_format *(*slat)(void);

    /* Turns virtualization on for this processor. Called once by each, at launch. */
    void (*processor_on)(struct cpu *cpu);

    /* Gives the VTL its control block and this start state. At launch, by EnableVpVtl, and for INIT. */
    void (*vtl_start)(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context);

    /* Runs cpu->active until it exits; fills cpu->exit. Called by the run loop only. */
    void (*enter)(struct cpu *cpu);

    uint64_t (*get)(const struct cpu *cpu, enum vtl vtl, enum vreg reg);
    void (*set)(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value);
    void (*get_segment)(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out);
    unsigned (*privilege)(const struct cpu *cpu, enum vtl vtl); /* CPL */
    bool (*in_shadow)(const struct cpu *cpu, enum vtl vtl); /* the instruction at RIP is behind STI or a load of SS */

    /* LDTR, TR, IDTR or GDTR: as table_registers.h has made sure a processor could hold it. */
    void (*set_segment)(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value);

    /* Which of the intercepts for XCR0 and the tables (enum hv_cr_intercept) this processor can have. */
    uint32_t (*interceptable)(void);

    /* Whether VTL0's accesses of the port exit, on every processor from its next entry of VTL0 on. Not twice at once. */
    void (*port_exits)(uint16_t port, bool exits);

    /* Delivers the event at the next entry of the VTL. At most one a VTL at a time. */
    void (*inject)(struct cpu *cpu, enum vtl vtl, const struct event *event);

    /* Delivers the interrupt at the next entry of the VTL. False: the VTL cannot take it now; nothing happens. */
    bool (*deliver_interrupt)(struct cpu *cpu, enum vtl vtl, uint8_t vector);

    /* Makes the VTL's runs end as soon as it can take an interrupt of that priority class, by its IF and CR8; 0: no longer. */
    void (*await_interrupt)(struct cpu *cpu, enum vtl vtl, unsigned priority);

    /* Makes the next entry of the active VTL end as soon as the event injected with it has been delivered. */
    void (*exit_after_event)(struct cpu *cpu);

    /* Ends the active VTL's next run at that TSC at the latest; CLOCK_NEVER: no need. Before each entry, with no lock held. */
    void (*set_deadline)(struct cpu *cpu, uint64_t tsc);

    /* Drops the VTL's cached translations before its next instruction. */
    void (*flush)(struct cpu *cpu, enum vtl vtl);

    /* Acknowledges the physical interrupt that ended the active VTL's run: interrupt_arrived gets its vector. */
    void (*take_interrupt)(struct cpu *cpu);

    /* Lets a pending physical NMI reach the hypervisor's own handler, then masks again. */
    void (*take_nmi)(void);

    /* Sleeps until a physical NMI, unless *wake is already non-zero. */
    void (*sleep)(const _Atomic uint32_t *wake);

    /* VTL0 waits for an interrupt, at once or by its next run; less where the processor cannot. */
    void (*idle)(struct cpu *cpu);

    /* Zeroes the VTL1 control block before a reset: it holds VTL1's registers. */
    void (*wipe)(struct cpu *cpu);
};

extern const struct vendor vendor_svm;
extern const struct vendor vendor_vmx;
extern const struct vendor *vendor; /* set once by launch */
