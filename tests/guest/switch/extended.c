/*
 * What XSAVE manages is shared, and XCR0 with it (TLFS, "Private State", does
 * not name them): it passes every kind of switch, in both directions.
 */
#include <guest/extended.h>

#include "guest.h"

#include "switch.h"

#define MSR_APIC_BASE 0x1Bu
#define X2APIC_EOI    0x80Bu
#define X2APIC_SVR    0x80Fu
#define X2APIC_SELF   0x83Fu
#define VECTOR        0x34u
#define X87_ONLY      UINT64_C(1)

void extended_around(const void *sent, void *got, uint64_t components, void (*action)(void)); /* around.S */

static uint64_t components;
static uint8_t *sent, *got, *protected_page;
static struct probe probe;

static void ping(void) { vtl1(COMMAND_PING, 0, 0, 0); }

/* VTL1 hears of it by an intercept and gives the page back. */
static void touch_protected(void) { probe_run(&probe, probe_read, protected_page); }

/* VTL1 goes back, and is entered again for the interrupt that it has raised, before VTL0 runs. */
static void raise_in_vtl1(void) { vtl1(COMMAND_WRITE_MSR, X2APIC_SELF, VECTOR, 0); }

static void protect_page(void)
{
    vtl1(COMMAND_POLICY, POLICY_ALLOW, 0, 0);
    note(protect(protected_page, 1, 0) == HV_STATUS_SUCCESS, "protect");
}

static void end_interrupt(void) { vtl1(COMMAND_WRITE_MSR, X2APIC_EOI, 0, 0); }
static void style_0(void) { vtl1(COMMAND_RETURN_STYLE, 0, 0, 0); }
static void style_direct(void) { vtl1(COMMAND_RETURN_STYLE, GUEST_RETURN_DIRECT, 0, 0); }
static void style_fast(void) { vtl1(COMMAND_RETURN_STYLE, GUEST_RETURN_FAST, 0, 0); }
static void style_fast_direct(void) { vtl1(COMMAND_RETURN_STYLE, GUEST_RETURN_FAST | GUEST_RETURN_DIRECT, 0, 0); }

static const struct {
    const char *id;
    uint32_t reason;
    void (*before)(void), (*action)(void), (*after)(void);
} switches[] = {
    { "switch-extended-call-and-return", HV_VTL_ENTRY_VTL_CALL, style_0, ping, style_0 },
    { "switch-extended-direct-return", HV_VTL_ENTRY_VTL_CALL, style_direct, ping, style_0 },
    { "switch-extended-fast-return", HV_VTL_ENTRY_VTL_CALL, style_fast, ping, style_0 },
    { "switch-extended-fast-direct-return", HV_VTL_ENTRY_VTL_CALL, style_fast_direct, ping, style_0 },
    { "switch-extended-intercept", HV_VTL_ENTRY_INTERRUPT, protect_page, touch_protected, style_0 },
    { "switch-extended-interrupt", HV_VTL_ENTRY_INTERRUPT, style_0, raise_in_vtl1, end_interrupt },
};

/* No byte is that of a register's initial state, or of its neighbour; every register is in use. */
static void fill_image(uint8_t salt)
{
    for (unsigned i = 0; i < EXTENDED_PAGE; i++) {
        sent[i] = 0;
    }
    *(uint16_t *)sent = 0x27F; /* exceptions masked, double precision */
    sent[4] = 0xFF;            /* no x87 register is empty */
    *(uint32_t *)(sent + EXTENDED_MXCSR_AT) = 0x3F80; /* masked, rounding down */
    *(uint64_t *)(sent + 512) = components;
    for (unsigned n = 0; n < 8; n++) {
        uint32_t at, size;

        if ((components >> n & 1) != 0) {
            extended_place(n, &at, &size);
            for (uint32_t i = 0; i < size; i++) {
                sent[at + i] = extended_is_register(n, i) ? (uint8_t)(i * 7 + i / 16 * 37 + n * 29 + salt) : 0;
            }
        }
    }
}

static void compare(const char *what, const uint8_t *expected, const uint8_t *image)
{
    note(expected[0] == image[0] && expected[1] == image[1], "%s:x87-control-0x%x%02x", what, image[1], image[0]);
    note(*(uint32_t *)(expected + EXTENDED_MXCSR_AT) == *(uint32_t *)(image + EXTENDED_MXCSR_AT), "%s:mxcsr-0x%x", what,
         *(uint32_t *)(image + EXTENDED_MXCSR_AT));
    for (unsigned n = 0; n < 8; n++) {
        uint32_t at, size;

        if ((components >> n & 1) == 0) {
            continue;
        }
        extended_place(n, &at, &size);
        note(size != 0, "component-%u-has-no-place", n);
        for (uint32_t i = 0; i < size; i++) {
            note(!extended_is_register(n, i) || expected[at + i] == image[at + i], "%s:component-%u,byte-%u:0x%x", what, n, i,
                 image[at + i]);
        }
    }
}

/* What VTL1 has kept, word by word, into the page that held VTL0's own before. */
static void fetch_seen(uint8_t *to)
{
    for (unsigned i = 0; i < EXTENDED_PAGE / 8; i++) {
        ((uint64_t *)to)[i] = vtl1_value(COMMAND_PEEK, i, 0, 0);
    }
}

static void registers_pass(unsigned n, uint8_t *seen)
{
    uint64_t flags = read_rflags();

    fill_image((uint8_t)(n * 53));
    switches[n].before();
    vtl1(COMMAND_TURN_EXTENDED, switches[n].reason, 0, 0);
    __asm__ volatile("cli" : : : "memory"); /* the firmware uses vector registers */
    extended_around(sent, got, components, switches[n].action);
    write_rflags(flags);
    switches[n].after();
    fetch_seen(seen);
    note(((uint64_t *)seen)[EXTENDED_XCR0_WORD] == components, "xcr0-seen:0x%lx", ((uint64_t *)seen)[EXTENDED_XCR0_WORD]);
    compare("seen", sent, seen);
    extended_turn(sent, components);
    compare("back", sent, got);
}

static void xcr0_passes(unsigned n)
{
    switches[n].before();
    vtl1(COMMAND_TURN_EXTENDED, switches[n].reason, X87_ONLY, 0);
    switches[n].action();
    switches[n].after();
    note(read_xcr0() == X87_ONLY, "xcr0-back:0x%lx", read_xcr0());
    write_xcr0(components);
}

static void every_switch(void)
{
    uint8_t *seen = pages_take(1, PAGE_SIZE);

    for (unsigned n = 0; n < sizeof(switches) / sizeof(switches[0]); n++) {
        registers_pass(n, seen);
        xcr0_passes(n);
        report_notes(switches[n].id);
    }
}

void test_extended(void)
{
    uint64_t old_cr4 = read_cr4(), old_xcr0, old_base = vtl1_value(COMMAND_READ_MSR, MSR_APIC_BASE, 0, 0);

    components = extended_components();
    /* Which they are differs from machine to machine: test_guest.py knows what each emulator has. */
    if (!report("switch-extended-components", components != 0, "0x%lx", components)) {
        return;
    }
    sent = pages_take(1, PAGE_SIZE);
    got = pages_take(1, PAGE_SIZE);
    protected_page = pages_take(1, PAGE_SIZE);
    protection_on();
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, old_base | 0x400, 0);
    vtl1(COMMAND_WRITE_MSR, X2APIC_SVR, 0x1FF, 0);
    write_cr4(old_cr4 | CR4_OSXSAVE);
    old_xcr0 = read_xcr0();
    write_xcr0(components);
    every_switch();
    write_xcr0(old_xcr0);
    write_cr4(old_cr4);
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, old_base & ~UINT64_C(0x800), 0);
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, old_base, 0);
}
