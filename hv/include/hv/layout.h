/*
 * The hypervisor's own address space, built by hv/boot while the firmware is
 * alive and only changed afterwards in the window slots. Nothing of it is
 * mapped in a guest.
 *
 *   HV_VA_IMAGE    the image, at its linked address: text RX, rodata R, data RW
 *   HV_VA_REGION   the reserved region, linear, RW NX, without the image's
 *                  pages and the stacks' pages
 *   HV_VA_STACKS   per processor HV_STACK_STRIDE bytes: guard page, NMI stack,
 *                  guard page, double fault stack, guard page, main stack
 *   HV_VA_WINDOWS  one page table: per processor HV_WINDOWS slots through
 *                  which single guest pages are looked at
 *   HV_VA_APIC     the local APIC page, uncached
 */
#pragma once

#include <hv/types.h>

#define HV_VA_IMAGE   UINT64_C(0xFFFFFFFF80000000)
#define HV_VA_REGION  UINT64_C(0xFFFFA00000000000)
#define HV_VA_STACKS  UINT64_C(0xFFFFB00000000000)
#define HV_VA_WINDOWS UINT64_C(0xFFFFC00000000000)
#define HV_VA_APIC    (HV_VA_WINDOWS + SIZE_2M)

#define HV_MAX_PROCESSORS 64u
#define HV_WINDOWS        8u /* 64 processors x 8 slots fill one page table */

#define HV_STACK_STRIDE      UINT64_C(0x10000)
#define HV_STACK_NMI_BASE    UINT64_C(0x1000)
#define HV_STACK_NMI_SIZE    UINT64_C(0x1000)
#define HV_STACK_FAULT_BASE  UINT64_C(0x3000)
#define HV_STACK_FAULT_SIZE  UINT64_C(0x1000)
#define HV_STACK_MAIN_BASE   UINT64_C(0x5000)
#define HV_STACK_MAIN_SIZE   UINT64_C(0x4000) /* top at +0x9000, then nothing is mapped to the stride */

#define HV_REGION_IMAGE_LIMIT (4 * 1024 * 1024) /* image, stacks, processor data: F2's 4 MiB */
#define HV_WINDOW_TABLES 256u /* tables for high MMIO: as many GiB of it as VTL0 may touch */
