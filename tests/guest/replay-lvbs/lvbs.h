/*
 * LVBS: a Linux kernel in VTL0 loads an image of VTL1 into memory it set aside
 * and starts it. VTL1 is one of two: the LVBS kernel (lv1.c), or litebox
 * (litebox.c). What both are asked for, and what VTL0 knows of them:
 */
#pragma once

#include "foreign.h"

/* Services: RDI = number, arguments in RSI, RDX, R8, result in R8. */
#define ENABLE_APS  0x1FFE0u /* (mask page) */
#define BOOT_APS    0x1FFE1u /* (online mask page, signal page) */
#define LOCK_REGS   0x1FFE2u /* (CR0, LSTAR): here VTL0 says what VTL1 will find */
#define END_OF_BOOT 0x1FFE3u
#define PROTECT     0x1FFE4u /* (address, bytes, mask) */
#define UNLOCK      0x1FFFFu /* the replay's own: the firmware goes on, and writes what is watched when it starts a processor */
#define AP_SIGNAL   0xDCu    /* in the signal page: the processor may make its VTL call */

#define SINT_VECTOR 0xF3u
#define CONFIG      UINT64_C(0x1F)
#define OS_ID       UINT64_C(0x8100000000040000)

/* VTL1's memory, 2 MiB aligned: the processors' blocks, one page of descriptors, one of gates, the tables, the image. */
#define AT_DESCRIPTORS 0x100000u
#define AT_GATES       0x101000u
#define AT_HYPERCALL   0x102000u
#define AT_TABLES      0x103000u
#define AT_IMAGE       0x200000u
#define SIZE_FOR(n)    (UINT64_C(0x1000000) + (n) * LARGE_PAGE)

/* Descriptors: code at 8, data at 0x10, the task at 0x18. */
#define AT_TASK 0x800u /* in that page */

/* --- of the VTL1 that is linked in --- */
void secure_boot(struct vp *vp); /* first entry of the boot processor: returns when VTL1 may leave */
void secure_ap(struct vp *vp);   /* of another */
uint64_t secure_service(struct vp *vp, uint64_t number, uint64_t a, uint64_t b, uint64_t c);
void secure_leave(struct vp *vp);
void secure_intercept(struct vp *vp);
/* What VTL0 can still do with VTL1's memory. */
extern const uint32_t secure_memory_mask;

/* --- secure.c: common to both --- */
void secure_main(struct vp *vp);
void secure_ap_main(struct vp *vp);
struct vp *secure_vp(const struct vp *vp, uint32_t index);
/* As VTL0 had it for the boot processor; RIP is the same. */
struct hv_initial_vp_context secure_context(const struct vp *of, uint64_t memory);
/* PartitionConfig, CodePageOffsets. */
void secure_partition(struct vp *vp);
void secure_secure_config(struct vp *vp, uint64_t more);
/* Reads the names from VTL0, one call each or all in one. */
void secure_read_locked(struct vp *vp, bool together, uint64_t cr0, uint64_t lstar);
void secure_lock(struct vp *vp);
void secure_unlock(struct vp *vp);
uint64_t secure_enable_aps(struct vp *vp, struct hv_initial_vp_context (*context)(const struct vp *vp, const struct vp *of));

extern const char lvbs_write_cr0[]; /* touch.S */
