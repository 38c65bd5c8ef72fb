/*
 * From a signed file to a process, and what to say of one that did not come
 * as far as its first wait. A file of VTL0's is copied and checked by a thread
 * of the secure system process, one file at a time. Under kernel_lock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <abi/secure_call.h>

#include <sk/process.h>
#include <sk/system_thread.h>

#define LAUNCH_MAX_RANGES (SECURE_CALL_DATA_SIZE / sizeof(struct secure_range))

/*
 * Begins the launch of the size bytes (1..SIGNED_IMAGE_MAX_SIZE) in count
 * ranges, at most LAUNCH_MAX_RANGES, which are checked on the way. SUCCESS; BUSY: another file is being copied,
 * checked or loaded.
 */
enum secure_status launch_begin(const void *ranges, size_t count, uint64_t size);

/* Goes on with what was begun: ended, yielded or stopped. */
enum system_thread_end launch_run(void);

/* The handle of the launch under way, as it yielded last. 0: none. */
uint64_t launch_handle(void);

/* Is handle, which may be anything, that of a launch under way? *running: on some processor. */
bool launch_is(uint64_t handle, bool *running);

/* Ends a launch that is under way but on no processor; nothing of it stays. */
void launch_abandon(void);

/*
 * What an ended launch came to: SUCCESS and *image, its payload in the image
 * window; or IMAGE_REFUSED and *refusal, BAD_MEMORY or NO_RESOURCES, and the
 * window is empty. The refusal is logged.
 */
enum secure_status launch_result(struct process_image *image, struct secure_refusal *refusal);

/*
 * For the machine owner's own files at boot: checks the file (in VTL1's memory)
 * and fills *image. SUCCESS, or IMAGE_REFUSED and *refusal. The refusal is logged.
 */
enum secure_status launch_check(const void *file, size_t size, struct process_image *image, struct secure_refusal *refusal);

/* What a start that came to nothing leaves to say, as START_TRUSTLET's output has it. */
union launch_end {
    struct secure_refusal refusal;  /* IMAGE_REFUSED */
    struct secure_fault_info fault; /* TRUSTLET_FAULT */
};

/*
 * After a start in which the process ended: NO_RESOURCES, or IMAGE_REFUSED or
 * TRUSTLET_FAULT and *end. The process is forgotten.
 */
enum secure_status launch_failed(struct process *process, union launch_end *end);
