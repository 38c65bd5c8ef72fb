/* Reads and parses \EFI\openvsm\openvsm.conf. False: one error line was printed. */
#pragma once

#include "config.h"

bool config_load(struct config *config);
