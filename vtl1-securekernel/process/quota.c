#include <sk/process.h>

bool process_may_have_pages(const struct process *process, uint64_t pages)
{
    uint32_t quota = process->image.page_quota;

    return quota == 0 || (process->pages <= quota && pages <= quota - process->pages);
}

bool process_may_have_handle(const struct process *process)
{
    uint32_t quota = process->image.handle_quota;

    return quota == 0 || process->session_count + process->thread_count < quota;
}
