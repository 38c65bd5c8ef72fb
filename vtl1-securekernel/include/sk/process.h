/*
 * A ring-3 process: one address space, one image, and its threads
 * (sk/thread.h). It does nothing by itself: its threads run inside secure calls.
 * Its struct has a page of its own, so there are as many processes as there is
 * memory. All functions: under kernel_lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>
#include <abi/secure_call.h>

#include <sk/gpa.h>

#define PROCESS_MAPPINGS 32u /* image, heap, the loader's, and a stack for each thread */

enum process_state {
    PROCESS_LOADING = 1, /* the IUM loader runs: LOADER system calls */
    PROCESS_STARTING,    /* the image runs, but has not waited for its first call */
    PROCESS_READY,
    PROCESS_ENDING,      /* over, but a thread of it still runs on some processor */
    PROCESS_ENDED,       /* its pages are wiped and gone */
};

/* One range of ring 3's addresses and what may be done there. */
struct mapping {
    uint64_t base;
    uint64_t size;   /* 0: slot unused */
    uint32_t rights; /* enum ium_rights */
};

struct thread;

struct process {
    struct process *next;   /* ascending instances */
    gpa_t page;             /* where this struct is */
    uint64_t instance;      /* never zero, never used twice in a boot */
    enum process_state state;
    bool started_by_vtl0;   /* and may be ended by it; the others are the machine's owner's */
    struct signed_image_header image;
    uint8_t measurement[SIGNED_IMAGE_HASH_SIZE];
    const uint8_t *payload; /* while LOADING: the verified ELF file */
    uint64_t payload_size;
    uint64_t pages;         /* mapped and its threads', without tables: what page_quota counts */
    uint64_t loader_pages;  /* of these, the loader's: page_quota does not count them */
    gpa_t root;
    uint64_t image_base, heap_base, stack_top; /* each at random */
    struct mapping mappings[PROCESS_MAPPINGS];
    struct thread *threads;
    uint32_t thread_count;
    uint32_t running;       /* threads that are on a processor now */
    struct secure_fault_info fault; /* when ENDING or ENDED */
    bool starved;           /* a mapping failed for want of memory */
    bool over_quota;        /* a mapping failed because of page_quota */
    bool ended_loading;     /* when ENDED: the image never ran, the loader refused it or faulted */
    uint32_t session_count;
};

/* Bytes by chance for one process. To draw them takes long: it is not done under kernel_lock. */
struct process_random {
    uint64_t canary;   /* of the IUM loader's stack protector */
    uint32_t pages[3]; /* how far image, heap and stack are moved up */
};

/* What a process is made from; the caller has checked the signature. */
struct process_image {
    struct process_random random;
    bool has_random; /* else there is no process */
    struct signed_image_header header;
    uint8_t measurement[SIGNED_IMAGE_HASH_SIZE];
    const void *payload; /* stays until the process has started or ended */
    uint64_t payload_size;
};

/* May it have that many pages more, by its page_quota? */
bool process_may_have_pages(const struct process *process, uint64_t pages);

/* May it have a session or a thread more, by its handle_quota? */
bool process_may_have_handle(const struct process *process);

/* Do the header's limits fit a process, and heap, stacks and a page of image its page_quota? */
bool process_image_usable(const struct signed_image_header *header);

/* A process with one thread that will run a usable image through the IUM loader. NULL: no memory. */
struct process *process_create(const struct process_image *image);

/* The top of the stack that the kernel has for a process's thread; number 0 is the first one. */
uint64_t process_stack_top(const struct process *process, uint32_t number);

/* Is it neither ending nor ended? */
static inline bool process_alive(const struct process *process)
{
    return process->state < PROCESS_ENDING;
}

/*
 * A process by its image's identity, and by its instance unless that is 0. One that
 * has not ended comes before one that has. NULL: none.
 */
struct process *process_find(const uint8_t identity[16], uint64_t instance);

/* The process with the lowest instance above that one. NULL: none. */
struct process *process_after(uint64_t instance);

/* Ends a living process, for VTL0. It is ENDED then, or ENDING while a thread of it runs on another processor. */
void process_kill(struct process *process);

/* Forgets a process that has ended and has no session. */
void process_release(struct process *process);

/* How many living processes have that identity. */
uint32_t process_instances(const uint8_t identity[16]);

/* How many processes there are, ended ones included. */
uint32_t process_count(void);
