/*
 * An event whose delivery meets a protected page has not been delivered. When
 * VTL1 gives the right back it comes, exactly once (APM vol. 2, "Event Injection").
 */
#include "guest.h"

#include "intercept.h"

#include <lib/string.h>

static uint64_t intercepts(void)
{
    return vtl1_value(COMMAND_COUNT, COUNT_INTERCEPTS, 0, 0);
}

/* Code to run with the interrupt table protected. */
static void self_interrupt(void *argument)
{
    (void)argument;
    __asm__ volatile("sti" : : : "memory");
    apic_send(processor_self(), ICR_FIXED | VECTOR_TEST);
    for (unsigned i = 0; i < 100; i++) {
        pause();
    }
}

static void self_nmi(void *argument)
{
    (void)argument;
    apic_send(processor_self(), ICR_NMI);
    for (unsigned i = 0; i < 100; i++) {
        pause();
    }
}

static void software_interrupt(void *argument)
{
    (void)argument;
    __asm__ volatile("int $0x90" : : : "memory"); /* VECTOR_TEST: its end-of-interrupt finds nothing in service */
}

static void undefined(void *argument)
{
    (void)argument;
    __asm__ volatile("ud2" : : : "memory");
}

static const struct {
    const char *name;
    void (*code)(void *argument);
    volatile uint64_t *count;
    uint32_t vector; /* that the probe sees */
} events[] = {
    { "intercept-delivering-interrupt", self_interrupt, interrupt_count, 0 },
    { "intercept-delivering-nmi", self_nmi, nmi_count, 0 },
    { "intercept-delivering-software-interrupt", software_interrupt, interrupt_count, 0 },
    { "intercept-delivering-exception", undefined, ud_count, GUEST_FAULT + VECTOR_UD },
};

/* The interrupt table in a page that VTL1 protects, and nothing else in it. */
static void one_event(unsigned n, const struct table_pointer *table)
{
    uint32_t self = processor_self();
    uint64_t flags = read_rflags(), before, delivered;
    struct table_pointer old = read_idt();
    struct probe probe;

    __asm__ volatile("cli" : : : "memory");
    vtl1(COMMAND_POLICY, POLICY_ALLOW, 0, 0);
    before = intercepts();
    delivered = events[n].count[self];
    write_idt(table);
    protect((const void *)(uintptr_t)table->base, 1, 0);
    probe_run(&probe, (const void *)(uintptr_t)events[n].code, NULL);
    write_idt(&old);
    protect((const void *)(uintptr_t)table->base, 1, HV_MAP_GPA_ALL);
    write_rflags(flags);
    note(events[n].count[self] == delivered + 1, "%s:delivered-%lu", events[n].name, events[n].count[self] - delivered);
    note(intercepts() == before + 1, "%s:intercepts-%lu", events[n].name, intercepts() - before);
    note(probe.vector == events[n].vector, "%s:vector-0x%x", events[n].name, probe.vector);
    report_notes(events[n].name);
}

void test_delivery(void)
{
    struct table_pointer table = { PAGE_SIZE - 1, (uint64_t)(uintptr_t)pages_take(1, PAGE_SIZE) };

    memcpy((void *)(uintptr_t)table.base, trap_gates, PAGE_SIZE);
    for (unsigned n = 0; n < sizeof(events) / sizeof(events[0]); n++) {
        one_event(n, &table);
    }
}
