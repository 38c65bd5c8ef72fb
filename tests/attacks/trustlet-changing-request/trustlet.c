/*
 * A request that another thread changes while the secure kernel looks at it: its number is now that of a service, now of
 * none. What was checked must be what is asked.
 */
#include <assailant/attack.h>

#include <ium/syscalls.h>

#define NO_SERVICE 0x77u
#define PATIENCE   (UINT64_C(1) << 28)

static struct ium_normal_call request;
static volatile uint32_t asking;
static volatile uint64_t turns; /* of the second thread */

/* The second thread, on another processor. */
static void flip(uint64_t number, struct assailant_report *report)
{
    for (uint64_t i = 0; asking == 0 && i < PATIENCE; i++) {
    }
    while (asking != 0) {
        *(volatile uint32_t *)&request.number = ++turns % 2 == 0 ? NORMAL_CALL_TIME_HINT : NO_SERVICE;
    }
    assailant_say(report, ASSAILANT_REFUSED, turns + number, "turns");
}

/* Until the second thread runs: it may have given way to VTL0, or its processor to another one. */
static bool wait_for_flip(void)
{
    uint64_t before = turns;

    for (uint64_t i = 0; i < PATIENCE; i++) {
        if (turns != before) {
            return true;
        }
    }
    return false;
}

static void ask_once(uint64_t counts[3])
{
    int64_t result;

    request.request_size = 0;
    request.reply_capacity = 8;
    result = ium_normal_call(&request);
    if (result == IUM_BAD_ARGUMENT) {
        counts[0]++;
    } else if (result == IUM_SUCCESS && request.status == NORMAL_STATUS_SUCCESS) {
        counts[1]++;
    } else {
        counts[2]++; /* VTL0 was asked for a service that there is not */
    }
}

/* number: rounds. */
static void ask(uint64_t number, struct assailant_report *report)
{
    uint64_t counts[3] = { 0 };

    request.number = NORMAL_CALL_TIME_HINT;
    asking = 1;
    for (uint64_t i = 0; i < number && counts[2] == 0 && wait_for_flip(); i++) {
        ask_once(counts);
    }
    asking = 0;
    if (counts[2] != 0) {
        assailant_say(report, ASSAILANT_SUCCEEDED, counts[2], "asked-for-another");
    } else {
        bool changed = counts[0] != 0 && counts[1] != 0;

        assailant_say(report, changed ? ASSAILANT_REFUSED : ASSAILANT_BROKEN, counts[0], "refused");
    }
}

/* Without a second thread. */
static void ask_alone(uint64_t number, struct assailant_report *report)
{
    uint64_t counts[3] = { 0 };

    request.number = NORMAL_CALL_TIME_HINT;
    for (uint64_t i = 0; i < number; i++) {
        ask_once(counts);
    }
    assailant_say(report, counts[1] == number ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, counts[1], "answered");
}

TRUSTLET_ATTACKS(trustlet_changing_request, { "changing-flip", flip }, { "changing-ask", ask }, { "changing-alone", ask_alone });
