/* The EFI stub's parts. Everything here may call the firmware; nothing here runs after ExitBootServices returned. */
#pragma once

#include <efi.h>
#include <stdbool.h>

#include <vtl0/boot_info.h>

/* Prints "error: text" on the firmware's console. */
void boot_error(EFI_SYSTEM_TABLE *system, const CHAR16 *text);

/* LoadOptions of this image as ASCII words; false when they are not plain text or too long. */
bool boot_read_options(EFI_SYSTEM_TABLE *system, EFI_HANDLE image, struct boot_info *boot);

/* ACPI root pointer, wall clock, Secure Boot's state, processors. Nothing of it is required. */
void boot_read_tables(EFI_SYSTEM_TABLE *system, struct boot_info *boot);
void boot_read_processors(EFI_SYSTEM_TABLE *system, struct boot_info *boot);

/* The pool and the trampoline page. */
bool boot_allocate(EFI_SYSTEM_TABLE *system, struct boot_info *boot);

/* Takes the final memory map and leaves boot services. */
bool boot_leave_firmware(EFI_SYSTEM_TABLE *system, EFI_HANDLE image, struct boot_info *boot);

/* Switches to the stack and enters kernel_main. */
_Noreturn void boot_enter_kernel(struct boot_info *boot, uint64_t stack_top);
