#include <sk/check.h>

#include <sk/lock.h>
#include <sk/log.h>
#include <sk/x86.h>

void check_failed(const char *file, int line)
{
    kernel_lock_poison();
    log_line_after_fault("error: broken invariant at %s:%d; processor stopped", file, line);
    park();
}
