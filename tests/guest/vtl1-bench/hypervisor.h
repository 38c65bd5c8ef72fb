/* The hypercalls VTL1 makes, answered and written down. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/tlfs.h>

#include "region.h"

struct hypercall_record {
    unsigned unknown;             /* calls this bench does not know */
    unsigned protected_pages;     /* distinct pages of the region VTL0 lost */
    unsigned wrong_pages;         /* pages outside the region, twice the same, or other rights than none */
    uint64_t partition_config;
    uint64_t pending_event;       /* last one set for VTL0 */
    unsigned pending_events;
    uint64_t vina;
    unsigned enabled_processors;
    uint32_t enabled_index;       /* of the last one */
    struct hv_initial_vp_context context;
};

extern struct hypercall_record hypercalls;

/* Forgets the record and takes region as the one to be protected. */
void hypervisor_reset(const struct region *region);

/* The stub's handler: a hypercall's control, input and output as VTL1 passed them. Returns the result value. */
uint64_t hypervisor_call(uint64_t control, uint64_t input, uint64_t output);
