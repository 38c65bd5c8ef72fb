/*
 * A ring-3 process: one address space, one set of registers, one image. It
 * has no thread of its own: it runs inside a secure call, on whatever
 * processor made it, until it waits for the next call or ends. Its struct has a
 * page of its own, so there are as many processes as there is memory. All
 * functions: under kernel_lock, or on the first processor at boot.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>
#include <abi/secure_call.h>

#include <sk/gpa.h>
#include <sk/user_context.h>

#define PROCESS_MAPPINGS 24u

enum process_state {
    PROCESS_LOADING = 1, /* the IUM loader runs: LOADER system calls */
    PROCESS_STARTING, /* the image runs, but has not waited for its first call */
    PROCESS_WAITING,  /* in WAIT_CALL */
    PROCESS_SERVING,  /* runs a call */
    PROCESS_ENDED,    /* its pages are wiped and gone */
};

/* One range of ring 3's addresses and what may be done there. */
struct mapping {
    uint64_t base;
    uint64_t size;   /* 0: slot unused */
    uint32_t rights; /* enum ium_rights */
};

struct process {
    struct process *next;   /* ascending instances */
    gpa_t page;             /* where this struct is */
    uint64_t instance;      /* never zero, never used twice in a boot */
    enum process_state state;
    bool started_by_vtl0;   /* and may be ended by it; the others are the machine's owner's */
    struct signed_image_header image;
    uint8_t measurement[32];
    const uint8_t *payload; /* while LOADING: the verified ELF file */
    uint64_t payload_size;
    uint64_t pages;         /* mapped, without tables */
    gpa_t root;
    struct mapping mappings[PROCESS_MAPPINGS];
    struct user_context context;
    uint64_t call_address;  /* while WAITING: the struct ium_call it waits with */
    uint32_t call_capacity; /* while SERVING: what its client takes */
    struct secure_fault_info fault; /* when ENDED */
    bool starved;           /* a mapping failed for want of memory */
    bool ended_loading;     /* when ENDED: the image never ran, the loader refused it or faulted */
    uint32_t session_count;
};

/* What a process is made from; the caller has checked the signature. */
struct process_image {
    struct signed_image_header header;
    uint8_t measurement[32];
    const void *payload; /* stays until the process has started or ended */
    uint64_t payload_size;
};

/* Do the header's limits fit a process? */
bool process_image_usable(const struct signed_image_header *header);

/* A process that will run a usable image through the IUM loader. NULL: no memory. */
struct process *process_create(const struct process_image *image);

/* Runs a new process until it waits for its first call. False: it ended instead; ended_loading tells who ended it. */
bool process_start(struct process *process);

/*
 * Hands the process one call and takes its reply. call: in the request, out
 * the reply. False: the process ended; process->fault says why.
 */
bool process_call(struct process *process, struct ium_call *call);

/*
 * A process by its image's identity, and by its instance unless that is 0. One that
 * has not ended comes before one that has. NULL: none.
 */
struct process *process_find(const uint8_t identity[16], uint64_t instance);

/* The process with the lowest instance above that one. NULL: none. */
struct process *process_after(uint64_t instance);

/* Ends a process that has not ended, from outside, for VTL0. */
void process_kill(struct process *process);

/* Forgets a process that has ended and has no session. */
void process_release(struct process *process);

/* How many processes there are, ended ones included. */
uint32_t process_count(void);
