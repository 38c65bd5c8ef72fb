/* The loop over secure calls. */
#include <ium/raw.h>

#include <ium/exit.h>
#include <ium/guard.h>
#include <ium/syscalls.h>
#include <ium/text.h>

static struct ium_call call __attribute__((aligned(16)));

/* Never returns, so it may set the canary that all functions it calls are checked by. */
void ium_main(void *heap, size_t heap_size)
{
    ium_guard_set();
    if (!trustlet.start(heap, heap_size)) {
        ium_exit(IUM_EXIT_START_REFUSED);
    }
    ium_serve_prepare(&call);
    for (;;) {
        if (ium_wait_call(&call) != IUM_SUCCESS) {
            ium_exit(IUM_EXIT_WAIT_REFUSED);
        }
        ium_serve(&call);
    }
}
