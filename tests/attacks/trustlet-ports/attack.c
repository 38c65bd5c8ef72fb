/* Ports by a trustlet, whose TSS has no permission map and whose IOPL is 0. */
#include "attack_trustlet.h"

#include <vtl0/x86.h>

#define POST_PORT  0x80u /* nothing happens there, whoever writes */
#define FLAG_CARRY 1u
#define FLAG_IOPL  0x3000u

/* The same instructions in a ring 0. */
static void by_ring0(const struct attack *attack, struct attack_result *result)
{
    uint8_t value;

    (void)attack;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"(POST_PORT));
    __asm__ volatile("outb %b0, %w1" : : "a"(0), "d"(POST_PORT));
    result->outcome = OUTCOME_OK;
    attack_detail(result, "port=0x%x", value);
}

ATTACK("trustlet-ports",
    TRUSTLET_ROW("trustlet-ports-by-ring0", by_ring0, NULL, 0, EXPECT_OK),
    TRUSTLET_CONTROL("trustlet-ports-carry", "port-flags", FLAG_CARRY),
    TRUSTLET_REFUSED("trustlet-ports-iopl", "port-flags", FLAG_IOPL),
    TRUSTLET_KILLED("trustlet-ports-post-read", "port-read", POST_PORT, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-ports-post-write", "port-write", POST_PORT, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-ports-com1", "port-read", 0x3FD, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-ports-com2", "port-read", 0x2FD, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-ports-a20", "port-write", 0x92, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-ports-configuration", "port-write", 0xCF8, KILLED_BY_GP),
);
