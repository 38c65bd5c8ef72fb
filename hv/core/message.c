#include <hv/message.h>

#include <hv/apic.h>
#include <hv/guest_memory.h>
#include <hv/interrupts.h>

/*
 * VTL0 has the processor's own APIC: the interrupt gets there as an IPI to
 * itself and ends by EOI like any other. One that is ended automatically must
 * not stand in service there.
 */
void synthetic_interrupt(struct cpu *cpu, enum vtl vtl, uint8_t vector, bool auto_eoi)
{
    if (vtl == VTL0 && !auto_eoi) {
        apic_send_self(vector);
        return;
    }
    interrupt_raise(cpu, vtl, vector);
}

/* Whoever frees the slot sees the flag and writes EOM. */
static void mark_pending(struct cpu *cpu, enum vtl vtl, gpa_t slot)
{
    uint8_t flags = HV_MESSAGE_FLAG_PENDING;

    guest_write(cpu, vtl, gpa(slot.value + offsetof(struct hv_message, flags)), &flags, sizeof(flags));
}

bool message_post(struct cpu *cpu, enum vtl vtl, unsigned sint, const struct hv_message *message)
{
    const struct vtl_state *state = &cpu->vtl[vtl];
    gpa_t slot = gpa(HV_MSR_PAGE_GPA(state->simp) + sint * HV_MESSAGE_SIZE);
    uint64_t source = state->sint[sint];
    uint32_t type;

    if (state->scontrol == 0 || (state->simp & HV_MSR_PAGE_ENABLE) == 0 || !guest_read(cpu, vtl, slot, &type, sizeof(type))) {
        return false;
    }
    if (type != HV_MESSAGE_NONE) {
        mark_pending(cpu, vtl, slot);
        return false;
    }
    if (!guest_write(cpu, vtl, slot, message, sizeof(*message))) {
        return false;
    }
    if ((source & (HV_SINT_MASKED | HV_SINT_POLLING)) == 0) {
        synthetic_interrupt(cpu, vtl, HV_SINT_VECTOR(source), (source & HV_SINT_AUTO_EOI) != 0);
    }
    return true;
}
