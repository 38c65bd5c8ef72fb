/* System calls of all 64-bit numbers, by chance: of those that are no number of the list none is answered. */
#include <assailant/attack.h>

#include <abi/ium.h>
#include <fuzzer/chance.h>

#define ROUNDS 20000u

static uint8_t buffer[4096] __attribute__((aligned(16)));

/* Right but for bits that a register of 32, 16 or 8 bits would lose, one bit, or anything. */
static uint64_t unknown_number(struct chance *chance)
{
    uint64_t low = chance_below(chance, IUM_SYSCALL_COUNT);
    uint64_t number;

    switch (chance_below(chance, 4)) {
    case 0:
        number = low | UINT64_C(1) << (32 + chance_below(chance, 32));
        break;
    case 1:
        number = low | UINT64_C(1) << (8 + chance_below(chance, 56));
        break;
    case 2:
        number = UINT64_C(1) << chance_below(chance, 64);
        break;
    default:
        number = chance_next(chance);
        break;
    }
    return number < IUM_SYSCALL_COUNT ? IUM_SYSCALL_COUNT : number;
}

/* number: the seed. */
static void unknown(uint64_t number, struct assailant_report *report)
{
    struct chance chance = chance_from(number);

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t call = unknown_number(&chance);

        if (assailant_syscall(call, (uint64_t)buffer, 16, (uint64_t)buffer) != IUM_UNKNOWN_SYSCALL) {
            assailant_say(report, ASSAILANT_SUCCEEDED, call, "answered");
            return;
        }
    }
    assailant_say(report, ASSAILANT_REFUSED, number, "seed");
}

static void known(uint64_t number, struct assailant_report *report)
{
    int64_t status = assailant_syscall(IUM_SYSCALL_GET_IDENTITY, (uint64_t)buffer, 16, (uint64_t)buffer);

    assailant_say(report, status == IUM_SUCCESS ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, number, "known");
}

TRUSTLET_ATTACKS(trustlet_unknown_calls, { "unknown-calls", unknown }, { "unknown-known", known });
