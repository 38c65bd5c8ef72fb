/* What the registers accept and what they become, in both VTLs. */
#include "timers.h"

static uint32_t try_write(unsigned vtl, uint32_t msr, uint64_t value)
{
    return vtl == 0 ? try_write_msr(msr, value) : (uint32_t)vtl1(COMMAND_WRITE_MSR, msr, value, 0).r9;
}

static uint64_t read(unsigned vtl, uint32_t msr) { return vtl == 0 ? read_msr(msr) : vtl1_read(msr); }

static void refused(unsigned vtl, unsigned n)
{
    static const uint64_t bad[] = { 0x2000, 0x8000, UINT64_C(1) << 20, UINT64_C(1) << 63, HV_STIMER_DIRECT, HV_STIMER_DIRECT | 15u << 4,
                                    UINT64_MAX };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        note(try_write(vtl, CONFIG(n), bad[i]) == GP, "vtl%u-%u:0x%lx", vtl, n, bad[i]);
    }
    note(read(vtl, CONFIG(n)) == 0 && read(vtl, COUNT(n)) == 0, "vtl%u-%u:changed", vtl, n);
}

/* Far enough away never to expire here. */
static void becomes(unsigned vtl, unsigned n, uint64_t config, uint64_t count, bool config_first, uint64_t expected)
{
    uint32_t order[2] = { config_first ? CONFIG(n) : COUNT(n), config_first ? COUNT(n) : CONFIG(n) };
    uint64_t values[2] = { config_first ? config : count, config_first ? count : config };

    note(try_write(vtl, CONFIG(n), 0) == 0 && try_write(vtl, COUNT(n), 0) == 0, "vtl%u-%u:clear", vtl, n);
    note(try_write(vtl, order[0], values[0]) == 0 && try_write(vtl, order[1], values[1]) == 0, "vtl%u-%u:refused", vtl, n);
    note(read(vtl, CONFIG(n)) == expected, "vtl%u-%u:0x%lx-is-0x%lx", vtl, n, config, read(vtl, CONFIG(n)));
    note(read(vtl, COUNT(n)) == count, "vtl%u-%u:count", vtl, n);
    note(try_write(vtl, COUNT(n), 0) == 0 && (read(vtl, CONFIG(n)) & HV_STIMER_ENABLED) == 0, "vtl%u-%u:does-not-stop", vtl, n);
}

static void values(unsigned vtl, unsigned n)
{
    const uint64_t far = UINT64_C(1) << 62, on = HV_STIMER_ENABLED, automatic = HV_STIMER_AUTO_ENABLE, sint = 2u << 16;

    becomes(vtl, n, DIRECT_TEST | on, far, false, DIRECT_TEST | on);
    becomes(vtl, n, DIRECT_TEST | on, 0, false, DIRECT_TEST);                             /* no count */
    becomes(vtl, n, DIRECT_TEST, far, true, DIRECT_TEST);                                 /* nobody enabled it */
    becomes(vtl, n, DIRECT_TEST | automatic, far, true, DIRECT_TEST | automatic | on);
    becomes(vtl, n, DIRECT_TEST | automatic, 0, true, DIRECT_TEST | automatic);
    becomes(vtl, n, on, far, false, 0);                                                   /* SINT0 in message mode */
    becomes(vtl, n, automatic, far, true, automatic);
    becomes(vtl, n, sint | on | HV_STIMER_PERIODIC | HV_STIMER_LAZY, far, false, sint | on | HV_STIMER_PERIODIC | HV_STIMER_LAZY);
    becomes(vtl, n, sint | on | 0x50, UINT64_MAX, false, sint | on | 0x50);               /* a vector is ignored */
    becomes(vtl, n, DIRECT_TEST | on | HV_STIMER_PERIODIC, UINT64_MAX, false, DIRECT_TEST | on | HV_STIMER_PERIODIC);
    note(try_write(vtl, CONFIG(n), 0) == 0, "vtl%u-%u:off", vtl, n);
}

void test_rules(void)
{
    for (unsigned vtl = 0; vtl < 2; vtl++) {
        for (unsigned n = 0; n < HV_STIMERS; n++) {
            refused(vtl, n);
            values(vtl, n);
        }
    }
    report_notes("timers-rules");
    write_msr(COUNT(1), 5);
    vtl1_write(COUNT(1), 7);
    note(read_msr(COUNT(1)) == 5 && vtl1_read(COUNT(1)) == 7, "%lu-%lu", read_msr(COUNT(1)), vtl1_read(COUNT(1)));
    report_notes("timers-private");
}
