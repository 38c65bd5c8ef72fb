/* SYSCALL with everything that ring 3 chooses chosen badly: stack pointer, flags, every other register. */
#include <assailant/attack.h>

#include <ium/text.h>

#include <abi/ium.h>
#include <fuzzer/call.h>

#define FLAG_TF    UINT64_C(0x100)
#define FLAG_DF    UINT64_C(0x400)
#define FLAG_NT    UINT64_C(0x4000)
#define FLAG_AC    UINT64_C(0x40000)
#define STATUS     UINT64_C(0x8D5)
#define ALWAYS     UINT64_C(0x202)

static const uint8_t own[16] = ASSAILANT_IDENTITY;

/* GET_IDENTITY, whose answer would be copied backwards with DF set: right, with every register but RAX, RCX and R11 kept. */
static bool harmless(const struct registers *wanted, struct ium_identity *identity)
{
    struct registers before = *wanted;

    before.rax = IUM_SYSCALL_GET_IDENTITY;
    before.rdi = (uint64_t)identity;
    call_registers = before;
    call_make();
    before.rax = IUM_SUCCESS;
    before.rcx = call_registers.rcx;
    before.r11 = call_registers.r11;
    before.flags = call_registers.flags;
    return memcmp(&before, &call_registers, sizeof(before)) == 0 && memcmp(identity->identity, own, sizeof(own)) == 0;
}

static void with(uint64_t rsp, uint64_t flags, uint64_t others, struct assailant_report *report)
{
    static struct ium_identity identity;
    struct registers registers = { .rbx = others, .rcx = others, .rdx = others, .rsi = others, .rbp = others, .rsp = rsp, .r8 = others,
                                   .r9 = others, .r10 = others, .r11 = others, .r12 = others, .r13 = others, .r14 = others,
                                   .r15 = others, .flags = flags | ALWAYS };

    identity = (struct ium_identity){ 0 };
    if (harmless(&registers, &identity)) {
        assailant_say(report, ASSAILANT_REFUSED, call_registers.flags, "as-any-call");
    } else {
        assailant_say(report, ASSAILANT_SUCCEEDED, call_registers.rax, "not-as-any-call");
    }
}

static void hostile_stack(uint64_t number, struct assailant_report *report)
{
    with(number, 0, 0, report);
}

static void hostile_flags(uint64_t number, struct assailant_report *report)
{
    with((uint64_t)own, number, 0, report);
}

static void hostile_others(uint64_t number, struct assailant_report *report)
{
    with(number, STATUS | FLAG_DF | FLAG_AC | FLAG_NT, number, report);
}

/* A single step's exception that a load of SS puts off until the kernel is entered, if the processor did not drop it. */
static void single_step(uint64_t number, struct assailant_report *report)
{
    uint64_t result;

    __asm__ volatile("mov %%ss, %%r12d\n\t"
                     "pushfq\n\torq %2, (%%rsp)\n\tpopfq\n\t"
                     "mov %%r12d, %%ss\n\t"
                     "syscall\n\t"
                     "nop"
                     : "=a"(result) : "a"(IUM_SYSCALL_GET_TIME), "i"(FLAG_TF) : "rcx", "r11", "r12", "memory", "cc");
    assailant_say(report, ASSAILANT_REFUSED, result + number, "not-stepped");
}

static void ordinary(uint64_t number, struct assailant_report *report)
{
    struct ium_identity identity = { 0 };
    int64_t status = assailant_syscall(IUM_SYSCALL_GET_IDENTITY, (uint64_t)&identity, number, number);
    bool good = status == IUM_SUCCESS && memcmp(identity.identity, own, sizeof(own)) == 0;

    assailant_say(report, good ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, (uint64_t)status, "answered");
}

TRUSTLET_ATTACKS(trustlet_syscall_registers, { "syscall-stack", hostile_stack }, { "syscall-flags", hostile_flags },
                 { "syscall-others", hostile_others }, { "syscall-step", single_step }, { "syscall-ordinary", ordinary });
