/* Inside the SVM back end only. */
#pragma once

#include <hv/vendor.h>

#include "vmcb.h"

#include <hv/cpu.h>

static inline struct vmcb *svm_vmcb(const struct cpu *cpu, enum vtl vtl)
{
    return cpu->control[vtl];
}

/* Runs the guest of vmcb with these general registers until it exits (switch.S). GIF must be clear. */
void svm_switch(uint64_t gpr[GPR_COUNT], uint64_t vmcb, uint64_t host_vmcb);
void svm_sleep(const _Atomic uint32_t *wake);
void svm_take_interrupt(struct cpu *cpu);
void svm_take_nmi(void);

/* The permission maps: one I/O map and one MSR map a VTL, for all processors. */
void svm_permissions_init(void);
hpa_t svm_io_map(enum vtl vtl);
hpa_t svm_msr_map(void);

/* Turns a VMCB's exit fields into cpu->exit. */
void svm_decode_exit(struct cpu *cpu, struct vmcb *vmcb);

uint64_t svm_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg);
void svm_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value);
void svm_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out);
void svm_load_context(struct vmcb *vmcb, const struct hv_initial_vp_context *context);
