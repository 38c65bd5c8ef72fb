/*
 * A ring-3 process: one address space, one set of registers, one image. It
 * has no thread of its own: it runs inside a secure call, on whatever
 * processor made it, until it waits for the next call or ends. All functions:
 * under kernel_lock, or on the first processor at boot.
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
    PROCESS_NONE = 0, /* slot unused */
    PROCESS_LOADING,  /* the IUM loader runs: LOADER system calls */
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
    enum process_state state;
    struct signed_image_header image;
    const uint8_t *payload; /* the verified ELF file, in the direct map */
    uint64_t payload_size;
    gpa_t root;
    struct mapping mappings[PROCESS_MAPPINGS];
    struct user_context context;
    uint64_t call_address;  /* while WAITING: the struct ium_call it waits with */
    uint32_t call_capacity; /* while SERVING: what its client takes */
    struct secure_fault_info fault; /* when ENDED */
    bool ended_loading;     /* when ENDED: the image never ran, the loader refused it or faulted */
    uint32_t session_count;
};

/* A process that will run image, whose signature was checked, through the IUM loader. NULL: no slot or no memory. */
struct process *process_create(const struct signed_image_header *image, const void *payload, uint64_t payload_size);

/* Runs a new process until it waits for its first call. False: it ended instead; ended_loading tells who ended it. */
bool process_start(struct process *process);

/*
 * Hands the process one call and takes its reply. call: in the request, out
 * the reply. False: the process ended; process->fault says why.
 */
bool process_call(struct process *process, struct ium_call *call);

/* The process whose image has that identity, or NULL. */
struct process *process_find(const uint8_t identity[16]);

/* How many processes were created, ended ones included. */
uint32_t process_count(void);
