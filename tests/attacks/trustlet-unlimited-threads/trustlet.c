/* Threads until there are no more. */
#include <assailant/attack.h>

#include <ium/syscalls.h>

#define TRIES 20u

static struct ium_call calls[TRIES];
static uint8_t stacks[TRIES][256] __attribute__((aligned(16)));

static void serve(struct ium_call *call)
{
    while (ium_wait_call(call) == IUM_SUCCESS) {
        call->status = 1;
        call->size = 0;
    }
    ium_exit(0);
}

/* number: how many further ones the manifest allows; UINT64_MAX: one is what is wanted. */
static void make(uint64_t number, struct assailant_report *report)
{
    uint64_t made = 0;

    while (made < TRIES && (number != UINT64_MAX || made == 0) &&
           ium_create_thread(&calls[made], serve, stacks[made] + sizeof(stacks[made]) - 8) == IUM_SUCCESS) {
        made++;
    }
    if (number == UINT64_MAX) {
        assailant_say(report, made == 1 ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, made, "threads");
    } else {
        assailant_say(report, made > number ? ASSAILANT_SUCCEEDED : made == number ? ASSAILANT_REFUSED : ASSAILANT_BROKEN, made, "threads");
    }
}

TRUSTLET_ATTACKS(trustlet_unlimited_threads, { "threads-make", make });
