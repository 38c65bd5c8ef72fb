#include <sk/mutant.h>
#include <sk/process.h>

bool process_may_have_pages(const struct process *process, uint64_t pages)
{
    uint64_t most = process->image.page_quota + process->loader_pages;

    return mutant_is(MUTANT_PAGES_UNLIMITED) || process->image.page_quota == 0 ||
           (process->pages <= most && pages <= most - process->pages);
}

bool process_may_have_handle(const struct process *process)
{
    uint32_t quota = process->image.handle_quota;

    return mutant_is(MUTANT_HANDLES_UNLIMITED) || quota == 0 || process->session_count + process->thread_count < quota;
}
