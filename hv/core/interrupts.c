#include <hv/interrupts.h>

#include <hv/apic.h>
#include <hv/apic_timer.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/local_apic.h>
#include <hv/vendor.h>

#define VECTORS_A_WORD 64u
#define NONE           (-1)
#define APIC_TPR       0x80

void interrupt_raise(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    if (vtl == VTL1) {
        local_apic_raise(cpu, vector);
    } else {
        cpu->held[vector / VECTORS_A_WORD] |= UINT64_C(1) << vector % VECTORS_A_WORD;
    }
}

void interrupt_put_back(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    if (vtl == VTL1) {
        local_apic_put_back(cpu, vector);
    } else {
        interrupt_raise(cpu, vtl, vector);
    }
}

static int next_held(const struct cpu *cpu)
{
    for (unsigned word = 4; word-- > 0;) {
        if (cpu->held[word] != 0) {
            return (int)(word * VECTORS_A_WORD + 63u) - __builtin_clzll(cpu->held[word]);
        }
    }
    return NONE;
}

bool interrupts_held(const struct cpu *cpu)
{
    return next_held(cpu) != NONE;
}

static int next(const struct cpu *cpu, enum vtl vtl)
{
    uint8_t vector = vtl == VTL1 ? local_apic_next(cpu) : 0;

    if (vtl == VTL0) {
        return next_held(cpu);
    }
    return vector != 0 ? vector : NONE;
}

/* The class that CR8 must be below. */
static unsigned priority_of(int vector)
{
    return vector < FIRST_VECTOR ? FIRST_VECTOR : (unsigned)vector >> 4;
}

static bool deliver(struct cpu *cpu, enum vtl vtl, int vector)
{
    if (vector == NONE || priority_of(vector) <= vendor->get(cpu, vtl, VREG_CR8)
        || !vendor->deliver_interrupt(cpu, vtl, (uint8_t)vector)) {
        return false;
    }
    if (vtl == VTL1) {
        local_apic_taken(cpu, (uint8_t)vector);
    } else {
        cpu->held[(unsigned)vector / VECTORS_A_WORD] &= ~(UINT64_C(1) << (unsigned)vector % VECTORS_A_WORD);
    }
    return true;
}

void interrupts_offer(struct cpu *cpu, enum vtl vtl)
{
    int vector = next(cpu, vtl);

    if (deliver(cpu, vtl, vector)) {
        vector = next(cpu, vtl);
    }
    vendor->await_interrupt(cpu, vtl, vector == NONE ? 0 : priority_of(vector));
}

/*
 * One that came while VTL1 ran: acknowledged here, so that VTL1 goes on, and delivered when VTL0 runs again; or while VTL0
 * ran and the hypervisor waits for one of its own, and then delivered at once.
 */
void handle_interrupt(struct cpu *cpu)
{
    vendor->take_interrupt(cpu);
    handle_nmi(cpu); /* one that was taken with it */
}

/* MOV to CR8 while an interrupt is awaited: VTL0's is the task priority of its APIC, VTL1's that of its own. */
void handle_priority(struct cpu *cpu)
{
    struct insn insn;

    if (!instruction_decode(cpu, &insn) || insn.kind != INSN_MOV_TO_CR || insn.control != 8) {
        return; /* the bytes changed since the exit: enter again */
    }
    if (cpu_gpr(cpu, insn.reg) > 0xF) {
        inject_gp(cpu);
        return;
    }
    if (cpu->active == VTL0) {
        apic_put(APIC_TPR, (uint32_t)cpu_gpr(cpu, insn.reg) << 4);
    } else {
        vendor->set(cpu, VTL1, VREG_CR8, cpu_gpr(cpu, insn.reg));
    }
    instruction_advance(cpu, insn.length);
}

void interrupt_arrived(struct cpu *cpu, uint8_t vector)
{
    if (!apic_timer_interrupt(cpu, vector) && !apic_is_spurious(vector)) {
        interrupt_raise(cpu, VTL0, vector);
    }
}
