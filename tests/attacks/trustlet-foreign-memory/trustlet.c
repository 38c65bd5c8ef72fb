/* One access of ring 3 to one address. Nothing catches its exception. */
#include <assailant/attack.h>

#include <ium/text.h>

#define ONE_WORD UINT64_C(0xC3909090C3909090) /* NOP NOP NOP RET, twice: it may be executed too */

static uint64_t own_word = ONE_WORD;

static uint64_t target(uint64_t number)
{
    return number != 0 ? number : (uint64_t)&own_word;
}

static void read_word(uint64_t number, struct assailant_report *report)
{
    uint64_t found = *(volatile uint64_t *)target(number);

    assailant_say(report, ASSAILANT_SUCCEEDED, found, "read");
}

static void write_word(uint64_t number, struct assailant_report *report)
{
    volatile uint64_t *word = (volatile uint64_t *)target(number);

    *word = ONE_WORD;
    assailant_say(report, *word == ONE_WORD ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, *word, "written");
}

/* Zero: a function of its own. What is executed elsewhere returns, if it is code at all. */
static __attribute__((noinline)) void returns(void)
{
    __asm__ volatile("");
}

static void call_word(uint64_t number, struct assailant_report *report)
{
    void (*code)(void) = number != 0 ? (void (*)(void))number : returns;

    code();
    assailant_say(report, ASSAILANT_SUCCEEDED, (uint64_t)code, "executed");
}

TRUSTLET_ATTACKS(trustlet_foreign_memory, { "foreign-read", read_word }, { "foreign-write", write_word },
                 { "foreign-execute", call_word });
