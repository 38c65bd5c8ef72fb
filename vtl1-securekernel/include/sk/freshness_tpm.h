/*
 * Freshness in NV memory of the TPM. One operation at a time, and one thread more that waits for its turn; whoever asks drives them both
 * by one command at most, and never waits for the TPM. Under kernel_lock.
 */
#pragma once

#include <sk/thread.h>

/* Goes on with what is under way, and with thread->freshness when it is its turn: its status is not IUM_AGAIN once it is answered. */
void freshness_tpm_serve(struct thread *thread);

/* Nobody waits any more for what the thread wants. Under way, it ends with the command the TPM has now. */
void freshness_tpm_forget(const struct thread *thread);
