/*
 * The secure kernel on bare firmware, without a hypervisor: this program plays
 * the loader and the hypervisor's few calls, and drives VTL1 through its boot,
 * its secure calls and its trustlets' faults. What needs second-level rights
 * is not tested here; what runs on VTL1's own page tables is.
 */
#include <efi.h>
#include <efilib.h>

#include "console.h"
#include "machine.h"
#include "port.h"
#include "tests.h"
#include "world.h"

#define PAGES(bytes) ((bytes) >> 12)
#define LARGE_PAGE   UINT64_C(0x200000)

static void *allocate(EFI_SYSTEM_TABLE *system, uint64_t bytes)
{
    EFI_PHYSICAL_ADDRESS address = 0xFFFFFFFF;
    EFI_STATUS status = system->BootServices->AllocatePages(AllocateMaxAddress, EfiReservedMemoryType, PAGES(bytes), &address);

    return EFI_ERROR(status) ? NULL : (void *)address;
}

/* What EnableVpVtl's context would set for VTL1: SCE and NXE beside the long mode that already runs. */
static void enable_system_calls(void)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(0xC0000080));
    __asm__ volatile("wrmsr" : : "c"(0xC0000080), "a"(low | 0x801), "d"(high));
}

static bool prepare(EFI_SYSTEM_TABLE *system)
{
    uint8_t *region = allocate(system, REGION_SIZE + LARGE_PAGE);
    uint8_t *stack = allocate(system, 65536);

    machine.frame = allocate(system, 4096);
    if (region == NULL || stack == NULL || machine.frame == NULL) {
        return false;
    }
    machine.region.base = (uint8_t *)(((uint64_t)region + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1));
    machine.stack = stack + 65536;
    return true;
}

/* VTL1 opens its interrupts for SINT0, and here the APIC is the machine's: nothing of the firmware's may wait in it. */
static void silence(void)
{
    __asm__ volatile("cli" : : : "memory");
    port_out8(0x21, 0xFF);
    port_out8(0xA1, 0xFF);
    __asm__ volatile("mov %0, %%cr8" : : "r"(UINT64_C(15)));
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    (void)image;
    console_init();
    if (!prepare(system)) {
        say("error: no memory for the bench");
        return EFI_OUT_OF_RESOURCES;
    }
    silence();
    world_save_tables();
    enable_system_calls();
    run_tests();
    tests_end();
    port_out16(0x604, 0x2000); /* q35's PM1a control: soft off */
    for (;;) {
        __asm__ volatile("hlt");
    }
}
