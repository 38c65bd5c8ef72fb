#include <hv/synic.h>

#include <hv/guest_memory.h>
#include <hv/interrupts.h>
#include <hv/vtl.h>

bool synic_ends(const struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    for (unsigned i = 0; i < 16; i++) {
        uint64_t sint = cpu->vtl[vtl].sint[i];

        if ((sint & (HV_SINT_MASKED | HV_SINT_AUTO_EOI)) == HV_SINT_AUTO_EOI && HV_SINT_VECTOR(sint) == vector) {
            return true;
        }
    }
    return false;
}

static void raise_sint0(struct cpu *cpu)
{
    uint64_t sint = cpu->vtl[VTL1].sint[0];

    if ((sint & HV_SINT_MASKED) == 0) {
        interrupt_raise(cpu, VTL1, HV_SINT_VECTOR(sint));
    }
}

/* A slot that VTL1 has not freed: the flag says more is waiting, and VTL0 will trap again. */
static void mark_pending(struct cpu *cpu, gpa_t slot)
{
    uint8_t flags = HV_MESSAGE_FLAG_PENDING;

    guest_write(cpu, VTL1, gpa(slot.value + offsetof(struct hv_message, flags)), &flags, sizeof(flags));
}

bool synic_post(struct cpu *cpu, const struct hv_message *message)
{
    struct vtl_state *vtl1 = &cpu->vtl[VTL1];
    gpa_t slot = gpa(HV_MSR_PAGE_GPA(vtl1->simp));
    uint32_t type;

    if (!vtl1->enabled || (vtl1->simp & HV_MSR_PAGE_ENABLE) == 0 || !guest_read(cpu, VTL1, slot, &type, sizeof(type))) {
        return false;
    }
    if (type != HV_MESSAGE_NONE) {
        mark_pending(cpu, slot);
    } else {
        guest_write(cpu, VTL1, slot, message, sizeof(*message));
    }
    raise_sint0(cpu);
    vtl_enter_by_interrupt(cpu);
    return true;
}
