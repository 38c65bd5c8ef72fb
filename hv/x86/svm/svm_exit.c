/* Decoding of exits: the only file that knows exit codes. */
#include "svm.h"

#include <hv/inject.h>
#include <hv/mutant.h>
#include <hv/x86.h>

#define FIRST_INTERRUPT_VECTOR 32

/* QEMU reports an external interrupt as an exception; no exception has such a vector (docs/trials.md, E1). */
static enum event_type event_type_of(uint64_t info)
{
    static const enum event_type types[8] = {
        [0] = EVENT_INTERRUPT, [2] = EVENT_NMI, [3] = EVENT_EXCEPTION, [4] = EVENT_SOFTWARE,
    };

    enum event_type type = types[info >> VMCB_EVENT_TYPE_SHIFT & 7];

    return type == EVENT_EXCEPTION && (uint8_t)info >= FIRST_INTERRUPT_VECTOR ? EVENT_INTERRUPT : type;
}

/* "Event Injection", EXITINTINFO: an event that was being delivered when the exit happened. */
static void decode_interrupted(struct exit *exit, uint64_t info)
{
    exit->interrupted.type = EVENT_NONE;
    if ((info & VMCB_EVENT_VALID) == 0) {
        return;
    }
    exit->interrupted = (struct event){
        .type = event_type_of(info),
        .vector = (uint8_t)info,
        .has_error_code = (info & VMCB_EVENT_ERROR) != 0,
        .error_code = (uint32_t)(info >> 32),
    };
}

/* "Nested versus Guest Page Faults": bit 0 (P) is not relied on, emulators differ. */
static void decode_npf(struct exit *exit, const struct vmcb *vmcb)
{
    exit->kind = EXIT_MEMORY;
    exit->memory.address = gpa(vmcb->exit_info2);
    exit->memory.mode_based = false;
    exit->memory.in_walk = (vmcb->exit_info1 & NPF_WALK) != 0;
    exit->memory.access = ACCESS_READ;
    if ((vmcb->exit_info1 & NPF_EXECUTE) != 0 && !exit->memory.in_walk) {
        exit->memory.access = ACCESS_EXECUTE;
    } else if ((vmcb->exit_info1 & NPF_WRITE) != 0 && !exit->memory.in_walk) {
        exit->memory.access = ACCESS_WRITE;
    }
}

/* "IOIO Intercepts": EXITINFO1 bit 0 IN, 2 string, 3 REP, 6:4 operand size, 31:16 port; EXITINFO2 the next RIP. */
static void decode_io(struct exit *exit, const struct vmcb *vmcb)
{
    exit->kind = EXIT_IO;
    exit->io = (struct exit_io){
        .port = (uint16_t)(vmcb->exit_info1 >> 16),
        .size = (uint8_t)(vmcb->exit_info1 >> 4 & 7),
        .in = (vmcb->exit_info1 & 1) != 0,
        .string = (vmcb->exit_info1 & 0xC) != 0,
        .rep = (vmcb->exit_info1 & 8) != 0,
        .next_rip = vmcb->exit_info2,
    };
}

static void decode_instruction(struct exit *exit, enum exit_kind kind, enum insn_kind instruction)
{
    exit->kind = kind;
    exit->instruction = instruction;
}

/*
 * QEMU lets a guest load CR0 with NW but not CD, or with high bits, and then
 * refuses to run it; the processor would have raised #GP at the load.
 */
static void repair_cr0(struct vmcb *vmcb)
{
    vmcb->cr0 &= UINT32_MAX;
    if ((vmcb->cr0 & CR0_CD) == 0) {
        vmcb->cr0 &= ~CR0_NW;
    }
}

/* "Exception Intercepts": DR6 and DR7 are written before the exit; #AC has an error code. */
static void decode_exception(struct exit *exit, const struct vmcb *vmcb)
{
    exit->kind = EXIT_EXCEPTION;
    exit->raised = (struct event){
        .type = EVENT_EXCEPTION, .vector = (uint8_t)(vmcb->exit_code - VMEXIT_EXCEPTION),
    };
    if (exit->raised.vector == VECTOR_AC) {
        exit->raised.has_error_code = true;
        exit->raised.error_code = (uint32_t)vmcb->exit_info1;
    }
}

static void decode_code(struct exit *exit, struct vmcb *vmcb)
{
    switch ((uint32_t)vmcb->exit_code) {
    case VMEXIT_NMI: exit->kind = EXIT_NMI; break;
    case VMEXIT_EXCEPTION + VECTOR_DB:
    case VMEXIT_EXCEPTION + VECTOR_AC: decode_exception(exit, vmcb); break;
    case VMEXIT_CR8_WRITE: decode_instruction(exit, EXIT_PRIORITY, INSN_MOV_TO_CR); break;
    case VMEXIT_INTR: exit->kind = EXIT_INTERRUPT; break;
    case VMEXIT_VINTR: exit->kind = EXIT_RETRY; break;
    case VMEXIT_INIT: exit->kind = EXIT_INIT; break;
    case VMEXIT_CPUID: decode_instruction(exit, EXIT_CPUID, INSN_CPUID); break;
    case VMEXIT_MSR:
        if (vmcb->exit_info1 != 0) {
            decode_instruction(exit, EXIT_WRMSR, INSN_WRMSR);
        } else {
            decode_instruction(exit, EXIT_RDMSR, INSN_RDMSR);
        }
        break;
    case VMEXIT_IO: decode_io(exit, vmcb); break;
    case VMEXIT_VMMCALL: decode_instruction(exit, EXIT_HYPERCALL, INSN_VMMCALL); break;
    case VMEXIT_NPF: decode_npf(exit, vmcb); break;
    case VMEXIT_INVD: decode_instruction(exit, EXIT_INVD, INSN_INVD); break;
    case VMEXIT_CR0_WRITE:
    case VMEXIT_CR4_WRITE:
        exit->kind = EXIT_CONTROL_REGISTER;
        exit->control_register = (uint8_t)(vmcb->exit_code - VMEXIT_CR0_WRITE);
        break;
    case VMEXIT_IDTR_WRITE ... VMEXIT_TR_WRITE: exit->kind = EXIT_TABLE_REGISTER; break;
    case VMEXIT_RDPMC: exit->kind = EXIT_FAULT_GP; break;
    case VMEXIT_RSM:
    case VMEXIT_INVLPGA:
    case VMEXIT_VMRUN:
    case VMEXIT_VMLOAD ... VMEXIT_SKINIT:
    case VMEXIT_MONITOR ... VMEXIT_MWAIT_ARMED: exit->kind = EXIT_UNDEFINED; break;
    case VMEXIT_SHUTDOWN: exit->kind = EXIT_SHUTDOWN; break;
    /* -1 after the guest has run: it loaded a control register with a value the processor only checks at entry. */
    case UINT32_MAX:
        exit->kind = mutant_is(MUTANT_INVALID_STATE_FATAL) ? EXIT_UNKNOWN : EXIT_FAULT_GP;
        repair_cr0(vmcb);
        break;
    default: exit->kind = EXIT_UNKNOWN; break;
    }
}

void svm_decode_exit(struct cpu *cpu, struct vmcb *vmcb)
{
    struct exit *exit = &cpu->exit;

    exit->instruction = INSN_OTHER;
    exit->length = 0;
    exit->code = vmcb->exit_code;
    exit->info1 = vmcb->exit_info1;
    exit->info2 = vmcb->exit_info2;
    decode_interrupted(exit, vmcb->exit_int_info);
    decode_code(exit, vmcb);
    /* Next-RIP save where the processor has it; zero elsewhere. */
    if (vmcb->next_rip > vmcb->rip && vmcb->next_rip - vmcb->rip <= INSN_MAX_LENGTH) {
        exit->length = (uint8_t)(vmcb->next_rip - vmcb->rip);
    }
}
