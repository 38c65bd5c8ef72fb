#include "console.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <lib/format.h>

#include "port.h"

#define COM1 0x3F8u

static const char *current;
static unsigned checks, failures, tests, failed_tests;

void console_init(void)
{
    port_out8(COM1 + 1, 0);
    port_out8(COM1 + 3, 0x80);
    port_out8(COM1, 1);
    port_out8(COM1 + 1, 0);
    port_out8(COM1 + 3, 3);
    port_out8(COM1 + 2, 7);
}

static void put(char c)
{
    while ((port_in8(COM1 + 5) & 0x20) == 0) {
    }
    port_out8(COM1, (uint8_t)c);
}

void say(const char *text, ...)
{
    char line[256];
    va_list arguments;

    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    for (const char *c = line; *c != '\0'; c++) {
        put(*c);
    }
    put('\r');
    put('\n');
}

void check_that(bool condition, const char *what, const char *file, int line)
{
    checks++;
    if (!condition) {
        failures++;
        say("# %s:%d: %s", file, line, what);
    }
}

static void test_ends(void)
{
    if (current != NULL) {
        tests++;
        failed_tests += failures != 0;
        say("%s %u - %s (%u checks)", failures != 0 || checks == 0 ? "not ok" : "ok", tests, current, checks);
    }
}

void test_begins(const char *name)
{
    test_ends();
    current = name;
    checks = failures = 0;
}

bool tests_end(void)
{
    test_ends();
    current = NULL;
    say("@bench done tests=%u failed=%u", tests, failed_tests);
    return tests != 0 && failed_tests == 0;
}
