/*
 * EFI_MP_SERVICES_PROTOCOL, as the UEFI Platform Initialization Specification,
 * volume 2, "MP Services Protocol", defines it; GNU-EFI's headers lack it.
 * Functions that boot never calls are placeholders of the right size.
 */
#pragma once

#include <efi.h>

#define MP_SERVICES_GUID { 0x3fdda605, 0xa76e, 0x4f46, { 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08 } }

#define MP_PROCESSOR_IS_BSP  0x1u
#define MP_PROCESSOR_ENABLED 0x2u
#define MP_PROCESSOR_HEALTHY 0x4u

struct mp_processor_information {
    UINT64 processor_id; /* local APIC id */
    UINT32 status_flag;  /* MP_PROCESSOR_* */
    UINT32 location[3];  /* package, core, thread */
    UINT32 extended[6];  /* written by newer firmware only, and only when asked for */
};

struct mp_services {
    EFI_STATUS(EFIAPI *get_number_of_processors)(struct mp_services *self, UINTN *number, UINTN *enabled);
    EFI_STATUS(EFIAPI *get_processor_info)(struct mp_services *self, UINTN number, struct mp_processor_information *information);
    EFI_STATUS(EFIAPI *startup_all_aps)(struct mp_services *self, VOID(EFIAPI *procedure)(VOID *argument), BOOLEAN single_thread,
                                        EFI_EVENT wait_event, UINTN timeout_microseconds, VOID *argument, UINTN **failed);
    VOID *startup_this_ap;
    VOID *switch_bsp;
    VOID *enable_disable_ap;
    VOID *who_am_i;
};
