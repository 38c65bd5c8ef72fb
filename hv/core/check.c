#include <hv/check.h>

#include <hv/cpu.h>
#include <hv/log.h>

/* Says what broke and stops this processor; the others follow at their next request. No guest memory is printed. */
void check_failed(const char *expression, const char *file, int line)
{
    hv_log(LOG_ERROR, "error: %s:%d: %s", file, line, expression);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
