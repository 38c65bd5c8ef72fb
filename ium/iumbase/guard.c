#include <ium/guard.h>

#include <abi/ium.h>
#include <crypto/entropy.h>

#include <ium/exit.h>
#include <ium/syscalls.h>

uintptr_t __stack_chk_guard;

/* Its own frame is older than the canary it sets. */
__attribute__((no_stack_protector)) void ium_guard_set(void)
{
    const struct entropy_source *source = entropy_processor_source();
    uint64_t word;

    if (source == NULL || !source->read(source->context, &word)) {
        ium_exit(IUM_EXIT_NO_RANDOMNESS);
    }
    __stack_chk_guard = (uintptr_t)word & IUM_CANARY_MASK;
}

void __stack_chk_fail(void)
{
    ium_exit(IUM_EXIT_STACK_SMASHED);
}
