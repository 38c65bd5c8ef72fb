/* Between process.c, thread.c and the system calls: the steps of a process's life. */
#pragma once

#include <sk/process.h>
#include <sk/user_context.h>

/* Begins a living process's end and keeps why. */
void process_end(struct process *process, const struct secure_fault_info *why);

/*
 * Ends the thread's process at the instruction the thread is at, with the way
 * it came there. The process's tables are in CR3.
 */
void thread_fault(struct thread *thread, uint32_t vector, uint32_t exit_code);

/* Wipes and frees all of an ENDING process none of whose threads runs. CR3 is the kernel's own. */
void process_destroy(struct process *process);

/*
 * From loader to image: the loader's pages go, stack and heap come, *context
 * is where the image starts. False: bad entry or no memory, nothing changed to be seen.
 */
bool process_enter_image(struct process *process, uint64_t entry, struct user_context *context);

/* What secure_fault_info says for a process that ended by EXIT, was ended by VTL0, or had a call over its call_time. */
#define FAULT_VECTOR_EXIT   0xFFFFFFFFu
#define FAULT_VECTOR_KILLED 0xFFFFFFFEu
#define FAULT_VECTOR_TIME   0xFFFFFFFDu
