/*
 * Threads, for programs on raw.h. A trustlet with a table (trustlet.h) has one
 * thread: nothing of iumbase but this, ask.h, cancel.h, log.h and identity.h may
 * be used by two threads at once, neither heap nor cryptography. VTL0 decides
 * when a thread runs and may leave it anywhere for ever, inside a lock too.
 * Needs the system call CREATE_THREAD.
 */
#pragma once

#include <abi/ium.h>

/* A further thread. The memory is the program's, zeroed, and the thread's for as long as the process lives. */
struct ium_thread {
    struct ium_call call; /* buffer and buffer_size may be set, to take large calls there */
    void (*serve)(struct ium_call *call);
} __attribute__((aligned(16)));

/*
 * One thread more: from now on it serves calls beside the others, each by
 * serve(), which finds the request in *call and leaves the reply there, as
 * ium_serve does. It has a stack of the manifest's stack_pages below which
 * nothing is mapped: to run over it ends the trustlet.
 *
 * IUM_BAD_ARGUMENT: there are max_sessions threads. IUM_NO_MEMORY: no memory, IUM_MAX_THREADS,
 * or the handle_quota or page_quota is used up. IUM_UNKNOWN_SYSCALL: the
 * manifest does not name CREATE_THREAD.
 */
enum ium_status ium_thread_create(struct ium_thread *thread, void (*serve)(struct ium_call *call));
