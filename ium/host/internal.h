/* Between the parts of ium/host. */
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include <abi/ium.h>

/* Where EXIT goes: back into the harness call that is running. */
struct host_exit {
    jmp_buf back;
    bool armed;
    uint32_t code;
};
extern struct host_exit host_exit;

/* Does the manifest allow it? */
bool host_allows(enum ium_syscall number);

/* Begins and ends the call that IS_CANCELLED is asked about. */
void host_call_begins(void);
void host_call_ends(void);

/* A thread that CREATE_THREAD made and that waits; the newest one, as the secure kernel chooses. NULL: none. */
struct host_thread *host_thread_waiting(void);

/* Gives it the call and takes the reply. False: EXIT. */
bool host_thread_serve(struct host_thread *thread, struct ium_call *call);

/* Is this code run by such a thread? */
bool host_thread_is_self(void);

/* EXIT of such a thread. */
_Noreturn void host_thread_exit(void);

/* Ends them all. Not from such a thread. */
void host_threads_end(void);

/* Who the trustlet is told it is. */
void host_identity(struct ium_identity *identity);

/* Takes back every block: the process has ended. */
void host_heap_end(void);
