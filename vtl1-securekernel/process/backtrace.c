/*
 * How a thread came to where its process ends. RIP and the frame pointers are
 * ring 3's and may be anything, a secret too (a return address that was
 * overwritten with one); only addresses of the image's code are told, as
 * offsets, so nothing of the trustlet's data and none of its random places
 * leaves with them.
 */
#include <sk/process_internal.h>

#include <stddef.h>

#include <sk/thread.h>
#include <sk/user_memory.h>

/* What RBP points at in code compiled with frame pointers (System V ABI, AMD64 supplement, "The Stack Frame"). */
struct frame {
    uint64_t previous, return_address;
};

static bool in_code(const struct process *process, uint64_t address)
{
    return address >= process->image_base && address - process->image_base < IUM_IMAGE_MAX_SIZE &&
           user_range_ok(process, address, 1, IUM_EXECUTE);
}

static uint64_t offset_in_code(const struct process *process, uint64_t address)
{
    return in_code(process, address) ? address - process->image_base : SECURE_FAULT_NOWHERE;
}

static void walk(const struct thread *thread, struct secure_fault_info *why)
{
    const struct process *process = thread->process;
    uint64_t at = thread->context.rbp;
    struct frame frame;

    while (why->frame_count < SECURE_FAULT_FRAMES && at % sizeof(uint64_t) == 0 &&
           user_copy_in(process, &frame, at, sizeof(frame)) && in_code(process, frame.return_address)) {
        why->frames[why->frame_count++] = (uint32_t)(frame.return_address - process->image_base);
        if (frame.previous <= at) {
            break;
        }
        at = frame.previous;
    }
}

void thread_fault(struct thread *thread, uint32_t vector, uint32_t exit_code)
{
    struct secure_fault_info why = { .vector = vector, .exit_code = exit_code, .rip_offset = SECURE_FAULT_NOWHERE };

    /* When a call is over its time, VTL0 chose the moment: where the trustlet was then is a secret, or depends on one. */
    if (vector != FAULT_VECTOR_TIME) {
        why.rip_offset = offset_in_code(thread->process, thread->context.rip);
    }
    if (vector != FAULT_VECTOR_TIME && thread->process->state != PROCESS_LOADING) {
        walk(thread, &why);
    }
    process_end(thread->process, &why);
}
