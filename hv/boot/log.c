#include "log.h"

#include "cpu.h"
#include "firmware.h"

#include <lib/format.h>

#define LOG_LINE   256u
#define DEBUG_PORT 0xE9

static uint32_t level = LOG_INFO;

void log_set_level(uint32_t new_level)
{
    level = new_level;
}

/* Emulators answer a read of the debug port with its own number; anything else means there is none. */
static void put_debug_port(const char *line)
{
    if (cpu_inb(DEBUG_PORT) != DEBUG_PORT) {
        return;
    }
    for (; *line != '\0'; line++) {
        cpu_outb(DEBUG_PORT, (uint8_t)*line);
    }
    cpu_outb(DEBUG_PORT, '\n');
}

static void put_console(const char *line)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *console = firmware.table->ConOut;
    CHAR16 wide[LOG_LINE + 2];
    size_t length = 0;

    if (console == NULL) {
        return;
    }
    for (; *line != '\0'; line++) {
        wide[length++] = (CHAR16)(unsigned char)*line;
    }
    wide[length++] = L'\r';
    wide[length++] = L'\n';
    wide[length] = L'\0';
    console->OutputString(console, wide);
}

static void put_line(const char *prefix, const char *text, va_list arguments)
{
    char line[LOG_LINE];
    size_t length = format(line, sizeof(line), "%s: ", prefix);

    format_v(line + length, sizeof(line) - length, text, arguments);
    put_debug_port(line);
    put_console(line);
}

void log_info(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    if (level >= LOG_INFO) {
        put_line("boot", text, arguments);
    }
    va_end(arguments);
}

void log_error(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    put_line("error", text, arguments);
    va_end(arguments);
}
