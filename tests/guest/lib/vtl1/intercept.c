#include "intercept.h"

#include <guest/x86.h>

#include <lib/string.h>

#define PENDING_GP (HV_PENDING_EVENT_PENDING | HV_PENDING_EVENT_DELIVER_ERROR_CODE | (uint64_t)VECTOR_GP << 16)
#define ADVANCE    3u

/* Lets SINT0 in, if the hypervisor has raised it: STI takes effect behind the next instruction. */
static void take_sint0(void)
{
    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

uint64_t intercept_release(struct cpu *cpu)
{
    volatile struct hv_message *slot = &cpu->slots[0];
    uint64_t flags = slot->flags;

    slot->flags = 0;
    slot->type = HV_MESSAGE_NONE;
    write_msr(HV_MSR_EOM, 0);
    return flags;
}

/* The VP register of an MSR; 0: a write of it is complete when RIP has moved (MISC_ENABLE). */
static uint32_t register_of(uint32_t msr)
{
    switch (msr) {
    case 0x1B: return HV_REGISTER_APIC_BASE;
    case 0x174: return HV_REGISTER_SYSENTER_CS;
    case 0x175: return HV_REGISTER_SYSENTER_ESP;
    case 0x176: return HV_REGISTER_SYSENTER_EIP;
    case 0xC0000080: return HV_REGISTER_EFER;
    case 0xC0000081: return HV_REGISTER_STAR;
    case 0xC0000082: return HV_REGISTER_LSTAR;
    case 0xC0000083: return HV_REGISTER_CSTAR;
    case 0xC0000084: return HV_REGISTER_SFMASK;
    case 0xC0000103: return HV_REGISTER_TSC_AUX;
    default: return 0;
    }
}

/* As IN does it: 32 bits clear the upper half, fewer keep the rest. An OUT goes nowhere. */
static void complete_io(const struct hv_x64_io_port_intercept *io, struct vtl_registers *registers)
{
    unsigned bits = 8 * (io->access_info & 7);
    uint64_t mask = (UINT64_C(1) << bits) - 1;

    if (io->header.access == HV_INTERCEPT_READ) {
        registers->rax = (bits == 32 ? 0 : registers->rax & ~mask) | (GUEST_READ_ANSWER & mask);
    }
}

static void complete_rdmsr(struct vtl_registers *registers)
{
    registers->rax = (uint32_t)GUEST_READ_ANSWER;
    registers->rdx = GUEST_READ_ANSWER >> 32;
}

/* As LVBS does it: the register. */
static void complete_write(struct cpu *cpu, const struct hv_message *message)
{
    struct hv_register_value value = message->reg.value;
    uint32_t name = message->reg.name;

    if (message->type == HV_MESSAGE_MSR_INTERCEPT) {
        value = (struct hv_register_value){ .low = message->msr.rdx << 32 | message->msr.rax };
        name = register_of(message->msr.msr);
    }
    if (name != 0) {
        cpu->counts[COUNT_REFUSED] += set_register_wide(HV_INPUT_VTL_USE_TARGET, name, &value) != HV_STATUS_SUCCESS;
    }
}

/* RAX and RDX are shared: what they hold when VTL1 returns is VTL0's. The whole byte with the length is added to RIP. */
static void complete(struct cpu *cpu, const struct hv_message *message, struct vtl_registers *registers)
{
    if (message->type == HV_MESSAGE_IO_PORT_INTERCEPT) {
        complete_io(&message->io_port, registers);
    } else if (message->type == HV_MESSAGE_MSR_INTERCEPT && message->msr.header.access == HV_INTERCEPT_READ) {
        complete_rdmsr(registers);
    } else {
        complete_write(cpu, message);
    }
    cpu->counts[COUNT_REFUSED] += set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_RIP,
        message->reg.header.rip + message->reg.header.instruction_length_cr8) != HV_STATUS_SUCCESS;
}

static void disarm(const struct hv_message *message)
{
    if (message->type == HV_MESSAGE_IO_PORT_INTERCEPT) {
        install_intercept(message->io_port.port, 0);
    } else {
        set_register(0, HV_REGISTER_CR_INTERCEPT_CONTROL, 0);
    }
}

static void move_on(struct cpu *cpu, const struct hv_message *message, struct vtl_registers *registers)
{
    switch (cpu->policy) {
    case POLICY_INJECT_GP:
        set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_PENDING_EVENT0, PENDING_GP);
        break;
    case POLICY_COMPLETE:
        complete(cpu, message, registers);
        break;
    case POLICY_DISARM:
        disarm(message);
        break;
    case POLICY_ADVANCE:
        set_register(HV_INPUT_VTL_USE_TARGET, HV_REGISTER_RIP, message->gpa.header.rip + ADVANCE);
        break;
    default:
        protect(HV_MAP_GPA_ALL, message->gpa.gpa / PAGE_SIZE, 1);
        break;
    }
}

/* A slot that was held already has the message of an earlier access; its page is known all the same. */
static void serve_held(struct cpu *cpu)
{
    cpu->counts[COUNT_PENDING_FLAG] += (cpu->slots[0].flags & HV_MESSAGE_FLAG_PENDING) != 0;
    intercept_release(cpu);
    cpu->policy = POLICY_ALLOW; /* VTL0 traps once more, into a free slot */
}

void intercept_serve(struct cpu *cpu, struct vtl_registers *registers)
{
    bool held = cpu->policy == POLICY_HOLD && cpu->last.type != HV_MESSAGE_NONE;

    cpu->counts[COUNT_INTERCEPTS]++;
    take_sint0();
    if (held) {
        serve_held(cpu);
        return;
    }
    memcpy(&cpu->last, &cpu->slots[0], sizeof(cpu->last));
    move_on(cpu, &cpu->last, registers);
    if (cpu->policy != POLICY_HOLD) {
        intercept_release(cpu);
    }
}

void interrupt_serve(struct cpu *cpu, struct vtl_registers *registers)
{
    if (((volatile struct hv_message *)cpu->slots)->type == HV_MESSAGE_NONE) {
        take_sint0();
    } else {
        intercept_serve(cpu, registers);
    }
}
