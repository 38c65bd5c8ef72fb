#include <hv/synic.h>

#include <hv/guest_memory.h>
#include <hv/instruction.h>
#include <hv/interrupts.h>
#include <hv/vendor.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#include <lib/string.h>

static uint16_t execution_state(const struct cpu *cpu)
{
    uint64_t cr0 = vendor->get(cpu, VTL0, VREG_CR0);

    return (uint16_t)(vendor->privilege(cpu, VTL0) | ((cr0 & CR0_PE) != 0 ? 1u << 2 : 0) | ((cr0 & CR0_AM) != 0 ? 1u << 3 : 0)
                      | ((vendor->get(cpu, VTL0, VREG_EFER) & EFER_LMA) != 0 ? 1u << 4 : 0));
}

static uint8_t access_of(const struct exit_memory *memory)
{
    static const uint8_t access[] = {
        [ACCESS_READ] = HV_INTERCEPT_READ, [ACCESS_WRITE] = HV_INTERCEPT_WRITE, [ACCESS_EXECUTE] = HV_INTERCEPT_EXECUTE,
    };

    return access[memory->access];
}

/* What VTL1 learns of VTL0's instruction; the bytes are copied once, here. */
static void fill_message(struct cpu *cpu, struct hv_message *message)
{
    struct hv_x64_gpa_intercept *gpa_message = &message->gpa;

    memset(message, 0, sizeof(*message));
    message->type = HV_MESSAGE_GPA_INTERCEPT;
    message->payload_size = sizeof(*gpa_message);
    gpa_message->header.vp_index = cpu->vp_index;
    gpa_message->header.access = access_of(&cpu->exit.memory);
    gpa_message->header.execution_state = execution_state(cpu);
    vendor->get_segment(cpu, VTL0, VSEG_CS, &gpa_message->header.cs);
    gpa_message->header.rip = vendor->get(cpu, VTL0, VREG_RIP);
    gpa_message->header.rflags = vendor->get(cpu, VTL0, VREG_RFLAGS);
    gpa_message->cache_type = HV_CACHE_WRITE_BACK;
    gpa_message->gpa = cpu->exit.memory.address.value;
    if (cpu->exit.memory.access != ACCESS_EXECUTE) {
        gpa_message->instruction_byte_count = (uint8_t)guest_fetch(cpu, gpa_message->instruction_bytes, INSN_MAX_LENGTH);
    }
    vendor->get_segment(cpu, VTL0, VSEG_DS, &gpa_message->ds);
    vendor->get_segment(cpu, VTL0, VSEG_SS, &gpa_message->ss);
    for (unsigned reg = RAX; reg < GPR_COUNT; reg++) {
        gpa_message->gpr[reg] = cpu_gpr(cpu, reg);
    }
}

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

bool synic_gpa_intercept(struct cpu *cpu)
{
    struct vtl_state *vtl1 = &cpu->vtl[VTL1];
    gpa_t slot = gpa(HV_MSR_PAGE_GPA(vtl1->simp));
    struct hv_message message;
    uint32_t type;

    if (!vtl1->enabled || (vtl1->simp & HV_MSR_PAGE_ENABLE) == 0 || !guest_read(cpu, VTL1, slot, &type, sizeof(type))) {
        return false;
    }
    if (type != HV_MESSAGE_NONE) {
        mark_pending(cpu, slot);
    } else {
        fill_message(cpu, &message);
        guest_write(cpu, VTL1, slot, &message, sizeof(message));
    }
    raise_sint0(cpu);
    vtl_enter_by_interrupt(cpu);
    return true;
}
