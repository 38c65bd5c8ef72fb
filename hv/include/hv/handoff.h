/*
 * What hv/boot hands to the resident hypervisor. The boot part fills it while
 * the firmware is alive, in the reserved region; the resident part trusts it
 * (both are one image) and copies what it keeps.
 *
 * Launch, on each processor (application processors first, the boot processor
 * last): boot captures the processor's state into a struct hv_launch in the
 * region, then, in launch.S: interrupts off, EFER.NXE on, CR3 = hv_cr3,
 * RSP = that processor's main stack top, jump to the image's entry with
 *     RDI = struct hv_launch * (HV_VA_REGION address),
 *     RSI = struct hv_handoff * (HV_VA_REGION address).
 * The page with that code is identity mapped in the hypervisor's tables
 * (launch_page) and forgotten by the resident part when the last processor
 * is in. The resident part never returns there: the processor goes on in VTL0
 * at launch->context.rip with RAX = 0.
 */
#pragma once

#include <hv/layout.h>

#include <abi/tlfs.h>

#define HV_HANDOFF_MAGIC      UINT64_C(0x464F444E41485630)
#define CLOCK_SLOWEST_TSC     UINT64_C(10000001) /* the reference TSC page's scale is below 1 */
#define HV_MAX_RAM_RANGES     128u
#define HV_MAX_WINDOWS        8u

struct hv_range {
    uint64_t base;
    uint64_t size;
};

struct hv_handoff {
    uint64_t magic;
    uint64_t region_base;   /* system-physical, 2 MiB aligned; absent from both VTLs */
    uint64_t region_size;   /* multiple of 2 MiB */
    uint64_t pool_base;     /* free pages of the region, zeroed, page aligned */
    uint64_t pool_size;
    uint64_t window_table;  /* system-physical address of the page table behind HV_VA_WINDOWS */
    uint64_t hv_cr3;
    uint64_t launch_page;   /* system-physical = virtual address of the identity mapped launch page */
    uint64_t apic_base;     /* system-physical address of the local APIC page (all processors alike) */
    uint64_t tsc_frequency;  /* Hz; at least CLOCK_SLOWEST_TSC */
    uint64_t apic_frequency; /* Hz of the local APIC's timer, undivided */
    uint64_t ecam_base;     /* MCFG, segment 0; 0 where the firmware has no MCFG */
    uint32_t ecam_buses;
    uint32_t processor_count;
    uint32_t apic_ids[HV_MAX_PROCESSORS]; /* index = VP index; the boot processor is 0 */
    uint16_t pm1a_control_port;  /* FADT PM1a_CNT_BLK, 0 if none */
    uint16_t pm1b_control_port;
    uint16_t pm_block;           /* first port of the chipset's PM block, 0 if unknown */
    uint32_t log_level;          /* 0 error, 1 info, 2 debug */
    uint32_t vsm_offered;        /* 1: there may be a VTL1 in this boot */
    uint32_t mutant;             /* 0; only the mutants image knows other values */
    uint32_t ram_count;
    uint32_t window_count;
    struct hv_range ram[HV_MAX_RAM_RANGES];     /* all RAM but the region, merged, sorted; may be given to VTL1 */
    struct hv_range windows[HV_MAX_WINDOWS];    /* host bridge MMIO windows above 4 GiB */
};

struct hv_launch {
    struct hv_initial_vp_context context; /* the firmware's state; rip and rsp: where launch.S resumes */
    uint64_t dr7;
    uint32_t vp_index;
    uint32_t reserved;
};
