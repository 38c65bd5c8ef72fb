/* The TLB lock as VTL1 holds it, and what it sees of VTL0's flushes meanwhile. */
#include <guest/x86.h>

#include "cpu.h"

#define LIMIT_CYCLES (UINT64_C(10) << 30) /* a test that hangs must end by itself */

/* Of all rounds so far. A round's flushes are awaited in held before they begin. */
static uint64_t tickets, begun, completed, held;

static uint64_t load(const uint64_t *value)
{
    return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

static bool wait_until(const uint64_t *value, uint64_t at_least)
{
    uint64_t end = read_tsc() + LIMIT_CYCLES;

    while (load(value) < at_least && read_tsc() < end) {
        pause();
    }
    return load(value) >= at_least;
}

static bool lock(uint64_t way)
{
    uint64_t config = 0;

    if (way == HOLD_TRANSLATE) {
        return translate_locked(0) == HV_STATUS_SUCCESS;
    }
    return set_register(0, HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0, HV_VSM_SECURE_CONFIG_TLB_LOCKED) == HV_STATUS_SUCCESS
        && get_register(0, HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0, &config) == HV_STATUS_SUCCESS
        && config == HV_VSM_SECURE_CONFIG_TLB_LOCKED;
}

uint64_t flushes_hold(uint64_t way, uint64_t count, uint64_t loops, uint64_t *begun_by_now)
{
    uint64_t before = load(&held), seen;

    if (!lock(way)) {
        return UINT64_MAX;
    }
    __atomic_store_n(&held, before + count, __ATOMIC_SEQ_CST);
    wait_until(&begun, before + count);
    for (uint64_t n = 0; n < loops; n++) {
        pause();
    }
    seen = load(&completed) - before;
    *begun_by_now = load(&begun) - before;
    if (way == HOLD_UNLOCK) {
        set_register(0, HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0, 0);
        wait_until(&completed, before + count);
        seen |= (load(&completed) - before) << 32;
    }
    return seen;
}

uint64_t flushes_step(uint64_t end)
{
    if (end == 0) {
        wait_until(&held, __atomic_add_fetch(&tickets, 1, __ATOMIC_SEQ_CST));
        return __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
    }
    return __atomic_add_fetch(&completed, 1, __ATOMIC_SEQ_CST);
}
