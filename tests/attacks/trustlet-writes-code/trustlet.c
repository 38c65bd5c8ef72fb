/* Code and constants changed after they were checked. What is written is what is there. */
#include <assailant/attack.h>

static uint8_t own_data = 0x5A;

static void write_same(volatile uint8_t *at, struct assailant_report *report)
{
    *at = *at;
    assailant_say(report, ASSAILANT_SUCCEEDED, (uint64_t)at, "written");
}

static void write_text(uint64_t number, struct assailant_report *report)
{
    write_same((volatile uint8_t *)(uintptr_t)trustlet_text + number, report);
}

static void write_rodata(uint64_t number, struct assailant_report *report)
{
    write_same((volatile uint8_t *)(uintptr_t)trustlet_rodata + number, report);
}

/* Where the pointers that the loader relocated are. */
static void write_last_constant(uint64_t number, struct assailant_report *report)
{
    write_same((volatile uint8_t *)trustlet_data - 1 - number, report);
}

static void write_data(uint64_t number, struct assailant_report *report)
{
    (void)number;
    write_same(&own_data, report);
}

TRUSTLET_ATTACKS(trustlet_writes_code, { "write-text", write_text }, { "write-rodata", write_rodata },
                 { "write-last-constant", write_last_constant }, { "write-data", write_data });
