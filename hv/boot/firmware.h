/*
 * The firmware's services, as this program was given them. Only files of
 * hv/boot include this: the resident hypervisor never calls firmware.
 */
#pragma once

#include <efi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct firmware {
    EFI_HANDLE image;
    EFI_HANDLE volume; /* the volume BOOTX64.EFI was loaded from */
    EFI_SYSTEM_TABLE *table;
    EFI_BOOT_SERVICES *services;
};

extern struct firmware firmware;

/* Notes image and table, finds the volume. False: the volume is unknown. */
bool firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* The first instance of a protocol, or NULL. */
void *firmware_protocol(EFI_GUID *guid);

/* The system configuration table with this GUID, or NULL. */
void *firmware_configuration_table(const EFI_GUID *guid);

/* Memory that the firmware takes back from whoever does not own it: boot services data. NULL: none left. */
void *firmware_allocate(size_t size);

/* Zeroes size bytes at what firmware_allocate gave and returns it. NULL is allowed. */
void firmware_free(void *memory, size_t size);
