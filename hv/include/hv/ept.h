/* Intel's encoding of second-level entries (SDM vol. 3C, "The Extended Page Table Mechanism"). */
#pragma once

#include <hv/slat.h>

/*
 * The format for slat_init. pages_1g: the processors have 1 GiB pages in
 * second-level tables (IA32_VMX_EPT_VPID_CAP bit 17). mode_based: they have
 * mode-based execute control. The memory type stands
 * in each leaf and replaces the MTRRs ("EPT and Memory Typing").
 */
const struct slat_format *ept_format(bool pages_1g, bool mode_based);
