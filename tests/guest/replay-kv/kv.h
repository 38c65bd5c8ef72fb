#pragma once

#include "foreign.h"

#define ENTRY_CONFIG UINT64_C(0x1F) /* protection on, R, W and X by default */
#define SINT_VECTOR  0x23u

/* What VTL1 runs at a call, with the processor's block; the two VTLs share all memory. */
void run_in_vtl1(void (*thunk)(struct vp *vp));
struct vp *kv_vp(uint32_t index);

/* negative.c: before there is a VTL1. */
void kv_negative(bool fast);
/* protect.c: masks and the intercept message. */
void kv_protections(void);
/* touch.S: loads its 8 bytes, stores to them, calls it: the page is in RAX, and the registers noted at `noted`. */
extern const char kv_read[], kv_write[], kv_execute[], kv_read_at[], kv_write_at[];

extern volatile uint64_t kv_intercepts;
extern uint8_t kv_message[240]; /* the payload that VTL1's handler kept */
