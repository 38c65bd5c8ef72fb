/* Tests of the machine from inside: each prints "@openvsm test id=... outcome=ok|failed detail=...". */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define TICKS           5u
#define TICK_TIMEOUT_US 2000000u

struct ping {
    uint32_t calls;
    uint32_t good;
};

static struct ping pings[MAX_PROCESSORS];

static bool test_timer(void)
{
    uint64_t from = this_processor()->ticks;
    uint64_t end = clock_microseconds() + TICK_TIMEOUT_US;

    while (this_processor()->ticks < from + TICKS && clock_microseconds() < end) {
        interrupts_off();
        wait_for_interrupt();
    }
    return test_report("timer", this_processor()->ticks >= from + TICKS, this_processor()->ticks - from, TICKS);
}

static void nothing(void *answered)
{
    *(bool *)answered = true;
}

static bool test_processors(void)
{
    uint32_t answered = 0;

    for (uint32_t i = 0; i < processor_count(); i++) {
        bool here = false;

        answered += smp_call(i, nothing, &here) && here;
    }
    return test_report("processors", answered == processor_count(), answered, processor_count());
}

static void ping(void *argument)
{
    struct ping *mine = argument;
    struct secure_info info;

    for (uint32_t i = 0; i < mine->calls; i++) {
        mine->good += secure_get_info(&info);
    }
}

/* One processor after the other, then all at once. */
static bool test_pings(uint32_t calls)
{
    uint64_t good = 0;

    for (uint32_t i = 0; i < processor_count(); i++) {
        pings[i] = (struct ping){ .calls = calls };
        smp_call(i, ping, &pings[i]);
        good += pings[i].good;
    }
    return test_report("secure-calls", good == (uint64_t)calls * processor_count(), good,
                  (uint64_t)calls * processor_count());
}

static bool test_parallel_pings(uint32_t calls)
{
    uint64_t good = 0;
    bool ended = true;

    for (uint32_t i = processor_count(); i-- > 0;) {
        pings[i] = (struct ping){ .calls = calls };
        smp_call_begin(i, ping, &pings[i]); /* the boot processor, last, works at once */
    }
    for (uint32_t i = 0; i < processor_count(); i++) {
        ended = smp_call_end(i) && ended;
        good += pings[i].good;
    }
    return test_report("secure-calls-parallel", ended && good == (uint64_t)calls * processor_count(), good,
                  (uint64_t)calls * processor_count());
}

/* Nothing but RAX and RCX may differ after a VTL call, and nothing of VTL1's may be in them. */
static bool test_registers(void)
{
    struct secure_call_frame *frame = this_processor()->frame;
    struct vsm_registers before;
    struct vsm_registers after;
    uint64_t rax;

    memset(frame, 0, sizeof(*frame));
    frame->version = SECURE_CALL_VERSION;
    frame->service = SECURE_SERVICE_GET_INFO;
    frame->output_capacity = sizeof(struct secure_info);
    memset(&before, 0xA5, sizeof(before));
    before.rdx = (uint64_t)(uintptr_t)frame;
    after = before;
    rax = vsm_vtl_call_observed((uint64_t)(uintptr_t)frame, &after);
    return test_report("registers", rax == 0 && memcmp(&before, &after, sizeof(before)) == 0, rax, 0);
}

static bool test_secure_calls(uint32_t calls)
{
    bool good;

    if (vsm_state() != VSM_READY) {
        console_printf("no secure calls: %s\n", vsm_state_text(vsm_state()));
        return true;
    }
    good = test_registers();
    good = test_pings(calls) && good;
    return test_parallel_pings(calls) && good;
}

int mode_test(const struct mode_context *context)
{
    bool good = test_timer();

    good = test_processors() && good;
    return test_secure_calls(context->options->calls) && good ? 0 : 1;
}
