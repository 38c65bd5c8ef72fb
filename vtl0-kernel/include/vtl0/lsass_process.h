/* The kernel's hold on the "LSASS" process. Boot processor only. */
#pragma once

#include <stdbool.h>

/* Starts it at the first call; false when it is damaged or dead. */
bool lsass_start(void);

/* Sends one command (user/lsass.c lists them); true when LSASS answers 0. */
bool lsass_command(const char *command);
