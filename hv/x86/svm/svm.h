/* Inside the SVM back end only. */
#pragma once

#include <hv/vendor.h>

#include "vmcb.h"

#include <hv/cpu.h>
#include <hv/register_intercepts.h>

static inline struct vmcb *svm_vmcb(const struct cpu *cpu, enum vtl vtl)
{
    return cpu->control[vtl];
}

/* Runs the guest of vmcb with these general registers until it exits (switch.S). GIF must be clear. */
void svm_switch(uint64_t gpr[GPR_COUNT], uint64_t vmcb, uint64_t host_vmcb);
void svm_sleep(const _Atomic uint32_t *wake);
void svm_wait_interrupt(const _Atomic uint32_t *wake);
void svm_take_interrupt(struct cpu *cpu);
void svm_take_nmi(void);

/* The permission maps, for all processors. */
void svm_permissions_init(void);
hpa_t svm_io_map(enum vtl vtl);
void svm_port_exits(uint16_t port, bool exits);
hpa_t svm_msr_map(enum msr_map map);

/* What VTL1 asked to be told of VTL0 (svm_intercepts.c): before each entry of VTL0. */
void svm_apply_intercepts(const struct cpu *cpu, struct vmcb *vmcb);
uint32_t svm_interceptable(void);

/* Turns a VMCB's exit fields into cpu->exit. */
void svm_decode_exit(struct cpu *cpu, struct vmcb *vmcb);

uint64_t svm_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg);
void svm_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value);
void svm_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out);
void svm_set_segment(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value);
void svm_load_context(struct vmcb *vmcb, const struct hv_initial_vp_context *context);
