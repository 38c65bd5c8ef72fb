/*
 * What VTL1 finds in its region at its first entry (abi/boot_block.h), and the
 * processor state it begins with. Pure: the region's address is its pointer.
 */
#pragma once

#include "ranges.h"
#include "region.h"
#include "vtl1_files.h"

#include <abi/tlfs.h>

struct vtl1_entry {
    gpa_t boot_block;
    struct hv_initial_vp_context context;
};

/*
 * Fills the zeroed region from the checked files. ram: all RAM, the region
 * included. root: what the TPM gave, or zero; the caller wipes it. NULL: done, and entry says how to enter. Otherwise what is wrong.
 */
const char *vtl1_region_fill(struct region *region, const struct vtl1_files *files, const struct range_list *ram,
                             uint32_t processors, const struct image_owner *owner, const struct vtl1_boot_root *root,
                             struct vtl1_entry *entry);
