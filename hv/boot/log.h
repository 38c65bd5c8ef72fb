/*
 * What boot says: each line goes to the firmware's console and, before the
 * hypervisor takes the port away, to the debug port 0xE9. Boot processor only.
 */
#pragma once

#include <stdint.h>

enum log_level { LOG_ERROR = 0, LOG_INFO = 1, LOG_DEBUG = 2 };

/* Lines above the level are dropped from then on. Until the first call: LOG_INFO. */
void log_set_level(uint32_t level);

/* One line "boot: ...". */
void log_info(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* One line "error: ...". The caller gives up and says nothing more about it. */
void log_error(const char *text, ...) __attribute__((format(printf, 1, 2)));
