/*
 * How late VTL0's timer interrupt comes while a trustlet makes an RSA key. In
 * units of the TSC, which under QEMU's -icount are instructions. Prints
 * "@openvsm test id=... outcome=ok|failed detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <keymaker/keymaker.h>

#define GIFT_PAGES  192u
#define IDLE_TICKS  20u
#define KEY_BITS    3072u
#define KEY_MINIMUM 384u /* bytes of a public key of that size */

static const uint8_t keymaker[16] = KEYMAKER_IDENTITY;

extern const uint8_t keymaker_image_start[], keymaker_image_end[]; /* modes/trustlet_images.S */

static bool report(const char *id, bool good, uint64_t got, uint64_t wanted)
{
    console_printf("@openvsm test id=%s outcome=%s detail=%lu/%lu\n", id, good ? "ok" : "failed", got, wanted);
    return good;
}

static uint64_t worst_delay(void)
{
    return this_processor()->worst_tick * (clock_tsc_hertz() / clock_apic_hertz());
}

static uint64_t idle_delay(void)
{
    uint64_t until = this_processor()->ticks + IDLE_TICKS;

    this_processor()->worst_tick = 0;
    while (this_processor()->ticks < until) {
        interrupts_off();
        wait_for_interrupt();
    }
    return worst_delay();
}

static bool start(uint64_t *session)
{
    const struct secure_range gift = { (uint64_t)(uintptr_t)pages_alloc(GIFT_PAGES, PAGE_SIZE), GIFT_PAGES };
    uint64_t size = (uint64_t)(keymaker_image_end - keymaker_image_start), pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;
    const struct secure_range file = { (uint64_t)(uintptr_t)pages_alloc(pages, PAGE_SIZE), pages };
    struct trustlet_started started;

    memcpy((void *)(uintptr_t)file.gpa, keymaker_image_start, size);
    return trustlet_donate(&gift, 1) == SECURE_STATUS_SUCCESS &&
           trustlet_start(&file, 1, size, &started) == SECURE_STATUS_SUCCESS &&
           trustlet_open(keymaker, started.instance, session) == SECURE_STATUS_SUCCESS;
}

int mode_delay(const struct mode_context *context)
{
    uint64_t session, idle, from, ticks;
    uint32_t data = KEY_BITS, status = 1;
    size_t size = sizeof(data);
    bool good;

    (void)context;
    if (vsm_state() != VSM_READY || !report("start", start(&session), 0, 0)) {
        return 1;
    }
    idle = idle_delay();
    report("idle-delay", true, idle, idle);
    this_processor()->worst_tick = 0;
    from = this_processor()->ticks;
    good = trustlet_invoke(session, KEYMAKER_MAKE, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           data >= KEY_MINIMUM;
    ticks = this_processor()->ticks - from;
    report("key", good, data, KEY_MINIMUM);
    report("ticks", ticks > 0 && trustlet_yields() > 0, trustlet_yields(), ticks);
    return report("key-delay", good, worst_delay(), idle) ? 0 : 1;
}
