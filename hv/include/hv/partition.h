/*
 * The one partition: what all virtual processors share. Under slat_lock:
 * pool, slat[] and the overlay fields. boot is set at launch and only read
 * afterwards; VTL1 alone writes vsm_config, and no processor twice at once.
 */
#pragma once

#include <hv/handoff.h>
#include <hv/slat.h>
#include <hv/spinlock.h>

#include <abi/tlfs.h>

#include <stdatomic.h>

/* Pages that the hypervisor writes in place and the VTL may not write meanwhile: see hv/overlay.h. */
enum overlay { OVERLAY_CODE, OVERLAY_TSC, OVERLAY_COUNT };

/* Where one lies, under slat_lock. */
struct overlay_place {
    gpa_t page;
    bool placed;
    bool claimed; /* VTL1 has decided about the page since: its rights stay */
};

/* Synthetic MSRs that are partition-wide with one instance per VTL. */
struct partition_vtl {
    uint64_t guest_os_id;
    uint64_t hypercall;
    uint64_t reference_tsc;
    _Atomic uint64_t crash[5]; /* CRASH_P0 to P4 */
    _Atomic uint64_t crash_reports;
    _Atomic uint64_t tsc_invariant; /* TSC_INVARIANT_CONTROL */
    struct overlay_place overlays[OVERLAY_COUNT];
};

struct partition {
    struct hv_handoff boot;          /* private copy */
    uint64_t window_tables;          /* pages of the pool that map high MMIO; under slat_lock */
    struct page_pool pool;
    struct spinlock slat_lock;
    struct slat slat[VTL_COUNT];
    struct partition_vtl vtl[VTL_COUNT];
    _Atomic bool vtl1_claimed;       /* EnablePartitionVtl by one of perhaps several processors at once ... */
    _Atomic bool vtl1_enabled;       /* ... has happened */
    _Atomic bool vtl1_on_any_vp;
    bool mode_based_execution;       /* EnablePartitionVtl asked for it; written before vtl1_enabled */
    _Atomic uint64_t vsm_config;     /* HvRegisterVsmPartitionConfig of VTL1 */
    _Atomic uint64_t overlays_written; /* pages, so far: what a hypercall's exit is charged for */
    _Atomic uint64_t slat_epoch;     /* counts reductions of VTL0's rights */
    _Atomic uint8_t io_intercepts[2][0x2000]; /* VTL0's reads and its writes that VTL1 wants to hear of: a bit a port */
};

extern struct partition partition;

/* HvRegisterVsmPartitionConfig, DenyLowerVtlStartup: VTL0 starts and initialises no processor. */
static inline bool partition_denies_startup(void)
{
    return (partition.vsm_config & HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP) != 0;
}

/* Builds both VTLs' tables from the handoff. Once, by the first processor. */
void partition_init(const struct hv_handoff *handoff);

/* Identity-maps whole pages with the machine's memory types. As slat_map. */
bool partition_map(struct slat *slat, uint64_t base, uint64_t size, unsigned rights);

/* Whether the page is RAM that may carry a protection (never the hypervisor's). */
bool partition_is_ram(gpa_t address);

/* Whether the address lies in the hypervisor's region. */
bool partition_is_hypervisor(gpa_t address);

/* Whether the address lies in a host bridge window above 4 GiB. */
bool partition_is_window(gpa_t address);
