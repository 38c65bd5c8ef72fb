/* System calls outside the mask of a signed manifest. */
#include "attack_trustlet.h"

#include <abi/ium.h>

#define BIT(name) (UINT64_C(1) << IUM_SYSCALL_##name)

/* Not in accomplice.manifest. NORMAL_CALL and CREATE_THREAD with arguments that are refused, if the call is not. */
#define ACCOMPLICE_HAS_NOT (BIT(GET_IDENTITY) | BIT(CREATE_THREAD) | BIT(IS_CANCELLED) | BIT(NORMAL_CALL) | BIT(SET_FRESHNESS) | \
                            BIT(RESET_FRESHNESS) | BIT(GET_TIME) | BIT(GET_PLATFORM))

ATTACK("trustlet-forbidden-calls",
    TRUSTLET_CONTROL("trustlet-allowed-call", "forbidden-calls", BIT(GET_IDENTITY)),
    TRUSTLET_ROW("trustlet-allowed-call-of-accomplice", attack_accomplice, "forbidden-calls", BIT(DERIVE_KEY), EXPECT_OK),
    TRUSTLET_REFUSED("trustlet-forbidden-call", "forbidden-calls", BIT(IS_CANCELLED)),
    TRUSTLET_ROW("trustlet-forbidden-calls-of-accomplice", attack_accomplice, "forbidden-calls", ACCOMPLICE_HAS_NOT, EXPECT_REFUSED),
);
