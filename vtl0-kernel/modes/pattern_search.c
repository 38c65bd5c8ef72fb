#include <vtl0/pattern_search.h>

#include <lib/string.h>

#define MASK (UINT64_C(0x0101010101010101) * PATTERN_MASK)

/* Few of the words in memory have the bits of some window: only they are compared. */
static uint32_t bit_of(uint64_t masked)
{
    return (uint32_t)((masked ^ masked >> 29) & (PATTERN_FILTER - 1));
}

bool pattern_add(struct pattern_search *search, const uint8_t *masked, size_t size)
{
    if (size < PATTERN_MIN || size > PATTERN_MAX || search->window_count + size - 7 > PATTERN_WINDOWS) {
        return false;
    }
    for (size_t i = 0; i + 8 <= size; i++) {
        uint64_t word;
        uint32_t bit;

        memcpy(&word, masked + i, sizeof(word));
        bit = bit_of(word);
        search->windows[search->window_count].masked = word;
        search->windows[search->window_count++].pattern = search->pattern_count;
        search->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    search->pattern_count++;
    return true;
}

static void compare(const struct pattern_search *search, uint64_t masked, uint64_t at, void (*found)(uint64_t, uint32_t))
{
    for (uint32_t i = 0; i < search->window_count; i++) {
        if (search->windows[i].masked == masked) {
            found(at, search->windows[i].pattern);
            return;
        }
    }
}

/* The barrier keeps the compiler from inverting what is searched for instead. */
void pattern_look(const struct pattern_search *search, uint64_t address, size_t size, void (*found)(uint64_t at, uint32_t pattern))
{
    const volatile uint64_t *words = (const volatile uint64_t *)(uintptr_t)address;

    for (size_t i = 0; i < size / 8; i++) {
        uint64_t masked = words[i] ^ MASK;
        uint32_t bit;

        __asm__ volatile("" : "+r"(masked));
        bit = bit_of(masked);
        if ((search->filter[bit / 64] >> (bit % 64) & 1) != 0) {
            compare(search, masked, address + i * 8, found);
        }
    }
}
