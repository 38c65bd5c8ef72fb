/*
 * The initial context of a virtual processor's VTL1 (TLFS,
 * "HV_INITIAL_VP_CONTEXT"), as a client states it and as both vendors'
 * processors enter it.
 */
#pragma once

#include <abi/tlfs.h>

#include <stdbool.h>

/* Puts the context in the form that an entry wants. False: no processor could be in that state. */
bool vp_context_prepare(struct hv_initial_vp_context *context);
