/*
 * What the EFI stub (boot/) hands to the kernel (kernel/) once the firmware
 * is gone. Plain data only: nothing in it points into firmware memory except
 * the physical address of the ACPI root pointer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_MAX_RANGES     512u
#define BOOT_MAX_PROCESSORS 64u
#define BOOT_OPTIONS_SIZE   256u

enum memory_kind {
    MEMORY_FREE,     /* conventional memory and former boot services memory */
    MEMORY_LOADER,   /* this kernel's image and pool */
    MEMORY_FIRMWARE, /* runtime services */
    MEMORY_ACPI,
    MEMORY_RESERVED, /* EfiReservedMemoryType: the hypervisor's, VTL1's, the firmware's own */
    MEMORY_DEVICE,
};

struct memory_range {
    uint64_t base;
    uint64_t size;
    enum memory_kind kind;
};

/* msinfo32's "Secure Boot State": the firmware's variable SecureBoot. */
enum secure_boot_state {
    SECURE_BOOT_UNSUPPORTED, /* it has none */
    SECURE_BOOT_OFF,
    SECURE_BOOT_ON,
};

struct boot_info {
    struct memory_range ranges[BOOT_MAX_RANGES]; /* in the firmware's order */
    uint32_t range_count;
    uint32_t processor_count;                    /* of apic_ids; 0 when the firmware has no MP services */
    uint32_t apic_ids[BOOT_MAX_PROCESSORS];
    uint64_t rsdp;                               /* physical; 0 without ACPI */
    uint64_t image_base;
    uint64_t pool_base;                          /* below 4 GiB, page aligned */
    uint64_t pool_size;
    uint64_t trampoline;                         /* one page below 1 MiB */
    uint64_t wall_clock;                         /* FILETIME (100 ns since 1601) at the hand-over; 0 if unknown */
    enum secure_boot_state secure_boot;
    char options[BOOT_OPTIONS_SIZE];             /* ASCII words separated by spaces */
};

/* Entered once on the boot processor, on a stack of the pool, interrupts off, in the firmware's page tables. */
_Noreturn void kernel_main(struct boot_info *boot);
