#include <hv/local_apic.h>

#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/synic.h>
#include <hv/vendor.h>
#include <hv/vina.h>

#define SVR_RESET 0xFFu
#define LVT_RESET 0x10000u

void local_apic_reset(struct local_apic *apic)
{
    *apic = (struct local_apic){ .mode = LOCAL_APIC_XAPIC, .svr = SVR_RESET, .dfr = UINT32_MAX };
    for (unsigned i = 0; i < LOCAL_APIC_LVTS; i++) {
        apic->lvt[i] = LVT_RESET;
    }
}

void local_apic_raise(struct cpu *target, uint8_t vector)
{
    atomic_fetch_or(&target->vtl[VTL1].apic.irr[vector / 64], UINT64_C(1) << vector % 64);
    cpu_request(target, REQUEST_INTERRUPT);
}

static unsigned highest(const uint64_t words[4])
{
    for (unsigned word = 4; word-- > 0;) {
        if (words[word] != 0) {
            return word * 64 + 63u - (unsigned)__builtin_clzll(words[word]);
        }
    }
    return 0;
}

/* "Interrupt Priority": a vector passes if its class is above that of what is in service; CR8 may hold it off still. */
uint8_t local_apic_next(const struct cpu *cpu)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint64_t irr[4];
    unsigned vector;

    for (unsigned i = 0; i < 4; i++) {
        irr[i] = atomic_load(&apic->irr[i]);
    }
    vector = highest(irr);
    return vector >> 4 > highest(apic->isr) >> 4 ? (uint8_t)vector : 0;
}

bool local_apic_interrupts(const struct cpu *cpu)
{
    return local_apic_next(cpu) >> 4 > vendor->get(cpu, VTL1, VREG_CR8);
}

void local_apic_taken(struct cpu *cpu, uint8_t vector)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint64_t bit = UINT64_C(1) << vector % 64;

    atomic_fetch_and(&apic->irr[vector / 64], ~bit);
    if (!synic_ends(cpu, VTL1, vector) && !vina_ends(cpu, vector)) {
        apic->isr[vector / 64] |= bit;
    }
}

void local_apic_put_back(struct cpu *cpu, uint8_t vector)
{
    cpu->vtl[VTL1].apic.isr[vector / 64] &= ~(UINT64_C(1) << vector % 64);
    local_apic_raise(cpu, vector);
}

void local_apic_end(struct local_apic *apic)
{
    unsigned vector = highest(apic->isr);

    apic->isr[vector / 64] &= ~(UINT64_C(1) << vector % 64);
}

uint8_t local_apic_in_service(const struct local_apic *apic)
{
    return (uint8_t)highest(apic->isr);
}
