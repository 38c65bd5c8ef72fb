/* A word left all over one's own memory, and looked for. Only half of it is in the program, so that none finds its own code. */
#include <assailant/attack.h>

#include <ium/text.h>

#define UPPER_HALF (UINT64_C(0x1EF70FE2) << 32)
#define PADS       (16u * 4096u / sizeof(uint64_t))
#define IN_STACK   1024u

static uint64_t pads[PADS];

static uint64_t word(uint64_t number)
{
    return UPPER_HALF | (uint32_t)number << 1;
}

static void fill(uint64_t *at, size_t count, uint64_t with)
{
    for (size_t i = 0; i < count; i++) {
        at[i] = with;
    }
}

static uint64_t count(const volatile uint64_t *at, size_t size, uint64_t wanted)
{
    uint64_t found = 0;

    for (size_t i = 0; i < size; i++) {
        found += at[i] == wanted;
    }
    return found;
}

static __attribute__((noinline)) void fill_stack(uint64_t with)
{
    uint64_t on_stack[IN_STACK];

    fill(on_stack, IN_STACK, with);
    __asm__ volatile("" : : "r"(on_stack) : "memory");
}

/* What is below the stack pointer and was never written since the start. */
static __attribute__((noinline)) uint64_t count_stack(uint64_t wanted)
{
    uint64_t on_stack[IN_STACK];

    __asm__ volatile("" : "=m"(on_stack));
    return count(on_stack, IN_STACK, wanted);
}

static void leave(uint64_t number, struct assailant_report *report)
{
    size_t size;
    uint64_t *heap = (uint64_t *)(uintptr_t)assailant_heap(&size);

    fill(pads, PADS, word(number));
    fill(heap, size / sizeof(*heap), word(number));
    fill_stack(word(number));
    assailant_say(report, ASSAILANT_SUCCEEDED, size, "left");
}

static void look(uint64_t number, struct assailant_report *report)
{
    size_t size;
    const uint64_t *heap = (const uint64_t *)(uintptr_t)assailant_heap(&size);
    uint64_t found = count_stack(word(number)) + count(pads, PADS, word(number)) + count(heap, size / sizeof(*heap), word(number));

    assailant_say(report, found != 0 ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, found, "words-found");
}

TRUSTLET_ATTACKS(trustlet_leftover_memory, { "leftover-leave", leave }, { "leftover-look", look });
