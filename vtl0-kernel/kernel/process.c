#include <vtl0/process.h>

#include <lib/string.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

void user_enter(struct trap_frame *frame);
_Noreturn void user_leave(void);

_Static_assert(sizeof(struct process) <= PAGE_SIZE, "a process is one page");

struct process *process_new(uint64_t rip, uint64_t rsp)
{
    struct process *process = page_alloc();

    process->root = paging_new_user();
    process->frame = (struct trap_frame){
        .rip = rip,
        .cs = SELECTOR_USER_CODE,
        .rflags = RFLAGS_RESERVED | RFLAGS_IF,
        .rsp = rsp,
        .ss = SELECTOR_USER_DATA,
    };
    return process;
}

void process_delete(struct process *process)
{
    for (uint32_t i = 0; i < process->page_count; i++) {
        page_free(process->pages[i]);
    }
    paging_free_user(process->root);
    page_free(process);
}

void *process_map(struct process *process, uint64_t address, uint64_t rights)
{
    void *page;

    if (address < USER_BASE || address >= USER_END || process->page_count == PROCESS_MAX_PAGES) {
        return NULL;
    }
    page = page_alloc();
    process->pages[process->page_count++] = page;
    paging_map(process->root, address, (uint64_t)(uintptr_t)page, rights | PTE_USER);
    return page;
}

void process_run(struct process *process)
{
    struct processor *processor = this_processor();

    if (process->state != PROCESS_READY) {
        return;
    }
    processor->process = process;
    write_cr3(process->root);
    user_enter(&process->frame);
    write_cr3(paging_kernel_root());
    processor->process = NULL;
    interrupts_on();
}

int64_t process_command(struct process *process, const char *command)
{
    process->command = command;
    process->result = -1;
    process_run(process);
    process->command = NULL;
    return process->state == PROCESS_READY ? process->result : -1;
}

void process_fault(struct trap_frame *frame, uint64_t cr2)
{
    struct process *process = this_processor()->process;

    process->state = PROCESS_FAULTED;
    process->fault = *frame;
    process->fault_address = cr2;
    user_leave();
}
