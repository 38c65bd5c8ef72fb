/*
 * VTL0's side of the public interface (TLFS), as far as starting VTL1 needs
 * it: a hypercall page of our own, four hypercalls, and VTL call. Works under
 * any hypervisor that offers VSM; knows nothing of OpenVSM's.
 */
#pragma once

#include <hv/types.h>

#include <abi/tlfs.h>

struct vsm_client {
    uint64_t pages;     /* the hypercall page, then the page of hypercall inputs and outputs */
    uint64_t vtl_call;  /* address of the VTL call entry in the hypercall page */
};

/* Sets GUEST_OS_ID and the hypercall page, learns the entry points. False: one error line. */
bool vsm_client_open(struct vsm_client *client);

/* Turns the hypercall page off, GUEST_OS_ID back to 0, wipes and frees the pages. */
void vsm_client_close(struct vsm_client *client);

/* HvCallEnablePartitionVtl for VTL1, without MBEC. The status. */
uint16_t vsm_enable_partition_vtl1(const struct vsm_client *client);

/* HvCallEnableVpVtl for VTL1 on the processor that calls. The status. */
uint16_t vsm_enable_vp_vtl1(const struct vsm_client *client, const struct hv_initial_vp_context *context);

/* One VTL call with `argument` in RDX; what VTL1 left in RAX. Callable on every processor. vtl_call.S */
uint64_t vsm_vtl_call(uint64_t entry, uint64_t argument);
