/* Own invariants. A broken one stops this processor and refuses every later secure call; input from VTL0 or ring 3 never breaks one. */
#pragma once

_Noreturn void check_failed(const char *file, int line);

#define CHECK(condition)                          \
    do {                                          \
        if (!(condition)) {                       \
            check_failed(__FILE_NAME__, __LINE__); \
        }                                         \
    } while (0)
