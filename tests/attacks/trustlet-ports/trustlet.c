/* Ports from ring 3 of VTL1, and the flag that would open them. */
#include <assailant/attack.h>

#define IOPL UINT64_C(0x3000)

static void read_port(uint64_t number, struct assailant_report *report)
{
    uint8_t value;

    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"((uint16_t)number));
    assailant_say(report, ASSAILANT_SUCCEEDED, value, "read");
}

static void write_port(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("outb %b0, %w1" : : "a"(0), "d"((uint16_t)number));
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "written");
}

static void set_flags(uint64_t number, struct assailant_report *report)
{
    uint64_t after;

    __asm__ volatile("pushfq\n\tor %1, (%%rsp)\n\tpopfq\n\tpushfq\n\tpop %0" : "=r"(after) : "r"(number) : "memory", "cc");
    assailant_say(report, (after & number) != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, after, "flags");
}

TRUSTLET_ATTACKS(trustlet_ports, { "port-read", read_port }, { "port-write", write_port }, { "port-flags", set_flags });
