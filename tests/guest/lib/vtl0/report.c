#include "guest.h"

#include <lib/format.h>

#define COM1 0x3F8u

static unsigned failures, lines;
static unsigned notes, failed_notes;
static char first_failure[160];

static void put(char c)
{
    while ((in8(COM1 + 5) & 0x20) == 0) {
        pause();
    }
    out8(COM1, (uint8_t)c);
}

static void put_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        put(*c);
    }
    put('\r');
    put('\n');
}

void say(const char *text, ...)
{
    char line[320];
    va_list arguments;

    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    put_line(line);
}

static bool report_text(const char *id, bool ok, const char *text)
{
    lines++;
    failures += !ok;
    say("@openvsm test id=%s outcome=%s detail=%s", id, ok ? "ok" : "failed", text[0] == '\0' ? "-" : text);
    return ok;
}

bool report(const char *id, bool ok, const char *detail, ...)
{
    char text[200];
    va_list arguments;

    va_start(arguments, detail);
    format_v(text, sizeof(text), detail, arguments);
    va_end(arguments);
    return report_text(id, ok, text);
}

bool note(bool ok, const char *detail, ...)
{
    va_list arguments;

    notes++;
    if (!ok && failed_notes++ == 0) {
        va_start(arguments, detail);
        format_v(first_failure, sizeof(first_failure), detail, arguments);
        va_end(arguments);
    }
    return ok;
}

void report_notes(const char *id)
{
    if (failed_notes == 0) {
        report(id, notes != 0, "checks:%u", notes);
    } else {
        report(id, false, "failed:%u-of-%u,first:%s", failed_notes, notes, first_failure);
    }
    notes = failed_notes = 0;
}

bool report_all_passed(void)
{
    return lines != 0 && failures == 0 && failed_notes == 0;
}
