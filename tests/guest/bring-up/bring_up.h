/* A VTL1 that VTL0's program brings up wrongly, or that is hostile. Which way: the program's options. */
#pragma once

#include "foreign.h"

void test_refusals(void);   /* contexts.c, refusals.c: what is refused, and changes nothing */
void test_contexts(void);   /* before VTL1 is on any processor */
void test_not_offered(void);
void test_ends(const char *how); /* ends.c: what ends the machine; does not return */
void test_protected(const char *how); /* protected.c: a VTL1 of 32-bit code */
void test_stays(void);      /* a VTL1 that never returns, on another processor */

/* VTL1 in VTL0's program, with its page tables: a loop of thunks. */
void bring_up_here(uint32_t self);
struct hv_initial_vp_context plain_context(const struct vp *vp);
struct vp *plain_vp(uint32_t index);
void in_vtl1(void (*thunk)(struct vp *vp));
void prepare_vps(void);
/* VTL call by the instruction; 0 or GUEST_FAULT + vector. */
uint32_t try_vtl_call(void);
