/* Every exception of a trustlet ends that trustlet and nothing else. */
#include "attack_trustlet.h"

#define KILLED_BY_DE KILLED_BY(0)
#define KILLED_BY_DB KILLED_BY(1)
#define KILLED_BY_SS KILLED_BY(12)

/* #SS where the emulator makes no difference is #GP; QEMU has no ICEBP. */
ATTACK("trustlet-exceptions",
    TRUSTLET_CONTROL("trustlet-divides", "exception-divide", 3),
    TRUSTLET_KILLED("trustlet-divides-by-zero", "exception-divide", 0, KILLED_BY_DE),
    TRUSTLET_KILLED("trustlet-single-step", "exception-step", 0, KILLED_BY_DB),
    TRUSTLET_KILLED("trustlet-icebp", "exception-icebp", 0, KILLED_BY_DB | KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-undefined", "exception-undefined", 0, KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-stack-segment", "exception-stack-segment", 0, KILLED_BY_SS | KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-stack-pointer", "exception-stack-pointer", 0, KILLED_BY_SS | KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-jumps-nowhere", "exception-jump", 0, KILLED_BY_GP),
    TRUSTLET_REFUSED("trustlet-misaligned", "exception-misaligned", 0),
);
