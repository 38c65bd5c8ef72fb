#include "bench.h"

#include <lib/format.h>

#include "cpu.h"

#define COM1 0x3F8
#define WAIT_LOOPS 30000000u

void bench_begin(void)
{
    outb(COM1 + 1, 0);
    outb(COM1 + 3, 0x80);
    outb(COM1 + 0, 1);
    outb(COM1 + 1, 0);
    outb(COM1 + 3, 0x03);
    outb(COM1 + 2, 0);
}

static void put(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((inb(COM1 + 5) & 0x20) == 0) {
        }
        outb(COM1, (uint8_t)*text);
        outb(0xE9, (uint8_t)*text);
    }
}

void fact(const char *id, const char *text, ...)
{
    char line[256];
    va_list arguments;

    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    put("fact ");
    put(id);
    put(" ");
    put(line);
    put("\n");
}

void need(const char *id, bool met, const char *text)
{
    put("need ");
    put(id);
    put(met ? " met " : " unmet ");
    put(text);
    put("\n");
}

/* Port 0x604 is q35's PM1a_CNT, port 0x8900 takes Bochs's own word. */
_Noreturn void bench_end(const char *why)
{
    put("end ");
    put(why);
    put("\n");
    put("\n"); /* Bochs drops what its serial port has not sent yet. */
    while ((inb(COM1 + 5) & 0x40) == 0) {
    }
    for (const char *c = "Shutdown"; *c != '\0'; c++) {
        outb(0x8900, (uint8_t)*c);
    }
    outw(0x604, 0x2000);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

bool wait_for(const volatile uint64_t *value, uint64_t at_least)
{
    for (unsigned i = 0; i < WAIT_LOOPS; i++) {
        if (*value >= at_least) {
            return true;
        }
        pause();
    }
    return false;
}
