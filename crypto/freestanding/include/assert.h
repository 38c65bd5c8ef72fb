/* ISO C's assert for library code: a broken invariant stops the trustlet, in every kind of build. */
#pragma once

#define assert(condition)     \
    do {                      \
        if (!(condition)) {   \
            __builtin_trap(); \
        }                     \
    } while (0)
#define static_assert _Static_assert
