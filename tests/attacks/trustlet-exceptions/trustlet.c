/* Each exception that an instruction of ring 3 can raise. */
#include <assailant/attack.h>

#define FLAG_TF UINT64_C(0x100)
#define FLAG_AC UINT64_C(0x40000)
#define NO_ADDRESS UINT64_C(0x0000900000002000)

static uint64_t divided = 6;

static void divide(uint64_t number, struct assailant_report *report)
{
    uint64_t high = 0, low = divided;

    __asm__ volatile("div %2" : "+a"(low), "+d"(high) : "r"(number));
    assailant_say(report, ASSAILANT_SUCCEEDED, low, "divided");
}

static void single_step(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\tnop\n\tnop" : : "i"(FLAG_TF) : "memory", "cc");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "stepped");
}

static void icebp(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile(".byte 0xF1");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "passed");
}

static void undefined(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("ud2");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "passed");
}

/* Through RBP it is the stack segment's exception. */
static void stack_segment(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("push %%rbp\n\tmov %0, %%rbp\n\tmov (%%rbp), %%rax\n\tpop %%rbp" : : "r"(NO_ADDRESS) : "rax", "memory");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "read");
}

static void stack_pointer(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("mov %%rsp, %%r12\n\tmov %0, %%rsp\n\tpush %%rax\n\tmov %%r12, %%rsp" : : "r"(NO_ADDRESS) : "r12", "memory");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "pushed");
}

static void jump_nowhere(uint64_t number, struct assailant_report *report)
{
    void (*nowhere)(void) = (void (*)(void))NO_ADDRESS;

    nowhere();
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "returned");
}

/* CR0.AM is off in VTL1, as everywhere but in programs that ask for it: no exception, and the flag is nobody else's. */
static void misaligned(uint64_t number, struct assailant_report *report)
{
    static uint8_t bytes[16];
    uint64_t found;

    __asm__ volatile("pushfq\n\torq %1, (%%rsp)\n\tpopfq\n\tmov 1(%2), %0\n\tpushfq\n\tandq %3, (%%rsp)\n\tpopfq"
                     : "=r"(found) : "i"(FLAG_AC), "r"(bytes), "i"(~FLAG_AC) : "memory", "cc");
    assailant_say(report, ASSAILANT_REFUSED, found + number, "nothing-happens");
}

TRUSTLET_ATTACKS(trustlet_exceptions, { "exception-divide", divide }, { "exception-step", single_step }, { "exception-icebp", icebp },
                 { "exception-undefined", undefined }, { "exception-stack-segment", stack_segment },
                 { "exception-stack-pointer", stack_pointer }, { "exception-jump", jump_nowhere }, { "exception-misaligned", misaligned });
