/*
 * The exit handlers, one object a file in hv/core. Each runs on the processor
 * that exited, with cpu->exit filled, and either completes the instruction
 * (RIP moved on) or injects an exception (RIP where it was).
 */
#pragma once

#include <hv/cpu.h>

void handle_cpuid(struct cpu *cpu);
void handle_rdmsr(struct cpu *cpu);
void handle_wrmsr(struct cpu *cpu);
void handle_io(struct cpu *cpu);
void handle_hypercall(struct cpu *cpu);
void handle_memory(struct cpu *cpu);
void handle_nmi(struct cpu *cpu);
void nmi_arrived(struct cpu *cpu); /* an NMI was taken on this processor: a kick, or VTL0's */
void handle_interrupt(struct cpu *cpu);
void handle_priority(struct cpu *cpu);
void handle_shutdown(struct cpu *cpu);
void handle_control_register(struct cpu *cpu);
void handle_table_register(struct cpu *cpu);
void handle_xsetbv(struct cpu *cpu);

