/* AMD's encoding of second-level entries (AMD APM vol. 2, "Nested Paging"). */
#pragma once

#include <hv/slat.h>

/*
 * The format for slat_init. pages_1g: the processors have 1 GiB pages
 * (CPUID 8000_0001h EDX[26]). The uncached type is PAT entry 3 of the host's
 * PAT, which has to be UC (as after reset) while a guest runs.
 */
const struct slat_format *npt_format(bool pages_1g);
