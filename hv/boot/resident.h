/*
 * The resident hypervisor, as boot builds it in its reserved region: image,
 * stacks, page tables, handoff and one struct hv_launch per processor.
 */
#pragma once

#include "acpi.h"
#include "page_map.h"
#include "region.h"

#include <hv/handoff.h>

struct resident {
    struct region region;
    struct page_map map;
    uint64_t launch_page; /* boot memory, freed by resident_forget_launch_page */
    uint64_t stacks;      /* address of the first stack page */
    uint64_t entry;       /* linear, in HV_VA_IMAGE */
    struct hv_handoff *handoff;
    struct hv_launch *launches; /* one per processor */
};

/* Reserves the region, sized for the machine's RAM. False: one error line. */
bool resident_reserve(struct resident *resident);

/* Copies the image, builds the address space. False: one error line. */
bool resident_build(struct resident *resident, const struct processors *processors);

/* Fills the handoff; RAM is read from the firmware's map now, vtl1 is added to it (size 0: none). False: one error line. */
bool resident_fill_handoff(struct resident *resident, const struct processors *processors, const struct acpi_facts *acpi,
                           const struct region *vtl1, uint32_t log_level, uint32_t mutant);

/* Linear address, in the hypervisor's address space, of something in the region. */
uint64_t resident_va(const struct resident *resident, const void *pointer);

/* Linear address of a processor's main stack top. */
uint64_t resident_stack_top(uint32_t processor);

/* After the last processor is in. */
void resident_forget_launch_page(struct resident *resident);
