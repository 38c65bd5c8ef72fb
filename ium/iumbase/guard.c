#include <ium/guard.h>

#include <crypto/entropy.h>

#include <ium/exit.h>
#include <ium/syscalls.h>

uintptr_t __stack_chk_guard;

/* The lowest byte stays zero: a string that overflows ends there before it could write the rest (or print it). */
#define GUARD_MASK (~(uintptr_t)0xFF)

/* Its own frame is older than the canary it sets. */
__attribute__((no_stack_protector)) void ium_guard_set(void)
{
    const struct entropy_source *source = entropy_processor_source();
    uint64_t word;

    if (source == NULL || !source->read(source->context, &word)) {
        ium_exit(IUM_EXIT_NO_RANDOMNESS);
    }
    __stack_chk_guard = (uintptr_t)word & GUARD_MASK;
}

void __stack_chk_fail(void)
{
    ium_exit(IUM_EXIT_STACK_SMASHED);
}
