/* Segment descriptors, from the processor's form to the TLFS's; pure. */
#pragma once

#include <abi/tlfs.h>

/*
 * The descriptor that selector names in a descriptor table of limit + 1 bytes.
 * A null selector, or one behind the limit, gives attributes 0, base 0, limit 0
 * (not present). system: a 16-byte descriptor (TR, LDTR).
 */
struct hv_x64_segment_register segment_decode(const uint8_t *table, uint16_t limit, uint16_t selector, int system);
