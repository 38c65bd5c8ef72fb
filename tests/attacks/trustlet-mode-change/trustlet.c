/* Other ways into ring 0, or into code of another size: SYSENTER and far transfers, by every selector there might be. */
#include <assailant/attack.h>

#define SELECTORS 0x10000u


static void sysenter(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("sysenter" : : "c"(0), "d"(0) : "memory");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "returned");
}

/* Of 64 bits (Intel SDM volume 2, "JMP"), for a trustlet is above 4 GiB. */
static void far_jump(uint64_t number, struct assailant_report *report)
{
    struct {
        uint64_t offset;
        uint16_t selector;
    } __attribute__((packed)) pointer = { 0, (uint16_t)number };

    __asm__ volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n\trex.W ljmp *%0\n1:" : "+m"(pointer) : : "rax", "memory");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "there");
}

static void far_call(uint64_t number, struct assailant_report *report)
{
    struct {
        uint32_t offset;
        uint16_t selector;
    } __attribute__((packed)) pointer = { 0, (uint16_t)number };

    __asm__ volatile("lcall *%0" : : "m"(pointer) : "memory");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "there");
}

/* LAR answers only for what may be loaded: ring 3's two segments. */
static void selectors(uint64_t number, struct assailant_report *report)
{
    uint64_t found = 0;

    for (uint32_t selector = 0; selector < SELECTORS; selector++) {
        uint32_t rights;
        bool visible;

        __asm__ volatile("lar %2, %0" : "=r"(rights), "=@ccz"(visible) : "r"(selector));
        found += visible;
        (void)rights;
    }
    if (found < number) {
        assailant_say(report, ASSAILANT_BROKEN, found, "selectors");
    } else {
        assailant_say(report, found > number ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, found, "selectors");
    }
}

TRUSTLET_ATTACKS(trustlet_mode_change, { "mode-sysenter", sysenter }, { "mode-far-jump", far_jump }, { "mode-far-call", far_call },
                 { "mode-selectors", selectors });
