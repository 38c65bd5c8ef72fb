/*
 * Debug exceptions exit, because their delivery can be made endless, and are
 * delivered by the hypervisor. VTL0 must not see that: the same RIP, the same
 * DR6, once (SDM vol. 3B, "Debug Exceptions").
 */
#include "guest.h"

#include "debug.h"

#define DR6_CLEAR   UINT64_C(0xFFFF0FF0)
#define DR6_STEP    UINT64_C(0x4000)
#define DR7_CLEAR   UINT64_C(0x400)
#define DR7_WRITE_0 (DR7_CLEAR | 1u | 1u << 16 | 2u << 18) /* DR0, eight bytes, writes */

static volatile struct debug_seen *before(uint64_t dr7)
{
    volatile struct debug_seen *seen = &debug_seen[0];

    seen->count = 0;
    write_dr6(DR6_CLEAR);
    write_dr7(dr7);
    return seen;
}

static void expect(const char *name, const volatile struct debug_seen *seen, uint64_t rip, uint64_t dr6)
{
    write_dr7(DR7_CLEAR);
    write_dr6(DR6_CLEAR);
    note(seen->count == 1, "%s:count-%lu", name, seen->count);
    note(seen->rip == rip, "%s:rip-0x%lx-not-0x%lx", name, seen->rip, rip);
    note((seen->dr6 & 0xE00F) == dr6, "%s:dr6-0x%lx", name, seen->dr6);
}

/* TF takes effect behind the instruction that follows POPF. */
#define STEPPED(instruction, rip) \
    __asm__ volatile("lea 1f(%%rip), %0\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t" instruction "\n1:\tnop" \
                     : "=&r"(rip) : : "memory", "cc", "rax", "rbx", "rcx", "rdx")

static void test_steps(void)
{
    volatile struct debug_seen *seen = before(DR7_CLEAR);
    uint64_t rip;

    STEPPED("nop", rip);
    expect("nop", seen, rip, DR6_STEP);
    report_notes("debug-step");
    seen = before(DR7_CLEAR);
    __asm__ volatile("cli");
    STEPPED("sti", rip); /* a trap in STI's shadow */
    expect("sti", seen, rip, DR6_STEP);
    report_notes("debug-step-in-shadow");
}

static void test_data(void)
{
    static volatile uint64_t watched;
    volatile struct debug_seen *seen;
    uint64_t rip, dr0 = read_dr0();

    write_dr0((uint64_t)(uintptr_t)&watched);
    seen = before(DR7_WRITE_0);
    __asm__ volatile("lea 1f(%%rip), %0\n\tmovq $5, %1\n1:\tnop" : "=&r"(rip), "=m"(watched));
    expect("write", seen, rip, 1);
    note(watched == 5, "not-written");
    write_dr0(dr0);
    report_notes("debug-data");
}

void test_debug(void)
{
    test_steps();
    test_data();
}
