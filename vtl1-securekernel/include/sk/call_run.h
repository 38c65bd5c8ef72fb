/* A call that runs in a trustlet: to its end, or until VTL0 has to have the processor. Under kernel_lock. */
#pragma once

#include <abi/secure_call.h>

#include <sk/secure_call.h>
#include <sk/thread.h>

/* Bytes of output that a caller of the service has to have room for, whatever the answer will be. */
uint32_t call_least_output(uint32_t service);

/*
 * Runs a thread's call (thread->service; for START_TRUSTLET the whole start)
 * and fills the reply: as the service says, or YIELDED and reply->call.
 */
enum secure_status call_run(struct thread *thread, struct secure_reply *reply);
