/*
 * One processor and the virtual processor it runs: the private part only its
 * own processor touches, and the public part (struct cpu_public) that others
 * may touch, atomically.
 */
#pragma once

#include <hv/exit.h>
#include <hv/handoff.h>
#include <hv/layout.h>
#include <hv/local_apic.h>
#include <hv/spinlock.h>

#include <abi/tlfs.h>

#include <stdatomic.h>

/* General registers in encoding order; shared between the VTLs. RSP is private and lives in the control block. */
enum gpr { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, GPR_COUNT };

/* Requests other processors leave in cpu_public.requests. */
#define REQUEST_INIT   0x01u
#define REQUEST_SIPI   0x02u /* vector in cpu_public.sipi_vector */
#define REQUEST_NMI    0x04u
#define REQUEST_PARK   0x08u /* for ever: the machine is about to be reset */
#define REQUEST_WORK   0x10u /* see hv/cpu_call.h */
#define REQUEST_START  0x20u /* into cpu.start */
#define REQUEST_INTERRUPT 0x40u /* VTL1's local APIC has one more */

/* Those that end VTL1's run. VTL0 makes none of them at will: it could keep VTL1 from running at all. */
#define REQUESTS_OF_VTL1 (REQUEST_PARK | REQUEST_WORK | REQUEST_INTERRUPT)

struct cpu_work;

enum run_state { RUN_HOST = 0, RUN_VTL0 = 1, RUN_VTL1 = 2, RUN_ASLEEP = 3 };

struct cpu_public {
    _Atomic uint32_t running;   /* enum run_state: which world has the processor now */
    _Atomic uint32_t requests;
    _Atomic uint32_t sipi_vector;
    _Atomic uint32_t kicks;     /* 1: an NMI of the hypervisor is on its way and not taken yet */
    _Atomic uint64_t seen_epoch;
    _Atomic uint64_t flushes_asked[VTL_COUNT]; /* of a VTL's translations here, by any processor ... */
    _Atomic uint64_t flushes_done[VTL_COUNT];  /* ... and as of this processor's last entry */
    _Atomic bool tlb_locked;                   /* VTL1 here holds off flushes that VTL0 asks for */
    _Atomic uint32_t parked;
    struct cpu_work *_Atomic work;
    uint32_t apic_id;
    _Atomic uint32_t ldr, dfr;  /* VTL0's logical destination, shadows of the hardware's */
};

/* HvX64RegisterCrIntercept*: what VTL1 wants to be told of before VTL0 does it on this processor. */
union register_intercepts {
    struct {
        uint64_t control; /* enum hv_cr_intercept */
        uint64_t cr0_mask, cr4_mask, misc_enable_mask;
    };
    uint64_t by_name[4];
};

struct stimer {
    uint64_t config, count;
    uint64_t expires;    /* reference time */
    uint64_t expired_at; /* of the last expiration, and ... */
    bool queued;         /* ... its message has not found an empty slot yet */
};

/* Per VTL: the synthetic state of TLFS, "Synthetic MSRs" that is private to a VTL on a virtual processor. */
struct vtl_state {
    bool enabled;
    bool entered;               /* has run since it was enabled */
    bool mode_based_execution;  /* of VTL0: KX and UX are told apart */
    uint64_t vp_assist_page;
    uint64_t scontrol;
    uint64_t siefp;
    uint64_t simp;
    uint64_t sint[16];
    uint64_t tsc_aux;
    uint64_t vina;              /* HvRegisterVsmVina */
    struct local_apic apic;     /* VTL1's */
    struct stimer stimer[HV_STIMERS];
    struct event pending;       /* event to inject at the next entry */
    union register_intercepts intercepts; /* VTL1's, over VTL0 */
};

/* HvCallStartVirtualProcessor's, until VTL0 runs on the processor next. */
/* Of VTL0, for REQUEST_START; that with none is of a VTL1 that is to run first. Any processor leaves it. */
struct start {
    struct spinlock lock;
    bool is_left;
    struct hv_initial_vp_context context;
};

/* See hv/apic_timer.h. The registers are VTL0's while the hardware's are the hypervisor's. */
struct apic_timer {
    bool taken;
    uint32_t lvt, initial, divide;
    uint64_t expires;    /* TSC; 0: the count stands at 0 */
    uint64_t programmed; /* TSC for which the hardware counts */
};

enum deadline { DEADLINE_VTL0_STIMERS, DEADLINE_VTL1_STIMERS, DEADLINE_VTL0_APIC, DEADLINE_VTL1_APIC, DEADLINE_COUNT };

struct mtrr_shadow {
    uint64_t def_type;
    uint64_t fixed[11];
    uint64_t variable[20];
};

#define NARROW_REGISTERS 8u /* RAX to RDI */

struct cpu {
    struct cpu *self;           /* GS:0 */
    uint64_t gpr[GPR_COUNT];
    uint64_t cr2;               /* shared between the VTLs */
    uint32_t upper_halves[NARROW_REGISTERS]; /* VTL0's, while VTL1 is in protected mode */
    struct exit exit;
    enum vtl active;
    uint32_t vp_index;
    bool waiting_for_sipi;
    volatile uint32_t nmi_taken;  /* 1: the NMI handler took one from outside */
    volatile uint32_t nmi_in_host; /* 1: it took one of either kind; for vendors that cannot hold NMIs until the entry */
    struct vtl_state vtl[VTL_COUNT];
    struct start start;
    struct mtrr_shadow mtrr;
    uint64_t started;           /* reference time of its launch */
    uint64_t microcode_level;
    uint64_t deadlines[DEADLINE_COUNT]; /* TSC; 0: off. See hv/deadline.h */
    struct apic_timer timer;
    uint32_t icr_high;          /* VTL0's ICR2 */
    uint64_t held[4];           /* VTL0's interrupts, a bit a vector: see hv/interrupts.h */
    bool interrupts_exit;       /* a physical interrupt ends VTL1's next run */
    void *control[VTL_COUNT];   /* vendor's control blocks (VMCB); pages of the pool */
    void *host_save;            /* vendor's page for the host's state */
    void *host_control;         /* vendor's page for the host's VMSAVE state */
    uint64_t *window_entries;   /* this processor's HV_WINDOWS page table entries */
    uint64_t exits[EXIT_KIND_COUNT];
    uint64_t descriptor_table[8];
    uint8_t task_state[104];
    struct cpu_public public;
};

extern struct cpu *cpus[HV_MAX_PROCESSORS];
extern uint32_t cpu_count; /* processors launched so far */

/* This processor, in the hypervisor. */
static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;

    __asm__("mov %%gs:0, %0" : "=r"(cpu));
    return cpu;
}
