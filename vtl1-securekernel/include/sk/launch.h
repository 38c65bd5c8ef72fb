/* From a signed file to a process, and what to say of one that did not come as far as its first wait. Under kernel_lock. */
#pragma once

#include <stddef.h>

#include <abi/secure_call.h>

#include <sk/process.h>

/*
 * Checks the file (in VTL1's own memory) and fills *image. SUCCESS, or
 * IMAGE_REFUSED and *refusal says why. The refusal is logged.
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
