/* What is in the registers when a thread begins: the first instruction of one looks. */
#include <assailant/attack.h>

#include <ium/syscalls.h>
#include <ium/text.h>

#define REGISTERS 14u /* all but RDI and RSP, which are given */

static struct ium_call own_call;
uint64_t leftover_registers[REGISTERS]; /* filled by leftover_begin */

_Noreturn void leftover_serve(struct ium_call *call);

/* Reports instead of doing what it is asked for. */
_Noreturn __attribute__((used)) void leftover_serve(struct ium_call *call)
{
    struct assailant_report report = { 0 };
    uint64_t found = 0, last = 0;

    for (unsigned i = 0; i < REGISTERS; i++) {
        found += leftover_registers[i] != 0;
        last = leftover_registers[i] != 0 ? leftover_registers[i] : last;
    }
    assailant_say(&report, found != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, found != 0 ? last : 0, "registers-not-zero");
    memcpy(call->data, &report, sizeof(report));
    call->status = 0;
    call->size = sizeof(report);
    while (ium_wait_call(call) == IUM_SUCCESS) {
        call->status = 1;
        call->size = 0;
    }
    ium_exit(0);
}

void leftover_begin(struct ium_call *call);

__asm__(".text\n"
        ".type leftover_begin, @function\n"
        "leftover_begin:\n"
        "mov %rax, leftover_registers(%rip)\n"
        "mov %rbx, leftover_registers + 8(%rip)\n"
        "mov %rcx, leftover_registers + 16(%rip)\n"
        "mov %rdx, leftover_registers + 24(%rip)\n"
        "mov %rsi, leftover_registers + 32(%rip)\n"
        "mov %rbp, leftover_registers + 40(%rip)\n"
        "mov %r8, leftover_registers + 48(%rip)\n"
        "mov %r9, leftover_registers + 56(%rip)\n"
        "mov %r10, leftover_registers + 64(%rip)\n"
        "mov %r11, leftover_registers + 72(%rip)\n"
        "mov %r12, leftover_registers + 80(%rip)\n"
        "mov %r13, leftover_registers + 88(%rip)\n"
        "mov %r14, leftover_registers + 96(%rip)\n"
        "mov %r15, leftover_registers + 104(%rip)\n"
        "jmp leftover_serve\n");

/* The next call is the new thread's. */
static void begin(uint64_t number, struct assailant_report *report)
{
    int64_t status = ium_create_thread(&own_call, leftover_begin, NULL);

    (void)number;
    assailant_say(report, status == IUM_SUCCESS ? ASSAILANT_REFUSED : ASSAILANT_BROKEN, (uint64_t)status, "thread");
}

/* A register that is not zero is seen: this thread's own. */
static void see(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("mov %0, %%r15\n\tmov %%r15, leftover_registers + 104(%%rip)" : : "r"(number) : "r15", "memory");
    assailant_say(report, leftover_registers[13] != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, leftover_registers[13], "seen");
}

TRUSTLET_ATTACKS(trustlet_leftover_registers, { "registers-begin", begin }, { "registers-see", see });
