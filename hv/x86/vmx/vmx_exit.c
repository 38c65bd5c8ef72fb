/* Decoding of exits: the only file that knows exit reasons and qualifications. */
#include "vmx.h"

#include <hv/handlers.h>
#include <hv/log.h>
#include <hv/partition.h>
#include <hv/x86.h>

/* "Exit Qualification for EPT Violations" */
#define EPT_WRITE       (UINT64_C(1) << 1)
#define EPT_EXECUTE     (UINT64_C(1) << 2)
#define EPT_LINEAR      (UINT64_C(1) << 7)
#define EPT_FINAL       (UINT64_C(1) << 8)
#define EPT_IRET_NMI    (UINT64_C(1) << 12)

/* "Exit Qualification for Control-Register Accesses" */
#define CR_NUMBER(q) ((q) & 15)

static void decode_memory(struct exit *exit)
{
    uint64_t q = exit->info1;

    exit->kind = EXIT_MEMORY;
    exit->memory = (struct exit_memory){
        .address = gpa(exit->info2),
        .in_walk = (q & (EPT_LINEAR | EPT_FINAL)) == EPT_LINEAR,
        .access = ACCESS_READ,
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
static void decode_io(struct exit *exit)
{
    uint64_t q = exit->info1;

    exit->kind = EXIT_IO;
    exit->io = (struct exit_io){
        .port = (uint16_t)(q >> 16),
        .size = (uint8_t)((q & 7) + 1),
        .in = (q & 8) != 0,
        .string = (q & 0x30) != 0,
        .next_rip = vmread(VMCS_GUEST_RIP) + exit->length,
    };
}

/*
 * Only bits the masks cover exit. CR0.NE: the guest's copy changes and the
 * instruction runs again, now without an exit, so that everything else it does
 * is the processor's work. CR4.VMXE does not exist here.
 */
static void decode_control_register(struct exit *exit)
{
    if (CR_NUMBER(exit->info1) == 0) {
        vmwrite(VMCS_CR0_SHADOW, vmread(VMCS_CR0_SHADOW) ^ CR0_NE);
        exit->kind = EXIT_RETRY;
    } else {
        exit->kind = EXIT_FAULT_GP;
    }
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

/* The exit has consumed the NMI: it is counted here, as the handler does with those taken in the hypervisor. */
static void decode_exception(struct cpu *cpu)
{
    uint32_t info = (uint32_t)vmread(VMCS_EXIT_EVENT);

    if (EVENT_TYPE(info) == EVENT_TYPE_NMI) {
        nmi_arrived(cpu);
        cpu->exit.kind = EXIT_NMI;
    } else {
        cpu->exit.kind = EXIT_UNKNOWN;
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

    decode_memory(&cpu->exit); /* the address is there, a qualification is not */
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
    case REASON_SIPI:
    case REASON_INTERRUPT_WINDOW: return EXIT_RETRY;
    case REASON_TRIPLE_FAULT: return EXIT_SHUTDOWN;
    case REASON_INIT: return EXIT_INIT;
    case REASON_CPUID: return EXIT_CPUID;
    case REASON_RDMSR: return EXIT_RDMSR;
    case REASON_WRMSR: return EXIT_WRMSR;
    case REASON_VMCALL: return EXIT_HYPERCALL;
    case REASON_INVD: return EXIT_INVD;
    case REASON_RDPMC:
    case REASON_TASK_SWITCH: return EXIT_FAULT_GP; /* tasks: no VTL uses them, and VMX does not perform the switch */
    case REASON_GETSEC:
    case REASON_VMCLEAR ... REASON_VMXON:
    case REASON_MWAIT:
    case REASON_MONITOR:
    case REASON_INVEPT:
    case REASON_INVVPID: return EXIT_UNDEFINED;
    default: return EXIT_UNKNOWN;
    }
}

static void decode_reason(struct cpu *cpu, uint32_t reason)
{
    switch (reason) {
    case REASON_EXCEPTION_OR_NMI: decode_exception(cpu); break;
    case REASON_NMI_WINDOW: close_nmi_window(&cpu->exit); break;
    case REASON_CONTROL_REGISTER: decode_control_register(&cpu->exit); break;
    case REASON_IO: decode_io(&cpu->exit); break;
    case REASON_EPT_VIOLATION: decode_memory(&cpu->exit); break;
    case REASON_EPT_MISCONFIGURATION: decode_misconfiguration(cpu); break;
    case REASON_XSETBV: cpu->exit.kind = vmx_xsetbv(cpu); break;
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
