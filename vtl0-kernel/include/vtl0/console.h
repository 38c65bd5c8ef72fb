/*
 * The console on COM1. Output may come from any processor and any context
 * that is not already printing; input is the boot processor's business.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void console_init(void);
void console_write(const char *text, size_t size);
void console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From a dying processor: takes no lock, so it always gets out. */
void console_panic_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Waits for one line (CR or LF ends it, not stored) and returns its length
 * without the terminator. Longer lines are cut at size - 1 and the rest is
 * dropped. Interrupts must be on: the wait sleeps between timer ticks.
 */
size_t console_read_line(char *line, size_t size, bool echo);
