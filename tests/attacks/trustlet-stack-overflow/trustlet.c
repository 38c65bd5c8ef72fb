/* A stack that is used up, a page at a time, and then a page more. Below it is another thread's. */
#include <assailant/attack.h>

#define PAGE 4096u

static __attribute__((noinline)) void use_stack(uint64_t bytes)
{
    volatile uint8_t page[PAGE];

    page[0] = (uint8_t)bytes;
    if (bytes > PAGE) {
        use_stack(bytes - PAGE);
    }
    page[1] = page[0]; /* nor may the call above be the last thing */
}

/* number: pages. */
static void overflow(uint64_t number, struct assailant_report *report)
{
    use_stack(number * PAGE);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "used");
}

TRUSTLET_ATTACKS(trustlet_stack_overflow, { "stack-use", overflow });
