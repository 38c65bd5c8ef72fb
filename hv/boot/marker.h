/* What tells a second start of BOOTX64.EFI from the first: a protocol of our own, alive as long as the firmware's services. */
#pragma once

#include "firmware.h"

/* Whether OpenVSM already runs on this machine. */
bool marker_present(void);

/* Leaves the mark. False: the firmware refused it. */
bool marker_install(void);
