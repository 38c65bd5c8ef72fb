/* VTL1 as VTL0 sees it: booting it, calling it, being intercepted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/secure_call.h>
#include <abi/tlfs.h>

#include "region.h"

struct machine {
    struct region region;
    uint8_t *stack;                 /* of the stub's handler */
    struct secure_call_frame *frame; /* one page of VTL0's */
};

struct cpu;

extern struct machine machine;

/* Boots VTL1 from nothing with these trustlets. Returns the status of its first VTL return. */
uint64_t machine_boot(const struct image *trustlets, uint32_t count);

/* The first VTL call of processor 1, on this processor; processor 0 is current again afterwards. Returns its status. */
uint64_t machine_boot_second(void);

/* A VTL call with RDX = address. Returns RAX; checks that every other register came back as it was. */
uint64_t machine_call(uint64_t address);

/* A call with machine.frame, service and sizes set here; the rest of the frame as the caller left it. */
uint64_t machine_service(uint32_t service, uint64_t session, uint32_t input_size, uint32_t capacity);

/* A secure intercept with this message in slot 0. True if every register, RAX and RCX included, came back as it was. */
bool machine_intercept(const struct hv_message *message);

/* Processor index's structure in VTL1, and its processes' roots (0: no such process). */
const struct cpu *machine_cpu(unsigned index);
const struct process *machine_process(unsigned index);
uint64_t machine_process_root(unsigned index);

/* Slot 0 of processor 0's message page. */
struct hv_message *machine_slot(void);
