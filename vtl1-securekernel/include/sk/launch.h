/* From a signed file to a process that waits for its first call. Under kernel_lock, or on the first processor at boot. */
#pragma once

#include <stddef.h>

#include <abi/secure_call.h>

#include <sk/process.h>

/*
 * Checks the file (in VTL1's own memory) and fills *image. SUCCESS, or
 * IMAGE_REFUSED and *refusal says why. The refusal is logged.
 */
enum secure_status launch_check(const void *file, size_t size, struct process_image *image, struct secure_refusal *refusal);

/*
 * Makes a process of a checked image and runs it until it waits. SUCCESS and
 * *process; else no process stays: NO_RESOURCES; IMAGE_REFUSED and *refusal,
 * when the IUM loader refused the file; TRUSTLET_FAULT and *fault, when the image ran and
 * ended. Each is logged.
 */
enum secure_status launch_run(const struct process_image *image, struct process **process, struct secure_refusal *refusal,
                              struct secure_fault_info *fault);
