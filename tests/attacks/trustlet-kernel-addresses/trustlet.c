/* Instructions that tell where the kernel's tables are, and what is in CR0: not privileged, but for UMIP. */
#include <assailant/attack.h>

static struct {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed)) table;

static void sgdt(uint64_t number, struct assailant_report *report)
{
    (void)number;
    __asm__ volatile("sgdt %0" : "=m"(table));
    assailant_say(report, ASSAILANT_SUCCEEDED, table.base, "gdt");
}

static void sidt(uint64_t number, struct assailant_report *report)
{
    (void)number;
    __asm__ volatile("sidt %0" : "=m"(table));
    assailant_say(report, ASSAILANT_SUCCEEDED, table.base, "idt");
}

static void sldt(uint64_t number, struct assailant_report *report)
{
    (void)number;
    __asm__ volatile("sldt %0" : "=m"(table.limit));
    assailant_say(report, ASSAILANT_SUCCEEDED, table.limit, "ldt");
}

static void str(uint64_t number, struct assailant_report *report)
{
    (void)number;
    __asm__ volatile("str %0" : "=m"(table.limit));
    assailant_say(report, ASSAILANT_SUCCEEDED, table.limit, "task-register");
}

static void smsw(uint64_t number, struct assailant_report *report)
{
    uint64_t value;

    (void)number;
    __asm__ volatile("smsw %0" : "=r"(value));
    assailant_say(report, ASSAILANT_SUCCEEDED, value, "cr0");
}

static void cs(uint64_t number, struct assailant_report *report)
{
    uint16_t value;

    (void)number;
    __asm__ volatile("mov %%cs, %0" : "=r"(value));
    assailant_say(report, ASSAILANT_SUCCEEDED, value, "cs");
}

TRUSTLET_ATTACKS(trustlet_kernel_addresses, { "addresses-sgdt", sgdt }, { "addresses-sidt", sidt }, { "addresses-sldt", sldt },
                 { "addresses-str", str }, { "addresses-smsw", smsw }, { "addresses-cs", cs });
