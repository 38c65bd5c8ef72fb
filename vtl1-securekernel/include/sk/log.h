/* VTL1's console: COM2, one line a call. Values of VTL0 memory, keys and register contents are never logged. */
#pragma once

#include <stddef.h>

/* Before the first log_line: programs the port. First processor only. */
void log_init(void);

/* Writes "vtl1: ", the text and a line end. text is a literal; at most 303 bytes come out. Any processor, no lock needed. */
void log_line(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* As log_line, for a processor that just faulted: does not wait for a lock that its own past may hold. */
void log_line_after_fault(const char *text, ...) __attribute__((format(printf, 1, 2)));
