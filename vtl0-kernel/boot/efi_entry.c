#include "boot.h"

#define BOOT_STACK_SIZE 32768u

static struct boot_info boot;

void boot_error(EFI_SYSTEM_TABLE *system, const CHAR16 *text)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *out = system->ConOut;

    if (out != NULL) {
        uefi_call_wrapper(out->OutputString, 2, out, (CHAR16 *)L"error: vtl0: ");
        uefi_call_wrapper(out->OutputString, 2, out, (CHAR16 *)text);
        uefi_call_wrapper(out->OutputString, 2, out, (CHAR16 *)L"\r\n");
    }
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    if (!boot_read_options(system, image, &boot)) {
        boot_error(system, L"load options are not plain text of at most 255 characters");
        return EFI_INVALID_PARAMETER;
    }
    boot_read_tables(system, &boot);
    boot_read_processors(system, &boot);
    if (!boot_allocate(system, &boot)) {
        boot_error(system, L"no memory below 4 GiB for the kernel's pool or below 1 MiB for the trampoline");
        return EFI_OUT_OF_RESOURCES;
    }
    if (!boot_leave_firmware(system, image, &boot)) {
        boot_error(system, L"the firmware does not let go (ExitBootServices)");
        return EFI_LOAD_ERROR;
    }
    /* The first bytes of the pool are the first stack. */
    boot.pool_base += BOOT_STACK_SIZE;
    boot.pool_size -= BOOT_STACK_SIZE;
    boot_enter_kernel(&boot, boot.pool_base);
}
