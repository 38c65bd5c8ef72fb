#include "traps.h"

#include <guest/x86.h>

#include "cpu.h"
#include "fuzz.h"
#include "vectors.h"

#define SELECTOR_CODE 8u
#define STUB_SIZE     32u
#define VECTORS       256u
#define FIRST_INTERRUPT 16u

struct gate {
    uint16_t low, selector, attributes, middle;
    uint32_t high, reserved;
};

struct fixup {
    uint64_t at, go_on;
};

extern const char trap_stubs[];
extern const struct fixup exception_table[], exception_table_end[];

/* Null, 64-bit code, data: the selectors the loader's context already holds. */
static const uint64_t gdt[] = { 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF };
static struct gate idt[VECTORS];

#define COM2_DATA   ((uint16_t)0x2F8)
#define COM2_STATUS ((uint16_t)0x2FD)
#define CAN_SEND    0x20u

static void out_com2(char c)
{
    while ((in8(COM2_STATUS) & CAN_SEND) == 0) {
    }
    out8(COM2_DATA, (uint8_t)c);
}

static void halt(void)
{
    for (;;) {
        __asm__ volatile("cli\n\thlt");
    }
}

/* COM2 is VTL1's: an exception that no test expects is said there, and VTL0 sees that VTL1 does not come back. */
static void say_fatal(uint64_t vector, uint64_t rip)
{
    static const char text[] = "error: unexpected exception in the test's VTL1, vector and RIP ";
    uint64_t values[2] = { vector, rip };

    for (const char *c = text; *c != '\0'; c++) {
        out_com2(*c);
    }
    for (unsigned i = 0; i < 32; i++) {
        char digit = "0123456789abcdef"[values[i / 16] >> (60 - i % 16 * 4) & 15];

        out_com2(digit);
    }
    out_com2('\n');
}

void trap(struct trap_frame *frame)
{
    if (frame->vector == VECTOR_SINT0) {
        this_cpu()->counts[COUNT_SINT0]++; /* automatically ended */
        return;
    }
    if (frame->vector == GUEST_VECTOR_TICK) {
        this_cpu()->tick_time = read_msr(HV_MSR_TIME_REF_COUNT);
        this_cpu()->ticks++;
        write_msr(HV_MSR_EOI, 0);
        return;
    }
    if (frame->vector >= FIRST_INTERRUPT && fuzz_has_run()) {
        return; /* one that it asked for, some way */
    }
    if (vectors_take(this_cpu(), frame->vector)) {
        return;
    }
    for (const struct fixup *fixup = exception_table; fixup != exception_table_end; fixup++) {
        if (fixup->at == frame->rip) {
            frame->rsi = GUEST_FAULT + frame->vector;
            frame->rip = fixup->go_on;
            return;
        }
    }
    say_fatal(frame->vector, frame->rip);
    halt();
}

void traps_load(void)
{
    struct table_pointer table = { sizeof(gdt) - 1, (uint64_t)gdt };

    __asm__ volatile("lgdt %0" : : "m"(table));
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t stub = (uint64_t)trap_stubs + i * STUB_SIZE;

        idt[i] = (struct gate){ .low = (uint16_t)stub, .selector = SELECTOR_CODE, .attributes = 0x8E00,
                                .middle = (uint16_t)(stub >> 16), .high = (uint32_t)(stub >> 32) };
    }
    table = (struct table_pointer){ sizeof(idt) - 1, (uint64_t)idt };
    write_idt(&table);
}
