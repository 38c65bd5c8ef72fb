#include <vtl0/process.h>

#include <lib/string.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

#define ALLOCATIONS (USER_BASE + UINT64_C(0x10000000))
#define RED_ZONE    128u

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

uint64_t process_allocate(struct process *process, uint64_t pages, uint64_t rights)
{
    uint64_t address = ALLOCATIONS + process->allocated;

    for (uint64_t i = 0; i < pages; i++) {
        if (process_map(process, address + i * PAGE_SIZE, rights) == NULL) {
            return 0;
        }
    }
    process->allocated += (pages + 1) * PAGE_SIZE; /* and a page that is not there */
    return address;
}

bool process_queue(struct process *process, const struct process_work *work)
{
    if (process->work_count == PROCESS_MAX_WORK) {
        return false;
    }
    process->work[process->work_count++] = *work;
    return true;
}

/* Where it begins, as behind a call instruction. 0: there is no stack. */
static uint64_t stack_for(struct process *process, const struct process_work *work)
{
    uint64_t top = work->on_own_stack ? (process->frame.rsp - RED_ZONE) & ~UINT64_C(15) : 0;

    if (!work->on_own_stack) {
        top = process_allocate(process, 1, MAP_READ_WRITE);
        top += top != 0 ? PAGE_SIZE : 0;
    }
    return top - 8;
}

static void run_one(struct process *process, const struct process_work *work)
{
    struct trap_frame waiting = process->frame;

    process->frame.rsp = stack_for(process, work);
    process->frame.rip = work->rip;
    process->frame.rdi = work->argument;
    process_run(process);
    if (process->state == PROCESS_READY) {
        process->frame = waiting;
    }
}

void process_run_work(struct process *process)
{
    for (uint32_t i = 0; i < process->work_count; i++) {
        run_one(process, &process->work[i]);
    }
    process->work_count = 0;
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
