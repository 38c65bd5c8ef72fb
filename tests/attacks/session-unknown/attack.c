#include "attack_rows.h"

#include <abi/secure_call.h>

ATTACK("session-unknown",
    FRAME("invoke-unknown-session", attack_session, PLACE_CONTROL, SECURE_SERVICE_INVOKE),
    FRAME("close-unknown-session", attack_session, PLACE_CONTROL, SECURE_SERVICE_CLOSE_SESSION),
);
