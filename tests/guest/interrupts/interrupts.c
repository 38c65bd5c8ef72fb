/*
 * Physical interrupts belong to VTL0 (architecture F14). One that is pending
 * when VTL1 is entered, or comes while VTL1 runs, neither stops VTL1, nor goes
 * through its interrupt table, nor is lost: VTL0 takes it once, afterwards.
 */
#include "guest.h"

#include "debug.h"

#define SPIN        2000u      /* rounds of VTL1's loop, whatever is pending */
#define LONG_SPIN   200000u
#define ROUNDS      20u
#define APIC_ISR    0x100u
#define APIC_IRR    0x200u
#define APIC_LINT0  0x350u
#define LVT_EXTINT  0x700u
#define VECTOR_WORD (VECTOR_TEST / 32 * 0x10)
#define VECTOR_BIT  (1u << VECTOR_TEST % 32)

#define PIC_COMMAND ((uint16_t)0x20)
#define PIC_DATA    ((uint16_t)0x21)
#define PIT_COUNTER ((uint16_t)0x40)
#define PIT_MODE    ((uint16_t)0x43)

static volatile uint64_t helper_go, helper_done, helper_stop, helper_in_time;

static void open_for_a_moment(void)
{
    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

static bool wait_pending(void)
{
    for (unsigned i = 0; i < 1000000; i++) {
        /* In service: acknowledged below VTL0, and kept for it. */
        if (((apic_read(APIC_IRR + VECTOR_WORD) | apic_read(APIC_ISR + VECTOR_WORD)) & VECTOR_BIT) != 0) {
            return true;
        }
        pause();
    }
    return false;
}

/* With IF = 0: VTL1 runs to its end with IF as asked for, and VTL0 takes exactly one interrupt behind it. */
static void one_is_held(const char *name, bool vtl1_open)
{
    uint64_t before = interrupt_count[0];
    uint64_t ran = vtl1_value(COMMAND_SPIN, SPIN, vtl1_open, 0);

    note(ran == SPIN, "%s:vtl1-ran-%lu", name, ran);
    note(interrupt_count[0] == before, "%s:taken-with-IF-0", name);
    open_for_a_moment();
    note(interrupt_count[0] == before + 1, "%s:taken-%lu", name, interrupt_count[0] - before);
    for (unsigned i = 0; i < 100; i++) {
        open_for_a_moment();
    }
    note(interrupt_count[0] == before + 1, "%s:again-%lu", name, interrupt_count[0] - before);
}

static void test_local(bool vtl1_open)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        __asm__ volatile("cli" : : : "memory");
        apic_send(processor_self(), ICR_FIXED | VECTOR_TEST);
        note(wait_pending(), "not-pending");
        one_is_held("local", vtl1_open);
        note((apic_read(APIC_ISR + VECTOR_WORD) & VECTOR_BIT) == 0, "in-service");
        __asm__ volatile("sti" : : : "memory");
    }
    report_notes(vtl1_open ? "interrupts-local-open" : "interrupts-local-closed");
}

/* The 8259 with IRQ 0 at VECTOR_TEST; the firmware keeps its time by the local APIC. */
static void pic_start(void)
{
    static const struct { uint16_t port; uint8_t value; } writes[] = {
        { PIC_COMMAND, 0x11 }, { PIC_DATA, VECTOR_TEST }, { PIC_DATA, 4 }, { PIC_DATA, 1 }, { PIC_DATA, 0xFE },
        { PIT_MODE, 0x30 }, { PIT_COUNTER, 0x00 }, { PIT_COUNTER, 0x02 },
    };

    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        out8(writes[i].port, writes[i].value);
    }
}

static bool pic_wait(void)
{
    out8(PIC_COMMAND, 0x0A); /* reads of the command port: requests */
    for (unsigned i = 0; i < 1000000; i++) {
        if ((in8(PIC_COMMAND) & 1) != 0) {
            return true;
        }
        pause();
    }
    return false;
}

static void test_8259(bool vtl1_open)
{
    uint32_t lint0 = apic_read(APIC_LINT0);

    for (unsigned i = 0; i < ROUNDS; i++) {
        __asm__ volatile("cli" : : : "memory");
        apic_write(APIC_LINT0, LVT_EXTINT);
        pic_start();
        note(pic_wait(), "not-requested");
        one_is_held("8259", vtl1_open);
        out8(PIC_COMMAND, 0x20);
        out8(PIC_DATA, 0xFF);
        apic_write(APIC_LINT0, lint0);
        __asm__ volatile("sti" : : : "memory");
    }
    report_notes(vtl1_open ? "interrupts-8259-open" : "interrupts-8259-closed");
}

/* On processor 1: an interrupt for processor 0 while that is in VTL1. */
static void helper(void *argument)
{
    uint64_t done = 0;

    (void)argument;
    while (helper_stop == 0) {
        if (helper_go > done) {
            while (vtl1_value(COMMAND_SPINNING, 0, 0, 0) == 0 && helper_stop == 0) {
                pause();
            }
            apic_send(0, ICR_FIXED | VECTOR_TEST);
            helper_in_time += vtl1_value(COMMAND_SPINNING, 0, 0, 0); /* sent, and VTL1 is still in its loop */
            done = helper_go;
            helper_done = done;
        }
        pause();
    }
}

static void test_from_another(bool vtl1_open)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t before = interrupt_count[0];

        __asm__ volatile("cli" : : : "memory");
        helper_go++;
        note(vtl1_value(COMMAND_SPIN, LONG_SPIN, vtl1_open, 0) == LONG_SPIN, "vtl1-stopped");
        note(interrupt_count[0] == before, "taken-with-IF-0");
        note(wait_for(&helper_done, helper_go) && wait_pending(), "not-sent");
        open_for_a_moment();
        note(interrupt_count[0] == before + 1, "taken-%lu", interrupt_count[0] - before);
        __asm__ volatile("sti" : : : "memory");
    }
    note(helper_in_time >= ROUNDS / 2, "only-%lu-came-while-vtl1-ran", helper_in_time);
    helper_in_time = 0;
    report_notes(vtl1_open ? "interrupts-while-open" : "interrupts-while-closed");
}

void guest_test(void)
{
    test_debug();
    for (unsigned vtl1_open = 0; vtl1_open < 2; vtl1_open++) {
        test_local(vtl1_open);
        test_8259(vtl1_open);
    }
    if (processor_count < 2) {
        return;
    }
    report("interrupts-helper", processor_start(1, helper, NULL), "-");
    for (unsigned vtl1_open = 0; vtl1_open < 2; vtl1_open++) {
        test_from_another(vtl1_open);
    }
    helper_stop = 1;
    report("interrupts-end", processor_wait(1), "-");
}
