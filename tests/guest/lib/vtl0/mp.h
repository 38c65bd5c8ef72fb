/* mp.c, for main.c. */
#pragma once

/* Fills processor_count; stops the test when the firmware has no MP services. */
void processors_find(void);
