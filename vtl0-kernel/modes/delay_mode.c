/*
 * How late VTL0's timer interrupt comes while VTL1 copies, checks and loads a
 * trustlet's file, and while the trustlet makes an RSA key. In units of the TSC, which under QEMU's -icount are instructions. Prints
 * "@openvsm test id=... outcome=ok|failed detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <keymaker/keymaker.h>

#define GIFT_PAGES  192u
#define IDLE_TICKS  20u
#define TIMER_HERTZ 100u /* of the kernel's tick (kernel/main.c) */
#define PHASES      8u
#define KEY_BITS    3072u
#define KEY_MINIMUM 384u /* bytes of a public key of that size */

static const uint8_t keymaker[16] = KEYMAKER_IDENTITY;

static uint64_t idle_delay(void)
{
    uint64_t until = this_processor()->ticks + IDLE_TICKS;

    this_processor()->worst_tick = 0;
    while (this_processor()->ticks < until) {
        interrupts_off();
        wait_for_interrupt();
    }
    return test_worst_delay();
}

/* Spins from a tick on for that part of the time to the next one: what is long in a start is not always between the same two ticks. */
static void shift_phase(uint32_t part)
{
    uint64_t ticks = this_processor()->ticks, period = clock_tsc_hertz() / TIMER_HERTZ, from;

    while (this_processor()->ticks == ticks) {
        wait_for_interrupt();
    }
    from = rdtsc();
    while (rdtsc() - from < period * part / PHASES) {
        cpu_relax();
    }
}

/* Starts it at each phase, and ends all but the last one. */
static bool start(uint64_t *session, uint64_t idle)
{
    struct test_file file = test_place(keymaker_image_start, keymaker_image_end);
    struct trustlet_started started = { 0 };
    uint64_t worst = 0, yields = UINT64_MAX;
    bool good = true;

    for (uint32_t phase = 0; phase < PHASES && good; phase++) {
        good = phase == 0 || trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
        shift_phase(phase);
        this_processor()->worst_tick = 0;
        good = good && test_start(&file, &started) == SECURE_STATUS_SUCCESS;
        worst = test_worst_delay() > worst ? test_worst_delay() : worst;
        yields = trustlet_yields() < yields ? trustlet_yields() : yields;
    }
    test_report("start-yields", good && yields > 0, yields, 0);
    test_report("start-delay", good, worst, idle);
    return good && trustlet_open(keymaker, started.instance, session) == SECURE_STATUS_SUCCESS;
}

int mode_delay(const struct mode_context *context)
{
    uint64_t session, idle, from, ticks;
    uint32_t data = KEY_BITS, status = 1;
    size_t size = sizeof(data);
    bool good;

    (void)context;
    if (vsm_state() != VSM_READY || !test_give(GIFT_PAGES)) {
        return 1;
    }
    idle = idle_delay();
    test_report("idle-delay", true, idle, idle);
    if (!test_report("start", start(&session, idle), 0, 0)) {
        return 1;
    }
    this_processor()->worst_tick = 0;
    from = this_processor()->ticks;
    good = trustlet_invoke(session, KEYMAKER_MAKE, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           data >= KEY_MINIMUM;
    ticks = this_processor()->ticks - from;
    test_report("key", good, data, KEY_MINIMUM);
    test_report("ticks", ticks > 0 && trustlet_yields() > 0, trustlet_yields(), ticks);
    return test_report("key-delay", good, test_worst_delay(), idle) ? 0 : 1;
}
