#include <sk/mutant.h>
#include <sk/thread.h>

#include <stddef.h>

#include <sk/call_timer.h>
#include <sk/check.h>
#include <sk/cpu_offsets.h>
#include <sk/freshness.h>
#include <sk/handle.h>
#include <sk/kernel_space.h>
#include <sk/lock.h>
#include <sk/page_alloc.h>
#include <sk/process_internal.h>
#include <sk/reference_time.h>
#include <sk/syscall.h>
#include <sk/trap.h>
#include <sk/user_memory.h>
#include <sk/x86.h>

#define VECTOR_GP 13u

_Static_assert(sizeof(struct thread) <= PAGE_SIZE && sizeof(struct ium_call) <= PAGE_SIZE, "a page each");

/* Status flags, DF, AC and ID; neither TF nor anything of the system's (AMD APM volume 1, "RFLAGS Register"). */
#define USER_FLAGS       UINT64_C(0x240CD5)
#define FLAGS_ALWAYS_ONE UINT64_C(2)

static struct thread *new_thread(void)
{
    struct thread *thread;
    gpa_t page, call_page;

    if (!page_alloc(&page)) {
        return NULL;
    }
    if (!page_alloc(&call_page)) {
        page_free(page);
        return NULL;
    }
    thread = direct_map(page);
    *thread = (struct thread){ .page = page, .call_page = call_page, .call = direct_map(call_page), .state = THREAD_NEW,
                                .handle = handle_new() };
    return thread;
}

static bool may_have_thread(const struct process *process)
{
    return process->thread_count < IUM_MAX_THREADS && process_may_have_handle(process) &&
           process_may_have_pages(process, IUM_THREAD_PAGES);
}

struct thread *thread_create(struct process *process, uint64_t entry, uint64_t stack)
{
    struct thread *thread = may_have_thread(process) ? new_thread() : NULL;

    if (thread == NULL) {
        process->starved = true;
        return NULL;
    }
    process->pages += IUM_THREAD_PAGES;
    thread->process = process;
    thread->context = (struct user_context){ .rip = entry, .rsp = stack };
    if (mutant_is(MUTANT_THREADS_BEGIN_ANYHOW)) {
        thread->context.r15 = (uint64_t)thread;
    }
    thread->next = process->threads;
    process->threads = thread;
    process->thread_count++;
    return thread;
}

void threads_free(struct process *process)
{
    while (process->threads != NULL) {
        struct thread *thread = process->threads;
        gpa_t page = thread->page;

        process->threads = thread->next;
        freshness_forget(thread);
        if (!mutant_is(MUTANT_PAGES_LOST)) {
            page_free(thread->call_page);
            page_free(page);
        }
    }
    process->thread_count = 0;
}

struct thread *thread_waiting(const struct process *process, uint32_t buffer_size)
{
    struct thread *thread = process->threads;

    while (thread != NULL && (thread->state != THREAD_WAITING || thread->buffer_size < buffer_size)) {
        thread = thread->next;
    }
    return thread;
}

bool thread_exists(const struct process *process, uint32_t buffer_size)
{
    const struct thread *thread = process->threads;

    while (thread != NULL && thread->buffer_size < buffer_size) {
        thread = thread->next;
    }
    return thread != NULL;
}

struct thread *thread_find_call(uint64_t handle)
{
    for (struct process *process = process_after(0); process != NULL; process = process->next) {
        for (struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
            if (thread->handle == handle && thread->state >= THREAD_RUNNING) {
                return thread;
            }
        }
    }
    return NULL;
}

uint64_t thread_count_calls(void)
{
    uint64_t count = 0;

    for (struct process *process = process_after(0); process != NULL; process = process->next) {
        for (const struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
            count += thread->state >= THREAD_RUNNING;
        }
    }
    return count;
}

/* No mapping changes once the image runs, so what was in order when the thread named it still is. */
void thread_put(const struct thread *thread, uint64_t to, const void *from, uint64_t size)
{
    write_cr3(thread->process->root.value);
    CHECK(size == 0 || user_copy_out(thread->process, to, from, size));
    kernel_space_enter();
}

void thread_get(const struct thread *thread, void *to, uint64_t from, uint64_t size)
{
    write_cr3(thread->process->root.value);
    CHECK(size == 0 || user_copy_in(thread->process, to, from, size));
    kernel_space_enter();
}

void thread_hand_over(struct thread *thread, uint32_t service)
{
    uint64_t inline_size = thread->call->event == IUM_CALL_INVOKE_LARGE ? 0 : thread->call->size;

    thread->call->buffer = thread->buffer; /* what the thread named stays named */
    thread->call->buffer_size = thread->buffer_size;
    thread_put(thread, thread->call_address, thread->call, offsetof(struct ium_call, data) + inline_size);
    thread->state = THREAD_YIELDED; /* as if it had been interrupted where its WAIT_CALL returns */
    thread->context.rax = IUM_SUCCESS;
    thread->service = service;
    thread->handle = handle_new();
    thread->serving = true;
    thread->cancelled = false;
    thread->time = 0;
}

void thread_answer(struct thread *thread, uint32_t status, const void *data, uint32_t size)
{
    const uint32_t header[2] = { status, size };

    thread_put(thread, thread->ask_address + offsetof(struct ium_normal_call, status), header, sizeof(header));
    thread_put(thread, thread->ask_address + offsetof(struct ium_normal_call, data), data, size);
    thread->state = THREAD_YIELDED;
    thread->context.rax = IUM_SUCCESS;
}

/* In units of 100 ns. A call that has longer is brought back in between: its manifest may say any number, none may overflow. */
#define LONGEST_TIMER UINT64_C(600000000)

/* What is left of a call's time decides when the timer brings it back; both are in units of 100 ns. */
static void run_with_limit(struct thread *thread, uint64_t *reason)
{
    uint64_t from = reference_time(), left = thread->process->image.call_time - thread->time;

    call_timer_start(from + (left < LONGEST_TIMER ? left : LONGEST_TIMER) + 1);
    *reason = user_run(&thread->context);
    call_timer_stop();
    thread->time += reference_time() - from;
}

/* Asking for the time costs exits: only whom it limits is asked. */
static bool has_limit(const struct process *process)
{
    return process->image.call_time != 0 && process->state != PROCESS_LOADING;
}

static bool enter_ring3(struct thread *thread, uint64_t *reason)
{
    struct user_context *context = &thread->context;
    bool limited = has_limit(thread->process);

    context->rflags = (context->rflags & USER_FLAGS) | FLAGS_ALWAYS_ONE | RFLAGS_IF | (mutant_is(MUTANT_IOPL_OPEN) ? RFLAGS_IOPL : 0);
    if (mutant_is(MUTANT_RING0_TRUSTLETS)) {
        context->rflags &= ~RFLAGS_IF; /* an interrupt in ring 0 would be a system thread's */
    }
    kernel_lock_release();
    if (limited) {
        run_with_limit(thread, reason);
    } else {
        *reason = user_run(context);
    }
    return kernel_lock_acquire();
}

static bool over_time(const struct thread *thread)
{
    uint64_t limit = thread->process->image.call_time;

    return limit != 0 && thread->time > limit && !mutant_is(MUTANT_TIME_UNLIMITED);
}

/* The call timer's interrupt is nothing that VTL0 waits for; it may be a late one of another call's. */
static void interrupted(struct thread *thread)
{
    if (thread->context.fault_vector != VECTOR_CALL_TIMER) {
        thread->state = THREAD_YIELDED;
    }
}

/* From one entry of ring 3 to the next. False: the kernel has stopped. */
static bool step(struct thread *thread)
{
    uint64_t reason = USER_EXIT_FAULT;

    if (thread->context.rip >= USER_LIMIT) {
        thread_fault(thread, VECTOR_GP, 0);
        return true;
    }
    if (!enter_ring3(thread, &reason)) {
        return false;
    }
    if (!process_alive(thread->process)) {
        return true; /* it ended meanwhile: whatever this thread wants comes too late */
    }
    if (over_time(thread)) {
        thread_fault(thread, FAULT_VECTOR_TIME, 0);
    } else if (reason == USER_EXIT_SYSCALL) {
        syscall_dispatch(thread);
    } else if (reason == USER_EXIT_INTERRUPT) {
        interrupted(thread);
    } else {
        thread_fault(thread, (uint32_t)thread->context.fault_vector, 0);
    }
    return true;
}

/* A handle is good for one resumption: an answer that comes late or twice finds no call. */
static enum thread_end stopped(struct thread *thread)
{
    if (thread->state == THREAD_WAITING) {
        return THREAD_HAS_WAITED;
    }
    if (!mutant_is(MUTANT_ANSWERS_TWICE)) {
        thread->handle = handle_new();
    }
    return thread->state == THREAD_ASKING ? THREAD_HAS_ASKED : THREAD_HAS_YIELDED;
}

enum thread_end thread_run(struct thread *thread)
{
    struct process *process = thread->process;
    bool alive = true;

    thread->state = THREAD_RUNNING;
    process->running++;
    write_cr3(process->root.value);
    while (alive && thread->state == THREAD_RUNNING && process_alive(process)) {
        alive = step(thread);
    }
    kernel_space_enter();
    if (!alive) {
        return THREAD_KERNEL_STOPPED;
    }
    process->running--;
    if (!process_alive(process)) {
        if (process->running == 0) {
            process_destroy(process);
        }
        return THREAD_IS_GONE;
    }
    return stopped(thread);
}
