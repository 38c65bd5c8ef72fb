/* VTL0's program, started as the firmware would start it. */
#pragma once

#include "config.h"
#include "firmware.h"

/* True: it ran, or the firmware is to go on; status is what to return to the firmware. False: one error line. */
bool vtl0_start(const struct config *config, EFI_STATUS *status);
