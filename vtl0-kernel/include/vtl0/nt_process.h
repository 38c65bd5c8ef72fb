/*
 * Process objects, as others see them. One behind which a trustlet runs is a
 * secure process: its address space in VTL0 is empty, its threads and memory
 * are VTL1's. Boot processor only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/nt.h>
#include <vtl0/process.h>

#define NT_PROCESSES 24u
#define NT_HANDLES   16u

struct nt_handle {
    uint32_t pid;    /* 0: free */
    uint32_t access; /* granted when it was opened */
};

struct nt_process {
    uint32_t pid;            /* a multiple of 4, never used twice; 0: slot unused */
    struct process *process; /* its ring 3 in VTL0 */
    uint64_t instance;       /* of the trustlet behind it; 0: an ordinary process */
    uint32_t debugger;       /* pid; 0: none */
    struct nt_handle handles[NT_HANDLES];
};

static inline bool nt_process_is_secure(const struct nt_process *process)
{
    return process->instance != 0;
}

/* A new object for an ordinary process. NULL: no slot. */
struct nt_process *nt_process_add(struct process *process);

/* NULL: none. A pid may be anything. */
struct nt_process *nt_process_find(uint32_t pid);

/* The one with the next higher pid. NULL: none. */
struct nt_process *nt_process_after(uint32_t pid);

/* The object of a process that runs. NULL: it has none. */
struct nt_process *nt_process_of(const struct process *process);

/* The secure process of a trustlet's instance. NULL: none. */
struct nt_process *nt_process_of_instance(uint64_t instance);

/* Makes an object for each trustlet that runs and has none, and removes those whose trustlet has ended. */
void nt_secure_processes_update(void);

/* The rights that a process of that kind can be opened with. Pure. */
uint32_t nt_rights_of(bool secure);

/* What access asks for, if all of it can be had: SUCCESS and *granted, or ACCESS_DENIED. Pure. */
uint32_t nt_access_check(bool secure, uint32_t access, uint32_t *granted);

/* A handle of caller's on target. INSUFFICIENT_RESOURCES: no slot. */
uint32_t nt_handle_open(struct nt_process *caller, uint32_t pid, uint32_t granted, uint64_t *handle);

/* What a handle, which may be anything, is. INVALID_HANDLE; ACCESS_DENIED: it was not opened with all of access. */
uint32_t nt_handle_find(struct nt_process *caller, uint64_t handle, uint32_t access, uint32_t *pid);
uint32_t nt_handle_close(struct nt_process *caller, uint64_t handle);

/* *info's BasicInfo and Flags. Pure but for *process. */
void nt_process_describe(const struct nt_process *process, PROCESS_EXTENDED_BASIC_INFORMATION *info);

/*
 * What the services do once the handle is judged, and what ring 0 does without
 * a handle: all of it to the process's ring 3 in VTL0, which a secure process
 * has as well, with nothing in it.
 */
uint32_t nt_copy_memory(struct nt_process *target, uint64_t address, void *buffer, uint64_t size, bool write, uint64_t *copied);
uint32_t nt_allocate_memory(struct nt_process *target, uint64_t size, uint32_t protection, uint64_t *address);
uint32_t nt_query_memory(const struct nt_process *target, uint64_t address, uint64_t *base, uint64_t *size, uint32_t *protection);
uint32_t nt_map_image(struct nt_process *target, const void *image, uint64_t size, uint64_t *address);
uint32_t nt_create_thread(struct nt_process *target, uint64_t start, uint64_t argument);
uint32_t nt_queue_apc(struct nt_process *target, uint64_t routine, uint64_t argument);
uint32_t nt_debug(struct nt_process *target, uint32_t debugger, uint64_t *rip, uint64_t *rsp);
uint32_t nt_debug_event(const struct nt_process *target, uint32_t debugger, uint64_t *vector, uint64_t *rip);
uint32_t nt_terminate(struct nt_process *target);

/* One service of a running process. */
void nt_dispatch(struct nt_process *caller, struct user_nt_call *call);
