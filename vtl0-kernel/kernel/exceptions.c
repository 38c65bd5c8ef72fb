#include <vtl0/exceptions.h>

#include <stddef.h>

#include <vtl0/panic.h>
#include <vtl0/probe.h>
#include <vtl0/process.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

/* Distances from the member's own address, so that the table needs no relocation. */
struct fixup {
    int32_t instruction;
    int32_t landing;
};

extern const struct fixup fixups_start[], fixups_end[];

static uint64_t resolve(const int32_t *member)
{
    return (uint64_t)((intptr_t)member + *member);
}

static bool fix_up(struct trap_frame *frame)
{
    for (const struct fixup *fixup = fixups_start; fixup < fixups_end; fixup++) {
        if (resolve(&fixup->instruction) == frame->rip) {
            frame->rip = resolve(&fixup->landing);
            return true;
        }
    }
    return false;
}

void exception_handle(struct trap_frame *frame)
{
    uint64_t cr2 = read_cr2();

    if ((frame->cs & 3) != 0) {
        process_fault(frame, cr2);
    }
    if (!probe_caught(this_processor(), frame, cr2) && !fix_up(frame)) {
        panic_exception(frame, cr2);
    }
}

#define FIXUP(from, to) \
    ".pushsection .fixups, \"a\"\n.balign 4\n.long " from " - .\n.long " to " - .\n.popsection\n"

bool rdmsr_safe(uint32_t msr, uint64_t *value)
{
    uint32_t low = 0, high = 0;
    uint32_t failed = 1;

    __asm__ volatile("1: rdmsr\n xorl %2, %2\n2:\n" FIXUP("1b", "2b") : "+a"(low), "+d"(high), "+r"(failed) : "c"(msr));
    *value = ((uint64_t)high << 32) | low;
    return failed == 0;
}

bool wrmsr_safe(uint32_t msr, uint64_t value)
{
    uint32_t failed = 1;

    __asm__ volatile("1: wrmsr\n xorl %0, %0\n2:\n" FIXUP("1b", "2b")
                     : "+r"(failed) : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
    return failed == 0;
}
