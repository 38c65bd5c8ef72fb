/*
 * A secure thread: ring 3's registers, and the call it serves. VTL0 schedules:
 * a thread runs on the processor that made the call, and nowhere while nobody
 * calls. When VTL0 has an interrupt waiting it yields, and goes on when VTL0
 * resumes the call, on any processor. All functions: under kernel_lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/ium.h>
#include <abi/secure_call.h>

#include <sk/freshness_request.h>
#include <sk/gpa.h>
#include <sk/user_context.h>

struct process;

enum thread_state {
    THREAD_NEW = 1, /* not run yet, serves nothing */
    THREAD_WAITING, /* in WAIT_CALL */
    THREAD_RUNNING, /* on a processor; from here on it is inside a call */
    THREAD_YIELDED, /* interrupted inside a call */
    THREAD_ASKING,  /* in NORMAL_CALL: *call->data is the request */
};

struct thread {
    struct thread *next;
    struct process *process;
    gpa_t page, call_page;  /* where this struct and *call are */
    enum thread_state state;
    struct user_context context;
    uint64_t call_address;  /* while WAITING: the struct ium_call it waits with */
    struct ium_call *call;  /* while it serves: the request, later the reply */
    bool serving;           /* a call was handed to it and not answered */
    bool cancelled;         /* that call was */
    uint64_t time;          /* in ring 3 for that call so far, in units of 100 ns, if the process has a limit */
    uint32_t service;       /* enum secure_service of the call */
    uint64_t handle;        /* of the call as it stopped last; not zero, never used twice in a boot */
    uint64_t ask_address;   /* while ASKING: the struct ium_normal_call it asks with */
    uint32_t ask_number, ask_size, ask_capacity; /* its number, the request's bytes, the longest reply it takes */
    uint64_t buffer;        /* where it takes large calls and leaves their replies: writable for it */
    uint32_t buffer_size;   /* at most SECURE_LARGE_MAX; 0: it takes none */
    struct freshness_request freshness;
    gpa_t output[SECURE_LARGE_PAGES]; /* of a large call: VTL0's pages for the reply, as many as *call's capacity needs */
};

enum thread_end {
    THREAD_HAS_WAITED,  /* it is in WAIT_CALL; *call is the reply if it served */
    THREAD_HAS_YIELDED,
    THREAD_HAS_ASKED,
    THREAD_IS_GONE,     /* its process is ending or ended, which process->fault explains; so is the thread */
    THREAD_KERNEL_STOPPED, /* the kernel stopped meanwhile on another processor: nothing may be touched */
};

/* A thread that starts at entry. NULL: no memory, or as many as there may be. */
struct thread *thread_create(struct process *process, uint64_t entry, uint64_t stack);

/* A thread of the process that waits for a call and has a buffer of at least that size. NULL: all such serve. */
struct thread *thread_waiting(const struct process *process, uint32_t buffer_size);

/* Has the process a thread with a buffer of at least that size, whatever it does now? */
bool thread_exists(const struct process *process, uint32_t buffer_size);

/*
 * Copies between kernel and a thread's own memory, through the process's
 * addresses. The range was checked when the thread named it, so they do not fail. CR3 is the kernel's own
 * before and afterwards.
 */
void thread_put(const struct thread *thread, uint64_t to, const void *from, uint64_t size);
void thread_get(const struct thread *thread, void *to, uint64_t from, uint64_t size);

/* Gives a waiting thread its call, which the caller has put into *thread->call. It is YIELDED then. */
void thread_hand_over(struct thread *thread, uint32_t service);

/*
 * Runs a thread that is NEW or YIELDED until it waits, yields, asks or is
 * gone. kernel_lock is given up while ring 3 runs, so anything but the thread and its process may have
 * changed. CR3 is the kernel's own afterwards.
 */
enum thread_end thread_run(struct thread *thread);

/* Gives an ASKING thread its answer: status is below NORMAL_STATUS_COUNT, size at most ask_capacity. It is YIELDED then. */
void thread_answer(struct thread *thread, uint32_t status, const void *data, uint32_t size);

/* The thread whose call has that handle, which may be anything; it is YIELDED, ASKING or RUNNING. NULL: none. */
struct thread *thread_find_call(uint64_t handle);

/* How many calls are under way in trustlets. */
uint64_t thread_count_calls(void);

/* Wipes and frees every thread of a process none of whose threads runs. */
void threads_free(struct process *process);
