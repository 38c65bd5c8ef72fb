/* Decoding of exits: the only file that knows exit reasons and qualifications. */
#include "vmx.h"

#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/log.h>
#include <hv/partition.h>
#include <hv/register_rules.h>
#include <hv/x86.h>

/* "Exit Qualification for EPT Violations" */
#define EPT_WRITE       (UINT64_C(1) << 1)
#define EPT_EXECUTE     (UINT64_C(1) << 2)
#define EPT_LINEAR      (UINT64_C(1) << 7)
#define EPT_FINAL       (UINT64_C(1) << 8)
#define EPT_IRET_NMI    (UINT64_C(1) << 12)

/* "Exit Qualification for Control-Register Accesses" */
#define CR_NUMBER(q) ((q) & 15)
#define CR_ACCESS(q) ((q) >> 4 & 3)
#define CR_SOURCE(q) ((q) >> 8 & 15)
#define CR_STATUS(q) ((q) >> 16 & 15)
enum cr_access { CR_MOV_TO = 0, CR_CLTS = 2, CR_LMSW = 3 };

static void decode_memory(struct cpu *cpu)
{
    struct exit *exit = &cpu->exit;
    uint64_t q = exit->info1;

    exit->kind = EXIT_MEMORY;
    exit->memory = (struct exit_memory){
        .address = gpa(exit->info2),
        .in_walk = (q & (EPT_LINEAR | EPT_FINAL)) == EPT_LINEAR,
        .access = ACCESS_READ,
        .mode_based = vmx_vtl(cpu, cpu->active)->mode_based_execution,
    };
    if (!exit->memory.in_walk && (q & EPT_EXECUTE) != 0) {
        exit->memory.access = ACCESS_EXECUTE;
    } else if (!exit->memory.in_walk && (q & EPT_WRITE) != 0) {
        exit->memory.access = ACCESS_WRITE;
    }
    if ((q & EPT_IRET_NMI) != 0 && exit->interrupted.type == EVENT_NONE) {
        /* The fault undid an IRET, but not its end of NMI blocking ("Information About NMI Unblocking Due to IRET"). */
        vmwrite(VMCS_INTERRUPTIBILITY, vmread(VMCS_INTERRUPTIBILITY) | BLOCKED_BY_NMI);
    }
}

/* "Exit Qualification for I/O Instructions": 2:0 size less one, 3 IN, 4 string, 5 REP, 31:16 port. */
static void decode_io(struct cpu *cpu)
{
    struct exit *exit = &cpu->exit;
    uint64_t q = exit->info1;

    exit->kind = EXIT_IO;
    exit->io = (struct exit_io){
        .port = (uint16_t)(q >> 16),
        .size = (uint8_t)((q & 7) + 1),
        .in = (q & 8) != 0,
        .string = (q & 0x30) != 0,
        .rep = (q & 0x20) != 0,
        .next_rip = instruction_end(cpu, exit->length),
    };
}

static uint64_t written_value(const struct cpu *cpu, uint64_t q)
{
    uint64_t cr0 = vmx_get(cpu, cpu->active, VREG_CR0);

    switch (CR_ACCESS(q)) {
    case CR_CLTS: return cr0 & ~CR0_TS;
    case CR_LMSW: return (cr0 & ~UINT64_C(0xE)) | CR_STATUS(q);
    default: return in_64_bit_code(cpu, cpu->active) ? cpu_gpr(cpu, CR_SOURCE(q)) : (uint32_t)cpu_gpr(cpu, CR_SOURCE(q));
    }
}

/*
 * Only bits the masks cover exit, when they would change. What VTL1 asked for
 * is common code's business. Of the others the guest's copy changes and the
 * instruction runs again, now without an exit, so that everything else it does
 * is the processor's work. CR4.VMXE does not exist here.
 */
static void decode_control_register(struct cpu *cpu)
{
    struct exit *exit = &cpu->exit;
    const union register_intercepts *asked = &vmx_vtl(cpu, cpu->active)->intercepts;
    uint64_t value = written_value(cpu, exit->info1);
    unsigned number = CR_NUMBER(exit->info1);
    bool is_cr0 = number == 0;
    uint64_t changed = value ^ vmx_get(cpu, cpu->active, is_cr0 ? VREG_CR0 : VREG_CR4);

    if (number == 8) {
        exit->kind = EXIT_PRIORITY;
        return;
    }
    if ((changed & (is_cr0 ? asked->cr0_mask : asked->cr4_mask)) != 0) {
        exit->kind = EXIT_CONTROL_REGISTER;
        exit->control_register = (uint8_t)number;
        return;
    }
    exit->kind = EXIT_RETRY;
    if (vmx_leaves_mode_based_execution(cpu, number, value)) {
        return;
    }
    if (number != 0 || (value & CR0_CACHE) == CR0_NW) {
        exit->kind = EXIT_FAULT_GP; /* CR4.VMXE; "not write-through" without "cache disable" */
        return;
    }
    vmwrite(VMCS_CR0_SHADOW, (vmread(VMCS_CR0_SHADOW) & ~CR0_OWNED) | (value & CR0_OWNED));
}

/* Virtual NMIs stay blocked only if the NMI was delivered; this one was broken off ("Information for VM Exits During Event Delivery"). */
static void decode_interrupted(struct exit *exit)
{
    uint32_t info = (uint32_t)vmread(VMCS_VECTORING);

    exit->interrupted = vmx_event_from(info, (uint32_t)vmread(VMCS_VECTORING_ERROR_CODE));
    if (exit->interrupted.type == EVENT_NMI) {
        vmwrite(VMCS_INTERRUPTIBILITY, vmread(VMCS_INTERRUPTIBILITY) & ~(uint64_t)BLOCKED_BY_NMI);
    }
}

/*
 * "Debug Exceptions" under "VM Exits": the exit has left DR6, DR7 and the
 * pending trap to whoever delivers the exception ("Exit Qualification for
 * Debug Exceptions"; "Checks on Guest Non-Register State" for a step in a shadow).
 */
static void finish_debug_exception(struct cpu *cpu, uint32_t info)
{
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY) & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS);

    if (EVENT_TYPE(info) == EVENT_TYPE_ICEBP) {
        instruction_advance(cpu, (unsigned)vmread(VMCS_INSTRUCTION_LENGTH));
        return;
    }
    vmx_set(cpu, cpu->active, VREG_DR6, (vmx_get(cpu, cpu->active, VREG_DR6) & ~UINT64_C(0xF)) | (cpu->exit.info1 & 0x600F));
    vmx_set(cpu, cpu->active, VREG_DR7, vmx_get(cpu, cpu->active, VREG_DR7) & ~DR7_GD);
    if (blocked != 0 && (vmread(VMCS_GUEST_RFLAGS) & RFLAGS_TF) != 0) {
        vmwrite(VMCS_PENDING_DEBUG, vmread(VMCS_PENDING_DEBUG) | PENDING_STEP);
    }
}

/* An NMI was consumed by the exit: it is counted here, as the handler does with those taken in the hypervisor. */
static void decode_exception(struct cpu *cpu)
{
    uint32_t info = (uint32_t)vmread(VMCS_EXIT_EVENT);

    if (EVENT_TYPE(info) == EVENT_TYPE_NMI) {
        nmi_arrived(cpu);
        cpu->exit.kind = EXIT_NMI;
        return;
    }
    cpu->exit.kind = EXIT_EXCEPTION;
    cpu->exit.raised = vmx_event_from(info, (uint32_t)vmread(VMCS_EXIT_ERROR_CODE));
    cpu->exit.raised.type = EVENT_EXCEPTION;
    if (cpu->exit.raised.vector == VECTOR_DB) {
        finish_debug_exception(cpu, info);
    }
}

static void close_nmi_window(struct exit *exit)
{
    vmwrite(VMCS_PRIMARY, vmread(VMCS_PRIMARY) & ~(uint64_t)PRIMARY_NMI_WINDOW);
    exit->kind = EXIT_RETRY;
}

/* "EPT Misconfigurations": an entry of ours that no processor accepts. Nobody goes on with such a table. */
static void decode_misconfiguration(struct cpu *cpu)
{
    uint64_t entry;
    unsigned level;

    decode_memory(cpu); /* the address is there, a qualification is not */
    entry = slat_entry(&partition.slat[cpu->active], cpu->exit.memory.address, &level);
    hv_log(LOG_ERROR, "error: EPT misconfiguration at guest-physical 0x%lx of VTL%u, level %u entry 0x%lx",
           cpu->exit.memory.address.value, cpu->active, level, entry);
    cpu->exit.kind = EXIT_UNKNOWN;
}

static void entry_refused(struct cpu *cpu)
{
    hv_log(LOG_ERROR, "error: VM entry of VTL%u refused, reason %u, qualification 0x%lx", cpu->active,
           REASON_BASIC((uint32_t)cpu->exit.code), cpu->exit.info1);
    vmx_check();
    cpu->exit.kind = EXIT_UNKNOWN;
}

static enum exit_kind simple_kind(uint32_t reason)
{
    switch (reason) {
    case REASON_INTERRUPT: return EXIT_INTERRUPT;
    case REASON_TIMER: return EXIT_DEADLINE;
    case REASON_SIPI:
    case REASON_TPR:
    case REASON_INTERRUPT_WINDOW: return EXIT_RETRY;
    case REASON_TRIPLE_FAULT: return EXIT_SHUTDOWN;
    case REASON_INIT: return EXIT_INIT;
    case REASON_CPUID: return EXIT_CPUID;
    case REASON_RDMSR: return EXIT_RDMSR;
    case REASON_WRMSR: return EXIT_WRMSR;
    case REASON_VMCALL: return EXIT_HYPERCALL;
    case REASON_INVD: return EXIT_INVD;
    case REASON_XSETBV: return EXIT_XSETBV;
    case REASON_TABLES:
    case REASON_SEGMENT_TABLES: return EXIT_TABLE_REGISTER;
    case REASON_RDPMC:
    case REASON_TASK_SWITCH: return EXIT_FAULT_GP; /* tasks: no VTL uses them, and VMX does not perform the switch */
    case REASON_GETSEC:
    case REASON_VMCLEAR ... REASON_VMXON:
    case REASON_MWAIT:
    case REASON_MONITOR:
    case REASON_INVEPT:
    case REASON_INVVPID:
    case REASON_SEAMCALL:
    case REASON_TDCALL: return EXIT_UNDEFINED;
    default: return EXIT_UNKNOWN;
    }
}

static void decode_reason(struct cpu *cpu, uint32_t reason)
{
    switch (reason) {
    case REASON_EXCEPTION_OR_NMI: decode_exception(cpu); break;
    case REASON_NMI_WINDOW: close_nmi_window(&cpu->exit); break;
    case REASON_CONTROL_REGISTER: decode_control_register(cpu); break;
    case REASON_IO: decode_io(cpu); break;
    case REASON_EPT_VIOLATION: decode_memory(cpu); break;
    case REASON_EPT_MISCONFIGURATION: decode_misconfiguration(cpu); break;
    default: cpu->exit.kind = simple_kind(reason); break;
    }
}

/* "Information for VM Exits Due to Instruction Execution": the length is defined for these only. */
static bool has_length(uint32_t reason)
{
    return reason == REASON_CPUID || reason == REASON_INVD || reason == REASON_VMCALL || reason == REASON_IO
        || reason == REASON_RDMSR || reason == REASON_WRMSR || reason == REASON_XSETBV;
}

void vmx_decode_exit(struct cpu *cpu)
{
    struct exit *exit = &cpu->exit;
    uint32_t reason = (uint32_t)vmread(VMCS_REASON);

    *exit = (struct exit){
        .instruction = INSN_OTHER,
        .length = has_length(REASON_BASIC(reason)) ? (uint8_t)vmread(VMCS_INSTRUCTION_LENGTH) : 0,
        .code = reason,
        .info1 = vmread(VMCS_QUALIFICATION),
        .info2 = vmread(VMCS_GUEST_PHYSICAL),
    };
    if ((reason & REASON_ENTRY_FAILED) != 0) {
        entry_refused(cpu);
        return;
    }
    decode_interrupted(exit);
    decode_reason(cpu, REASON_BASIC(reason));
}
