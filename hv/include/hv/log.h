/*
 * The hypervisor's log: port 0xE9, one line a call, "hv: ...". Never guest
 * memory, never a VTL1 register, but what a VTL says itself when it crashes
 * (a bounded number of lines). ERROR is for what stops the machine, INFO
 * for launch and life-cycle, DEBUG for whoever works on the hypervisor. At
 * INFO no line but the last of a machine is caused by what VTL0 does.
 */
#pragma once

#include <stdint.h>

enum log_level { LOG_ERROR = 0, LOG_INFO = 1, LOG_DEBUG = 2 };

void log_set_level(enum log_level level);
void hv_log(enum log_level level, const char *text, ...) __attribute__((format(printf, 2, 3)));
