#include <sk/handle.h>
#include <sk/mutant.h>

static uint64_t last;

uint64_t handle_new(void)
{
    last++;
    return mutant_is(MUTANT_HANDLES_REPEAT) ? last % 16 + 1 : last;
}
