/* System calls that are not in this program's manifest: which ones, VTL0 says (a mask). */
#include <assailant/attack.h>

#include <abi/ium.h>

static uint8_t buffer[4096] __attribute__((aligned(16)));

static void forbidden(uint64_t number, struct assailant_report *report)
{
    uint64_t answered = 0;

    for (uint64_t call = 0; call < IUM_SYSCALL_COUNT; call++) {
        if ((number >> call & 1) != 0 && assailant_syscall(call, (uint64_t)buffer, 16, (uint64_t)buffer) != IUM_UNKNOWN_SYSCALL) {
            answered |= UINT64_C(1) << call;
        }
    }
    assailant_say(report, answered != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, answered, "answered");
}

TRUSTLET_ATTACKS(trustlet_forbidden_calls, { "forbidden-calls", forbidden });
