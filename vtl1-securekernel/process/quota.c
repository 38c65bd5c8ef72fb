#include <sk/process.h>

bool process_may_have_pages(const struct process *process, uint64_t pages)
{
    uint64_t most = process->image.page_quota + process->loader_pages;

    return process->image.page_quota == 0 || (process->pages <= most && pages <= most - process->pages);
}

bool process_may_have_handle(const struct process *process)
{
    uint32_t quota = process->image.handle_quota;

    return quota == 0 || process->session_count + process->thread_count < quota;
}
