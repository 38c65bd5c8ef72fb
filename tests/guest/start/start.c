/*
 * INIT, start-up and NMI that VTL0 sends through its local APIC (AMD64
 * Architecture Programmer's Manual volume 2, "Interprocessor Interrupts").
 * Wherever a processor is started, it is under the hypervisor. The firmware's
 * own use of the processors ends with this test: it runs alone.
 */
#include "guest.h"
#include "start.h"

#include <lib/string.h>

#define INTERFACE 0x31237648u /* "Hv#1" */
#define VENDOR    0x7263694Du /* "Micr" */
#define SETTLE_US 20000u
#define INIT_US   100000u /* the manual asks for 10 ms; the emulator's processors wait for one another too */

static uint8_t *pages;
static uint32_t started_at[MAX_PROCESSORS];

/* Each processor has a page of its own, so that it can be seen who came. */
static struct landing *landing_of(uint32_t index)
{
    return (struct landing *)(pages + index * PAGE_SIZE + 8);
}

static uint32_t vector_of(uint32_t index)
{
    return (uint32_t)((uintptr_t)pages / PAGE_SIZE) + index;
}

static void place(uint32_t index)
{
    memcpy(pages + index * PAGE_SIZE, trampoline, (size_t)(trampoline_end - trampoline));
}

static bool reaches(volatile uint32_t *value, uint32_t at_least)
{
    for (unsigned i = 0; i < 2000 && *value < at_least; i++) {
        delay_us(1000);
    }
    return *value >= at_least;
}

static bool beats(uint32_t index)
{
    return reaches(&landing_of(index)->beats, landing_of(index)->beats + 1);
}

/* What did not stop at once may still run a while: it must stand still over a whole period. */
static bool is_still(uint32_t index)
{
    for (unsigned i = 0; i < 50; i++) {
        uint32_t before = landing_of(index)->beats;

        delay_us(INIT_US);
        if (landing_of(index)->beats == before) {
            return true;
        }
    }
    return false;
}

static void check_landing(const char *id, uint32_t index)
{
    const struct landing *landing = landing_of(index);

    started_at[index]++;
    note(reaches(&landing_of(index)->starts, started_at[index]), "%s:processor-%u-not-started", id, index);
    note(landing->starts == started_at[index], "%s:processor-%u-starts-%u", id, index, landing->starts);
    note(landing->interface == INTERFACE && landing->vendor == VENDOR, "%s:processor-%u-left-the-hypervisor:0x%x", id, index,
         landing->interface);
    note(landing->apic_id == index, "%s:processor-%u-is-%u", id, index, landing->apic_id);
    note(beats(index), "%s:processor-%u-stands-still", id, index);
}

/* --- NMI, while the firmware still has the other processors --- */

static volatile uint64_t nmi_ready, nmi_stop;

static void wait_for_nmi(void *argument)
{
    (void)argument;
    __atomic_fetch_add(&nmi_ready, 1, __ATOMIC_SEQ_CST);
    while (nmi_stop == 0) {
        pause();
    }
}

/* Each expected once, at once; then a while to see whether one more comes. */
static void expect_nmis(const char *name, uint32_t destination, uint32_t low, uint32_t mask)
{
    uint64_t before[MAX_PROCESSORS];

    for (uint32_t i = 0; i < processor_count; i++) {
        before[i] = nmi_count[i];
    }
    apic_send(destination, low);
    for (uint32_t i = 0; i < processor_count; i++) {
        note(wait_for(&nmi_count[i], before[i] + (mask >> i & 1)), "%s:processor-%u-has-none", name, i);
    }
    delay_us(2000);
    for (uint32_t i = 0; i < processor_count; i++) {
        note(nmi_count[i] == before[i] + (mask >> i & 1), "%s:processor-%u-got-%lu", name, i, nmi_count[i] - before[i]);
    }
}

static void nmis(void)
{
    uint32_t all = (1u << processor_count) - 1;

    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, wait_for_nmi, NULL), "processor-%u", i);
    }
    note(wait_for(&nmi_ready, processor_count - 1), "processors-not-ready");
    expect_nmis("self", 0, ICR_NMI | ICR_SELF, 1);
    expect_nmis("others", 0, ICR_NMI | ICR_OTHERS, all & ~1u);
    expect_nmis("all", 0, ICR_NMI | ICR_ALL, all);
    expect_nmis("broadcast", 0xFF, ICR_NMI, all);
    expect_nmis("nobody", 0x40, ICR_NMI, 0);
    for (uint32_t i = 0; i < processor_count; i++) {
        expect_nmis("physical", i, ICR_NMI, 1u << i);
    }
    nmi_stop = 1;
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_wait(i), "processor-%u-end", i);
    }
    report_notes("start-nmi");
}

/* --- logical destinations: each processor takes an id of its own in the flat model --- */

static void take_logical_id(void)
{
    apic_write(APIC_DFR, 0xFFFFFFFF);
    apic_write(APIC_LDR, 1u << (24 + processor_self()));
}

static void wait_with_logical_id(void *argument)
{
    take_logical_id();
    wait_for_nmi(argument);
}

static void logical_nmis(void)
{
    uint32_t old_ldr = apic_read(APIC_LDR), old_dfr = apic_read(APIC_DFR), all = (1u << processor_count) - 1;

    nmi_ready = nmi_stop = 0;
    apic_write(APIC_DFR, 0xFFFFFFFF);
    apic_write(APIC_LDR, 1u << 24);
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, wait_with_logical_id, NULL), "processor-%u", i);
    }
    note(wait_for(&nmi_ready, processor_count - 1), "processors-not-ready");
    note(apic_read(APIC_LDR) >> 24 == 1, "logical-id");
    for (uint32_t mask = 1; mask <= all; mask++) {
        expect_nmis("logical", mask, ICR_NMI | ICR_LOGICAL, mask);
    }
    nmi_stop = 1;
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_wait(i), "processor-%u-end", i);
    }
    apic_write(APIC_LDR, old_ldr);
    apic_write(APIC_DFR, old_dfr);
    report_notes("start-nmi-logical");
}

/* --- INIT and start-up --- */

/* VTL1 is left at INIT time: a processor inside a VTL call is reset only when that returns. */
static void stay_in_vtl1(void *argument)
{
    volatile uint64_t *came_back = argument;

    take_logical_id(); /* the firmware's start was an INIT, which took the one of before */
    vtl1(COMMAND_STAY, 0, 0, 0);
    *came_back = 1; /* an INIT that waits for the return leaves no chance for this */
    for (;;) {
        pause();
    }
}

static void init_in_vtl1(void)
{
    static volatile uint64_t came_back;

    note(processor_start(1, stay_in_vtl1, (void *)&came_back), "start");
    for (unsigned i = 0; i < 1000 && vtl1_value(COMMAND_STAYING, 0, 0, 0) == 0; i++) {
        delay_us(1000);
    }
    note(vtl1_value(COMMAND_STAYING, 0, 0, 0) == 1, "not-in-vtl1");
    apic_send(1u << 1, ICR_INIT | ICR_LOGICAL);
    apic_send(1, ICR_STARTUP | vector_of(1));
    delay_us(SETTLE_US);
    note(vtl1_value(COMMAND_STAYING, 0, 0, 0) == 1, "left-vtl1");
    note(landing_of(1)->starts == 0, "started-before-vtl1-returned");
    vtl1(COMMAND_LET_GO, 0, 0, 0);
    check_landing("init-in-vtl1", 1);
    note(came_back == 0, "vtl0-went-on");
    report_notes("start-init-waits-for-vtl1");
}

static void physical(uint32_t index)
{
    apic_send(index, ICR_INIT);
    note(is_still(index), "processor-%u-runs-after-init", index);
    apic_send(index, ICR_NMI); /* an NMI does not start a processor */
    delay_us(1000);
    note(landing_of(index)->starts == started_at[index], "processor-%u-started-by-nmi", index);
    apic_send(index, ICR_STARTUP | vector_of(index));
    check_landing("physical", index);
    apic_send(index, ICR_STARTUP | vector_of(0)); /* to a running processor: ignored */
    delay_us(1000);
    note(beats(index) && landing_of(0)->starts == 0, "processor-%u-taken-by-second-sipi", index);
    note(landing_of(index)->starts == started_at[index], "processor-%u-restarted", index);
}

static void physical_all(void)
{
    for (uint32_t i = 1; i < processor_count; i++) {
        physical(i);
    }
    report_notes("start-physical");
}

/* The level de-assert form starts and stops nobody. */
static void deassert(void)
{
    apic_send(1, 0x8500);
    delay_us(SETTLE_US);
    note(beats(1), "stopped");
    report_notes("start-de-assert");
}

/* One start-up for all others: all land on the same page, each under the hypervisor. */
static void shorthand(void)
{
    uint32_t before = landing_of(0)->starts;

    apic_send(0, ICR_INIT | ICR_OTHERS);
    for (uint32_t i = 1; i < processor_count; i++) {
        note(is_still(i), "processor-%u-runs-after-init", i);
    }
    apic_send(0, ICR_STARTUP | ICR_OTHERS | vector_of(0));
    note(reaches(&landing_of(0)->starts, before + processor_count - 1), "starts:%u", landing_of(0)->starts - before);
    delay_us(SETTLE_US);
    note(landing_of(0)->starts == before + processor_count - 1, "starts:%u", landing_of(0)->starts - before);
    note(landing_of(0)->interface == INTERFACE, "left-the-hypervisor");
    report_notes("start-shorthand");
}

/* An INIT finds a processor by its logical id and takes the id away, so that a start-up by it finds nobody. */
static void logical(void)
{
    apic_send(1u << 1, ICR_INIT | ICR_LOGICAL); /* it had its INIT by logical id before: init_in_vtl1 */
    delay_us(SETTLE_US);
    note(beats(1), "processor-1-has-an-id-after-init");
    for (uint32_t i = 2; i < processor_count; i++) {
        apic_send(1u << i, ICR_INIT | ICR_LOGICAL);
        delay_us(INIT_US);
        apic_send(1u << i, ICR_STARTUP | ICR_LOGICAL | vector_of(0));
        delay_us(SETTLE_US);
        note(landing_of(0)->starts == 0, "processor-%u-has-an-id-after-init", i);
        apic_send(i, ICR_STARTUP | vector_of(i)); /* ignored, had the INIT not come */
        check_landing("logical", i);
    }
    report_notes("start-logical");
}

void guest_test(void)
{
    if (processor_count < 2) {
        report("start", false, "needs-two-processors");
        return;
    }
    pages = pages_take_low(MAX_PROCESSORS);
    for (uint32_t i = 0; i < processor_count; i++) {
        place(i);
    }
    nmis();
    logical_nmis();
    init_in_vtl1();
    logical();
    physical_all();
    deassert();
    shorthand();
}
