#include <hv/interrupts.h>

#include <hv/apic.h>
#include <hv/handlers.h>
#include <hv/vendor.h>

#define VECTORS_A_WORD 64u

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

/* One that came while VTL1 ran: acknowledged here, so that VTL1 goes on, and delivered when VTL0 runs again. */
void handle_interrupt(struct cpu *cpu)
{
    vendor->take_interrupt(cpu);
    handle_nmi(cpu); /* one that was taken with it */
}

void interrupt_arrived(struct cpu *cpu, uint8_t vector)
{
    if (!apic_is_spurious(vector)) {
        interrupt_raise(cpu, VTL0, vector);
    }
}
