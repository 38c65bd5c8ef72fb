#include <hv/intercept_message.h>

#include <hv/guest_memory.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/synic.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#include <lib/string.h>

#define STATE_CR0_PE        (1u << 2)
#define STATE_CR0_AM        (1u << 3)
#define STATE_EFER_LMA      (1u << 4)
#define STATE_DEBUG_ACTIVE  (1u << 5)
#define STATE_EVENT_PENDING (1u << 6)
#define DR7_ENABLES         0xFFu

static uint16_t execution_state(const struct cpu *cpu)
{
    uint64_t cr0 = vendor->get(cpu, VTL0, VREG_CR0);
    unsigned state = vendor->privilege(cpu, VTL0);

    state |= (cr0 & CR0_PE) != 0 ? STATE_CR0_PE : 0;
    state |= (cr0 & CR0_AM) != 0 ? STATE_CR0_AM : 0;
    state |= (vendor->get(cpu, VTL0, VREG_EFER) & EFER_LMA) != 0 ? STATE_EFER_LMA : 0;
    state |= (vendor->get(cpu, VTL0, VREG_DR7) & DR7_ENABLES) != 0 ? STATE_DEBUG_ACTIVE : 0;
    state |= cpu->vtl[VTL0].pending.type != EVENT_NONE ? STATE_EVENT_PENDING : 0;
    state |= vendor->in_shadow(cpu, VTL0) ? HV_EXECUTION_STATE_SHADOW : 0;
    return (uint16_t)state;
}

static void fill_header(struct cpu *cpu, struct hv_x64_intercept_header *header, enum hv_intercept_access access, unsigned length)
{
    *header = (struct hv_x64_intercept_header){
        .vp_index = cpu->vp_index,
        .instruction_length_cr8 = (uint8_t)length, /* CR8 is not told: clients add the whole byte to RIP */
        .access = (uint8_t)access,
        .execution_state = execution_state(cpu),
        .rip = vendor->get(cpu, VTL0, VREG_RIP),
        .rflags = vendor->get(cpu, VTL0, VREG_RFLAGS),
    };
    vendor->get_segment(cpu, VTL0, VSEG_CS, &header->cs);
}

static void post(struct cpu *cpu, const struct hv_message *message)
{
    if (!synic_post(cpu, message)) {
        inject_gp(cpu); /* nobody to ask */
    }
}

/* The instruction's bytes are copied once, here: those that belong to it, or as many as can be fetched of what is none. */
static unsigned fill_instruction(struct cpu *cpu, uint8_t *bytes, uint8_t *byte_count)
{
    size_t count = guest_fetch(cpu, bytes, INSN_MAX_LENGTH);
    struct insn insn;

    if (!insn_decode(bytes, count, instruction_mode(cpu), &insn)) {
        *byte_count = (uint8_t)count;
        return 0;
    }
    memset(bytes + insn.length, 0, count - insn.length);
    *byte_count = insn.length;
    return insn.length;
}

void intercept_memory(struct cpu *cpu)
{
    static const enum hv_intercept_access access[] = {
        [ACCESS_READ] = HV_INTERCEPT_READ, [ACCESS_WRITE] = HV_INTERCEPT_WRITE, [ACCESS_EXECUTE] = HV_INTERCEPT_EXECUTE,
    };
    struct hv_message message = { .type = HV_MESSAGE_GPA_INTERCEPT, .payload_size = sizeof(message.gpa) };
    unsigned length = cpu->exit.memory.access != ACCESS_EXECUTE
        ? fill_instruction(cpu, message.gpa.instruction_bytes, &message.gpa.instruction_byte_count) : 0;

    fill_header(cpu, &message.gpa.header, access[cpu->exit.memory.access], length);
    message.gpa.header.rflags |= RFLAGS_RF; /* as a fault leaves it, whatever the processor says at the exit */
    message.gpa.cache_type = HV_CACHE_WRITE_BACK;
    message.gpa.gpa = cpu->exit.memory.address.value;
    vendor->get_segment(cpu, VTL0, VSEG_DS, &message.gpa.ds);
    vendor->get_segment(cpu, VTL0, VSEG_SS, &message.gpa.ss);
    for (unsigned reg = RAX; reg < GPR_COUNT; reg++) {
        message.gpa.gpr[reg] = cpu_gpr(cpu, reg);
    }
    post(cpu, &message);
}

/* The bytes are for reading; the length is the processor's, so that VTL1 moves RIP where the processor would have. */
void intercept_io(struct cpu *cpu)
{
    const struct exit_io *io = &cpu->exit.io;
    struct hv_message message = { .type = HV_MESSAGE_IO_PORT_INTERCEPT, .payload_size = sizeof(message.io_port) };
    struct hv_x64_io_port_intercept *to = &message.io_port;
    unsigned length = (uint8_t)(io->next_rip - vendor->get(cpu, VTL0, VREG_RIP));

    fill_header(cpu, &to->header, io->in ? HV_INTERCEPT_READ : HV_INTERCEPT_WRITE, length);
    fill_instruction(cpu, to->instruction_bytes, &to->instruction_byte_count);
    to->port = io->port;
    to->access_info = (uint8_t)(io->size | (io->string ? HV_IO_ACCESS_STRING : 0) | (io->rep ? HV_IO_ACCESS_REP : 0));
    vendor->get_segment(cpu, VTL0, VSEG_DS, &to->ds);
    vendor->get_segment(cpu, VTL0, VSEG_ES, &to->es);
    to->rax = cpu->gpr[RAX];
    to->rcx = cpu->gpr[RCX];
    to->rsi = cpu->gpr[RSI];
    to->rdi = cpu->gpr[RDI];
    post(cpu, &message);
}

static void intercept_msr(struct cpu *cpu, enum hv_intercept_access access, unsigned length, uint32_t msr, uint64_t rdx,
                          uint64_t rax)
{
    struct hv_message message = { .type = HV_MESSAGE_MSR_INTERCEPT, .payload_size = sizeof(message.msr) };

    fill_header(cpu, &message.msr.header, access, length);
    message.msr.msr = msr;
    message.msr.rdx = rdx;
    message.msr.rax = rax;
    post(cpu, &message);
}

void intercept_wrmsr(struct cpu *cpu, uint32_t msr, uint64_t value, unsigned length)
{
    intercept_msr(cpu, HV_INTERCEPT_WRITE, length, msr, value >> 32, (uint32_t)value);
}

void intercept_rdmsr(struct cpu *cpu, uint32_t msr, unsigned length)
{
    intercept_msr(cpu, HV_INTERCEPT_READ, length, msr, cpu->gpr[RDX], cpu->gpr[RAX]);
}

void intercept_register(struct cpu *cpu, uint32_t name, struct hv_register_value value, unsigned length)
{
    struct hv_message message = { .type = HV_MESSAGE_REGISTER_INTERCEPT, .payload_size = sizeof(message.reg) };

    fill_header(cpu, &message.reg.header, HV_INTERCEPT_WRITE, length);
    message.reg.name = name;
    message.reg.value = value;
    post(cpu, &message);
}
