/*
 * A ring-3 process: one thread, run to its next wait by the processor that
 * calls. There is no scheduler; the kernel decides when a process runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vtl0/trap.h>
#include <vtl0/user_call.h>

#define PROCESS_MAX_PAGES 256u
#define PROCESS_MAX_WORK  4u

/* What others gave a process to do: a thread's start, or a routine on its own thread's stack while that waits. */
struct process_work {
    uint64_t rip, argument;
    bool on_own_stack;
};

enum process_state {
    PROCESS_READY,   /* has not run, or waits for a command */
    PROCESS_EXITED,  /* by system call; exit_code is valid */
    PROCESS_FAULTED, /* by an exception; fault is valid */
};

struct process {
    struct trap_frame frame; /* where it goes on */
    uint64_t root;           /* its page tables */
    enum process_state state;
    int64_t exit_code;
    struct trap_frame fault;
    uint64_t fault_address;
    uint64_t session;        /* with the vault; 0 = none yet */
    const char *command;     /* for the next USER_CALL_WAIT */
    int64_t result;          /* what the process answered to the last command */
    uint64_t allocated;      /* bytes that process_allocate gave */
    struct process_work work[PROCESS_MAX_WORK];
    uint32_t work_count;
    void *pages[PROCESS_MAX_PAGES];
    uint32_t page_count;
};

/* A process without memory, entered at rip with the given stack. Its own page tables; never fails. */
struct process *process_new(uint64_t rip, uint64_t rsp);

/* Wipes and frees everything. The process must not be running. */
void process_delete(struct process *process);

/* A fresh zeroed page at a user address, rights as PTE bits; NULL when the address or the budget is bad. */
void *process_map(struct process *process, uint64_t address, uint64_t rights);

/* Fresh zeroed pages somewhere; their address, or 0: no room. */
uint64_t process_allocate(struct process *process, uint64_t pages, uint64_t rights);

/* Loads a static ELF64 image and a stack. NULL when the image is damaged. */
struct process *process_load(const uint8_t *image, size_t size);

/* Runs until it waits, exits or faults. */
void process_run(struct process *process);

/* Keeps work for process_run_work. False: as much waits as may. */
bool process_queue(struct process *process, const struct process_work *work);

/* Runs a waiting process's work, each to its USER_CALL_END_WORK; it waits again afterwards, unless it exited or faulted. */
void process_run_work(struct process *process);

/* Gives a waiting process a command line and runs it to its next wait; its answer, or -1 when it died. */
int64_t process_command(struct process *process, const char *command);

/* Ring 3 raised an exception on this processor: ends its process. */
_Noreturn void process_fault(struct trap_frame *frame, uint64_t cr2);

/*
 * Copies between a process's memory and the kernel: how many bytes, before the
 * first that is not the process's own, or not writable.
 */
size_t process_copy(const struct process *process, uint64_t address, void *kernel, size_t size, bool write);

/*
 * Copies between the running process and the kernel. False, with nothing
 * promised about the buffer, when any byte is not the process's own.
 */
bool user_copy_in(void *to, uint64_t from, size_t size);
bool user_copy_out(uint64_t to, const void *from, size_t size);
