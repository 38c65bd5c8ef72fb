#include <vtl0/nt_process.h>

#include <vtl0/trustlet.h>

/* It runs when the kernel runs the target's pending work next: nobody is preempted here. */
uint32_t nt_create_thread(struct nt_process *target, uint64_t start, uint64_t argument)
{
    const struct process_work work = { .rip = start, .argument = argument };

    return process_queue(target->process, &work) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

uint32_t nt_queue_apc(struct nt_process *target, uint64_t routine, uint64_t argument)
{
    const struct process_work work = { .rip = routine, .argument = argument, .on_own_stack = true };

    return process_queue(target->process, &work) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

uint32_t nt_debug(struct nt_process *target, uint32_t debugger, uint64_t *rip, uint64_t *rsp)
{
    if (target->debugger != 0) {
        return STATUS_ACCESS_DENIED;
    }
    target->debugger = debugger;
    *rip = target->process->frame.rip;
    *rsp = target->process->frame.rsp;
    return STATUS_SUCCESS;
}

uint32_t nt_debug_event(const struct nt_process *target, uint32_t debugger, uint64_t *vector, uint64_t *rip)
{
    if (target->debugger != debugger) {
        return STATUS_ACCESS_DENIED;
    }
    if (target->process->state != PROCESS_FAULTED) {
        return STATUS_NO_MORE_ENTRIES;
    }
    *vector = target->process->fault.vector;
    *rip = target->process->fault.rip;
    return STATUS_SUCCESS;
}

/* A trustlet's end is VTL1's: it ends those that VTL0 started, and no others. */
uint32_t nt_terminate(struct nt_process *target)
{
    if (nt_process_is_secure(target)) {
        return trustlet_end(target->instance) == SECURE_STATUS_SUCCESS ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    }
    target->process->state = PROCESS_EXITED;
    return STATUS_SUCCESS;
}
