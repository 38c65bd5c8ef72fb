#include <hv/log.h>

#include <hv/spinlock.h>
#include <hv/x86.h>

#include <lib/format.h>

#define DEBUG_PORT 0xE9

static struct spinlock log_lock = SPINLOCK_INIT;
static enum log_level threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
    threshold = level;
}

void hv_log(enum log_level level, const char *text, ...)
{
    char line[256];
    va_list arguments;

    if (level > threshold) {
        return;
    }
    va_start(arguments, text);
    format_v(line, sizeof(line), text, arguments);
    va_end(arguments);
    spin_lock(&log_lock);
    for (const char *c = "hv: "; *c != '\0'; c++) {
        out8(DEBUG_PORT, (uint8_t)*c);
    }
    for (const char *c = line; *c != '\0'; c++) {
        out8(DEBUG_PORT, (uint8_t)*c);
    }
    out8(DEBUG_PORT, '\n');
    spin_unlock(&log_lock);
}
