/* A thread of a trustlet runs over its stack, towards another thread's. */
#include "attack_trustlet.h"

ATTACK("trustlet-stack-overflow",
    TRUSTLET_CONTROL("trustlet-stack-used", "stack-use", ASSAILANT_STACK_PAGES - 2),
    TRUSTLET_KILLED("trustlet-stack-one-page-more", "stack-use", ASSAILANT_STACK_PAGES, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-stack-two-pages-more", "stack-use", ASSAILANT_STACK_PAGES + 1, KILLED_BY_PF),
);
