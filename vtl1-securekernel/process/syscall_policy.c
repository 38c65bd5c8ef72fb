#include <sk/mutant.h>
#include <sk/syscall_policy.h>

enum callers { LOADER = 1, TRUSTLET = 2, BOTH = 3 };

#define IUM_SYSCALL(number, name, handler, callers) [IUM_SYSCALL_##name] = (callers),
static const uint8_t callers_of[IUM_SYSCALL_COUNT] = {
#include <abi/ium_syscalls.def>
};
#undef IUM_SYSCALL

_Static_assert(IUM_SYSCALL_COUNT <= 64, "a bit for each in the signed header");

bool syscall_allowed(const struct process *process, uint64_t number)
{
    if (mutant_is(MUTANT_NUMBERS_CUT)) {
        number = (uint32_t)number;
    }
    if (number >= IUM_SYSCALL_COUNT) {
        return false;
    }
    if (process->state == PROCESS_LOADING || (mutant_is(MUTANT_LOADER_CALLS_OPEN) && callers_of[number] == LOADER)) {
        return (callers_of[number] & LOADER) != 0;
    }
    /* The way out is not a privilege. */
    return (callers_of[number] & TRUSTLET) != 0 &&
           (number == IUM_SYSCALL_EXIT || mutant_is(MUTANT_SYSCALLS_OPEN) || (process->image.syscalls >> number & 1) != 0);
}
