#include <sk/trap.h>

#include <stdbool.h>
#include <stddef.h>

#include <sk/call_timer.h>
#include <sk/cpu.h>
#include <sk/lock.h>
#include <sk/log.h>
#include <sk/mutant.h>
#include <sk/system_thread.h>
#include <sk/x86.h>

#define VECTOR_DEBUG         1u
#define VECTOR_NMI           2u
#define VECTOR_DOUBLE_FAULT  8u
#define VECTOR_MACHINE_CHECK 18u
#define VECTOR_GP            13u
#define VECTOR_PF            14u
#define VECTORS              256u
#define GATE_INTERRUPT_DPL0  UINT64_C(0x8E) /* present, DPL 0, 64-bit interrupt gate */
#define GATE_INTERRUPT_DPL3  UINT64_C(0xEE)

struct idt_entry {
    uint64_t low, high;
};

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

/* Where a copy routine may fault, and where it goes on then. Filled by memory/copy.S. */
struct exception_row {
    uint64_t fault_rip, resume_rip;
};

extern const char trap_stubs[], syscall_entry[];
extern const struct exception_row exception_table[], exception_table_end[];

static struct idt_entry idt[VECTORS] __attribute__((aligned(16)));

static unsigned ist_of(unsigned vector)
{
    switch (vector) {
    case VECTOR_DOUBLE_FAULT:
        return IST_DOUBLE_FAULT;
    case VECTOR_NMI:
        return IST_NMI;
    case VECTOR_MACHINE_CHECK:
        return IST_MACHINE_CHECK;
    case VECTOR_DEBUG:
        return IST_DEBUG;
    default:
        return 0;
    }
}

void trap_table_init(void)
{
    for (unsigned vector = 0; vector < VECTORS; vector++) {
        uint64_t handler = (uint64_t)trap_stubs + vector * 16;
        uint64_t gate = mutant_is(MUTANT_GATES_OPEN) ? GATE_INTERRUPT_DPL3 : GATE_INTERRUPT_DPL0;

        idt[vector].low = (handler & 0xFFFF) | (uint64_t)SELECTOR_KERNEL_CODE << 16 | (uint64_t)ist_of(vector) << 32 |
                          gate << 40 | (handler >> 16 & 0xFFFF) << 48;
        idt[vector].high = handler >> 32;
    }
}

void trap_table_load(void)
{
    struct table_register table = { .limit = sizeof(idt) - 1, .base = (uint64_t)idt };

    __asm__ volatile("lidt %0" : : "m"(table));
}

static bool resume_copy(struct trap_frame *frame)
{
    for (const struct exception_row *row = exception_table; row < exception_table_end; row++) {
        if (row->fault_rip == frame->rip) {
            frame->rip = row->resume_rip;
            return true;
        }
    }
    return false;
}

static void save_registers(const struct trap_frame *frame, struct user_context *context)
{
    *context = (struct user_context){
        .rax = frame->rax, .rbx = frame->rbx, .rcx = frame->rcx, .rdx = frame->rdx,
        .rsi = frame->rsi, .rdi = frame->rdi, .rbp = frame->rbp, .rsp = frame->rsp,
        .r8 = frame->r8, .r9 = frame->r9, .r10 = frame->r10, .r11 = frame->r11,
        .r12 = frame->r12, .r13 = frame->r13, .r14 = frame->r14, .r15 = frame->r15,
        .rip = frame->rip, .rflags = frame->rflags,
        .fault_vector = frame->vector, .fault_error = frame->error_code,
    };
}

static bool is_interrupt(const struct trap_frame *frame)
{
    return frame->vector == VECTOR_VINA || frame->vector == VECTOR_SINT0 || frame->vector == VECTOR_CALL_TIMER;
}

/*
 * Ring 3 had TF set at its SYSCALL, and the processor takes the single step behind it, in ring 0, with TF cleared by then. Manuals
 * have none there; Bochs has. The stack pointer and GS are still ring 3's.
 */
static bool is_step_into_kernel(const struct trap_frame *frame)
{
    return frame->vector == VECTOR_DEBUG && frame->rip == (uint64_t)syscall_entry;
}

void trap(struct trap_frame *frame)
{
    if (is_step_into_kernel(frame)) {
        return;
    }
    if (frame->vector == VECTOR_CALL_TIMER) {
        call_timer_taken();
    }
    if ((frame->cs & 3) != 0 && (!mutant_is(MUTANT_FAULTS_STOP) || is_interrupt(frame))) {
        save_registers(frame, this_cpu()->context);
        user_leave(is_interrupt(frame) ? USER_EXIT_INTERRUPT : USER_EXIT_FAULT);
    }
    if (is_interrupt(frame)) {
        /*
         * With IF clear it is one that came already: QEMU may deliver an injected interrupt twice, the second time into its
         * own handler (docs/emulators.md). GS may be ring 3's there, so nothing of the processor is looked at.
         */
        if ((frame->rflags & RFLAGS_IF) != 0 && frame->vector != VECTOR_CALL_TIMER) {
            system_thread_interrupted();
        }
        return;
    }
    if ((frame->vector == VECTOR_GP || frame->vector == VECTOR_PF) && resume_copy(frame)) {
        return;
    }
    kernel_lock_poison();
    log_line_after_fault("error: secure kernel fault vector=%lu rip=0x%lx code=0x%lx; processor stopped", frame->vector,
                         frame->rip, frame->error_code);
    park();
}
