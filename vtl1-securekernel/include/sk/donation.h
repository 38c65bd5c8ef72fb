/*
 * Memory from VTL0 and back to it. A page that VTL1 takes is out of VTL0's
 * reach on every processor before VTL1 looks at it, and zeroed before anybody
 * uses it; one that goes back is zeroed while VTL0 still has no right to it.
 * Under kernel_lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/secure_call.h>

#include <sk/gpa.h>

/*
 * Takes the pages of count ranges (VTL0's words: anything) from VTL0, all or
 * none. BAD_SIZE: none, or more than SECURE_DONATION_MAX pages. BAD_MEMORY: a
 * range is not of whole pages of VTL0's RAM, overlaps another, has a page that is
 * VTL1's already, or one that the hypervisor does not let go. NO_RESOURCES: no room for VTL1's own tables.
 */
enum secure_status donation_take(const struct secure_range *ranges, uint32_t count);

/*
 * Gives up to wanted free pages back, every right with them, as up to capacity
 * ranges in *out. Returns the number of ranges.
 */
uint32_t donation_return(uint64_t wanted, struct secure_range *out, uint32_t capacity);

/* Is page, in VTL0's words, a whole page of RAM that VTL0 has and has not given? What frames and files may be in. */
bool vtl0_owns(gpa_t page);

/* Pages that were taken and not given back. */
uint64_t donation_pages(void);
