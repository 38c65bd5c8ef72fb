/* How a start that failed ends. The error line has been printed. */
#pragma once

#include "firmware.h"

/*
 * Nothing was taken over: the machine is switched off after a few seconds, so
 * that an unattended one ends; a key pressed meanwhile returns to the firmware.
 */
EFI_STATUS stop_before_launch(void);

/* The hypervisor has (some) processors: there is no way back, the machine is switched off. */
__attribute__((noreturn)) void stop_after_launch(void);
