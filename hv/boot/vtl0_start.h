/* VTL0's program, loaded before the launch and started after it as the firmware would start it. */
#pragma once

#include "config.h"
#include "firmware.h"

struct vtl0_program {
    const char *name;  /* its path, the configuration's */
    EFI_HANDLE image;  /* NULL: the firmware goes on instead */
    CHAR16 *options;   /* stays allocated while the program runs: it reads them when it likes */
    size_t options_size;
};

/* Loads the program with its options. False: one error line, nothing held. */
bool vtl0_load(const struct config *config, struct vtl0_program *program);

/* For failures before the launch. */
void vtl0_unload(struct vtl0_program *program);

/* Starts it. When it comes back: the status to return to the firmware. */
EFI_STATUS vtl0_run(struct vtl0_program *program);
