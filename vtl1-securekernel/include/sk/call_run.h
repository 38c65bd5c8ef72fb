/* A call that runs in a trustlet: to its end, or until VTL0 has to have the processor. Under kernel_lock. */
#pragma once

#include <abi/secure_call.h>

#include <sk/process.h>
#include <sk/secure_call.h>
#include <sk/thread.h>

/* Bytes of output that a caller of the service has to have room for, whatever the answer will be. */
uint32_t call_least_output(uint32_t service);

/*
 * Can the process serve a call, by a thread with a buffer of at least buffer_size bytes, and is nobody else in this session
 * (0: none yet)? SUCCESS and *thread; TRUSTLET_EXITED; BUSY; BAD_SIZE: no thread of it takes so much.
 */
enum secure_status call_idle_thread(const struct process *process, uint64_t session, uint32_t buffer_size, struct thread **thread);

/* Hands *thread->call to a waiting thread and runs it. */
enum secure_status call_begin(struct thread *thread, uint32_t service, struct secure_reply *reply);

/*
 * Runs a thread's call (thread->service; for START_TRUSTLET the whole start)
 * and fills the reply: as the service says, or YIELDED and reply->call.
 */
enum secure_status call_run(struct thread *thread, struct secure_reply *reply);
