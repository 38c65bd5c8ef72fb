#include <sk/guard.h>

#include <crypto/entropy.h>

#include <abi/ium.h>

#include <sk/lock.h>
#include <sk/log.h>
#include <sk/x86.h>

uintptr_t __stack_chk_guard;

static bool drawn;

/* Its own frame is older than the canary it sets. */
__attribute__((no_stack_protector)) void guard_draw(void)
{
    const struct entropy_source *source = entropy_processor_source();
    uint64_t word;

    if (source != NULL && source->read(source->context, &word)) {
        __stack_chk_guard = (uintptr_t)word & IUM_CANARY_MASK;
        drawn = true;
    }
}

bool guard_is_drawn(void)
{
    return drawn;
}

void __stack_chk_fail(void)
{
    kernel_lock_poison();
    log_line_after_fault("error: stack smashed before 0x%lx; processor stopped", (uint64_t)__builtin_return_address(0));
    park();
}
