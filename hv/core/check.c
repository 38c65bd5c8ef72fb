#include <hv/check.h>

#include <hv/cpu.h>
#include <hv/log.h>

/*
 * Says what broke, makes every other processor park at its next exit, and
 * stops. Nothing more: what broke may be what a longer path would need.
 */
void check_failed(const char *expression, const char *file, int line)
{
    hv_log(LOG_ERROR, "error: %s:%d: %s does not hold; the machine is stopped", file, line, expression);
    for (uint32_t i = 0; i < HV_MAX_PROCESSORS; i++) {
        if (cpus[i] != NULL) {
            atomic_fetch_or(&cpus[i]->public.requests, REQUEST_PARK);
        }
    }
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
