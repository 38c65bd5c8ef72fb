#include <hv/interrupts.h>

#include <hv/apic.h>
#include <hv/apic_timer.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/vendor.h>

#define VECTORS_A_WORD 64u
#define APIC_TPR       0x80

void interrupt_raise(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    cpu->vtl[vtl].interrupts[vector / VECTORS_A_WORD] |= UINT64_C(1) << vector % VECTORS_A_WORD;
}

bool interrupts_wait(const struct cpu *cpu, enum vtl vtl)
{
    const uint64_t *words = cpu->vtl[vtl].interrupts;

    return (words[0] | words[1] | words[2] | words[3]) != 0;
}

void interrupts_offer(struct cpu *cpu, enum vtl vtl)
{
    uint64_t *words = cpu->vtl[vtl].interrupts;

    for (unsigned word = 4; word-- > 0;) {
        if (words[word] != 0) {
            unsigned bit = 63u - (unsigned)__builtin_clzll(words[word]);

            if (vendor->raise_interrupt(cpu, vtl, (uint8_t)(word * VECTORS_A_WORD + bit))) {
                words[word] &= ~(UINT64_C(1) << bit);
            }
            return;
        }
    }
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

/* VTL0's MOV to CR8: the task priority of its APIC. */
void handle_priority(struct cpu *cpu)
{
    struct insn insn;

    if (!instruction_decode(cpu, &insn) || insn.kind != INSN_SET_CR8) {
        return; /* the bytes changed since the exit: enter again */
    }
    if (cpu_gpr(cpu, insn.reg) > 0xF) {
        inject_gp(cpu);
        return;
    }
    apic_put(APIC_TPR, (uint32_t)cpu_gpr(cpu, insn.reg) << 4);
    instruction_advance(cpu, insn.length);
}

void interrupt_arrived(struct cpu *cpu, uint8_t vector)
{
    if (!apic_timer_interrupt(cpu, vector) && !apic_is_spurious(vector)) {
        interrupt_raise(cpu, VTL0, vector);
    }
}
