/* Inside the VMX back end only. */
#pragma once

#include <hv/vendor.h>

#include "vmcs.h"

#include <hv/cpu.h>
#include <hv/register_intercepts.h>

/* Capability MSRs (SDM vol. 3D, appendix "VMX Capability Reporting Facility"). */
enum {
    MSR_FEATURE_CONTROL = 0x3A, MSR_VMX_BASIC = 0x480, MSR_VMX_PIN = 0x481, MSR_VMX_PRIMARY = 0x482, MSR_VMX_EXIT = 0x483,
    MSR_VMX_ENTRY = 0x484, MSR_VMX_MISC = 0x485, MSR_VMX_CR0_FIXED0 = 0x486, MSR_VMX_CR0_FIXED1 = 0x487, MSR_VMX_CR4_FIXED0 = 0x488,
    MSR_VMX_CR4_FIXED1 = 0x489, MSR_VMX_SECONDARY = 0x48B, MSR_VMX_EPT_VPID_CAP = 0x48C, MSR_VMX_TRUE_PIN = 0x48D,
    MSR_VMX_TRUE_PRIMARY = 0x48E, MSR_VMX_TRUE_EXIT = 0x48F, MSR_VMX_TRUE_ENTRY = 0x490,
};

#define CR4_VMXE UINT64_C(0x2000)
#define APIC_TPR 0x80

/*
 * Bits of CR0 that are the hypervisor's while a guest runs; the guest has its
 * own copy in the shadow. VMX wants NE set. CD and NW no entry or exit
 * changes ("Loading Guest Control Registers"): they would stay in force in
 * the hypervisor and in the other VTL.
 */
#define CR0_CACHE (CR0_CD | CR0_NW)
#define CR0_OWNED (CR0_NE | CR0_CACHE)

#define EPT_CAP_1G             (UINT64_C(1) << 17)
#define EPT_CAP_ACCESSED_DIRTY (UINT64_C(1) << 21)

/* Registers no VMCS field holds. A VTL's live in the processor while it is loaded, else here. */
struct vmx_swapped {
    uint64_t star, lstar, cstar, sfmask, kernel_gs_base, dr6;
};

/* cpu->control[vtl]: what belongs to one VMCS. */
struct vmx_vtl {
    uint8_t *vmcs;            /* the region's page */
    uint8_t *virtual_apic;    /* VTL1's CR8 is kept there */
    bool launched;
    bool flush;               /* drop cached translations before the next entry */
    bool mode_based_execution; /* the control is set */
    bool mode_based_let_go;    /* ... and stays clear for one entry: VTL0 leaves paging or SMEP */
    union register_intercepts intercepts; /* of VTL1 over VTL0, as the controls have them */
    bool timer_on;            /* the preemption timer's control is set */
    bool nmi_waiting;
    struct vmx_swapped swapped;
};

/* cpu->host_control: what the processor itself holds now. */
struct vmx_processor {
    const struct vmx_vtl *current; /* whose VMCS is loaded */
    enum vtl loaded;               /* whose struct vmx_swapped registers are in the processor */
    bool holding;                  /* the APIC delivers nothing ... */
    uint32_t vtl0_tpr, vtl0_lint0; /* ... and these are VTL0's */
};

static inline struct vmx_vtl *vmx_vtl(const struct cpu *cpu, enum vtl vtl) { return cpu->control[vtl]; }
static inline struct vmx_processor *vmx_processor(const struct cpu *cpu) { return cpu->host_control; }

static inline uint64_t vmread(enum vmcs_field field)
{
    uint64_t value;

    __asm__ volatile("vmread %1, %0" : "=r"(value) : "r"((uint64_t)field) : "cc");
    return value;
}

static inline void vmwrite(enum vmcs_field field, uint64_t value)
{
    __asm__ volatile("vmwrite %0, %1" : : "r"(value), "r"((uint64_t)field) : "cc", "memory");
}

/* Makes the VTL's VMCS the processor's current one. On the processor the VMCS belongs to. */
void vmx_use(const struct cpu *cpu, enum vtl vtl);

/* The registers of struct vmx_swapped, between the processor and the VTLs. */
void vmx_load_swapped(struct cpu *cpu, enum vtl vtl);

/*
 * Runs the guest of the current VMCS with these general registers until it
 * exits (switch.S). Never enters while *nmi is not zero.
 */
enum vmx_switched { SWITCHED_EXIT = 0, SWITCHED_BROKEN_OFF = 1, SWITCHED_FAILED = 2 };
unsigned vmx_switch(uint64_t gpr[GPR_COUNT], const volatile uint32_t *nmi, bool launched);
void vmx_sleep(const _Atomic uint32_t *wake);
void vmx_take_nmi(void);
extern const uint8_t vmx_exit_here[];

/* Permission maps, for all processors. */
void vmx_permissions_init(void);
hpa_t vmx_io_map(enum vtl vtl, unsigned half);
void vmx_port_exits(uint16_t port, bool exits);
hpa_t vmx_msr_map(enum msr_map map);

/* Which of the two MSRs describes the controls ("Basic VMX Information", bit 55). */
uint32_t vmx_exact_msr(uint32_t plain, uint32_t exact);

/* Controls and host state of the current VMCS, for the processor cpu. */
void vmx_set_controls(const struct vmx_vtl *state, enum vtl vtl);
void vmx_set_host_state(const struct cpu *cpu);

/* Events: see vmx_events.c. prepare runs before each entry, after inject. */
void vmx_inject(struct cpu *cpu, enum vtl vtl, const struct event *event);
bool vmx_deliver_interrupt(struct cpu *cpu, enum vtl vtl, uint8_t vector);
void vmx_await_interrupt(struct cpu *cpu, enum vtl vtl, unsigned priority);
void vmx_take_interrupt(struct cpu *cpu);
void vmx_set_deadline(struct cpu *cpu, uint64_t tsc);
void vmx_exit_after_event(struct cpu *cpu);
void vmx_prepare_events(struct vmx_vtl *state);
struct event vmx_event_from(uint32_t info, uint32_t error_code);

/* See vmx_mode_based.c. apply runs before each entry; leaves is asked what VTL0 writes to a control register. */
void vmx_apply_mode_based_execution(const struct cpu *cpu, struct vmx_vtl *state);
bool vmx_leaves_mode_based_execution(const struct cpu *cpu, unsigned number, uint64_t value);

/* See vmx_intercepts.c. apply runs before each entry of VTL0. own: the masks and shadows of CR0 and CR4, as *state has them. */
void vmx_apply_intercepts(const struct cpu *cpu, struct vmx_vtl *state);
void vmx_own_control_bits(const struct vmx_vtl *state);
uint32_t vmx_interceptable(void);

void vmx_decode_exit(struct cpu *cpu);

uint64_t vmx_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg);
void vmx_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value);
void vmx_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out);
void vmx_set_segment(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value);
/* Whether one of PAE's directory pointers could be loaded: not present, or without reserved bits. */
bool vmx_is_pdpte(uint64_t entry);
void vmx_load_context(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context);

/* Logs which of the manual's checks the current VMCS fails; returns how many. */
unsigned vmx_check(void);
