/* Which normal calls there are, and the way to VTL0 and back. Under kernel_lock but for the pure ones. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/secure_call.h>
#include <sk/thread.h>

/* May a trustlet ask for that, with a request and a capacity of these sizes? All its own words. Pure. */
bool normal_call_allowed(uint32_t number, uint32_t request_size, uint32_t reply_capacity);

/* The longest reply to an allowed call that VTL0 may give. Pure. */
uint32_t normal_call_longest_reply(uint32_t number, uint32_t reply_capacity);

/* Puts an ASKING thread's question into the answer to VTL0's call. */
void normal_call_ask(const struct thread *thread, struct secure_reply *reply);

/*
 * Takes VTL0's answer (input behind the handle, size bytes of it) for an ASKING
 * thread. SUCCESS: it may run on. BAD_REPLY: not of the form of
 * abi/normal_call.h; nothing changed, it still asks.
 */
enum secure_status normal_call_answer(struct thread *thread, const uint8_t *input, uint32_t size);
