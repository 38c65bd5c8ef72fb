#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

struct attack_places attack_places;

/* movabs $imm64, %rax; ret: one instruction to step over, a return should it ever be called. */
static const uint8_t control_code[] = { 0x48, 0xB8, 1, 2, 3, 4, 5, 6, 7, 8, 0xC3 };

void attack_control_reset(void)
{
    uint64_t value = CONTROL_VALUE;
    uint8_t *page = (uint8_t *)(uintptr_t)attack_places.page[PLACE_CONTROL];

    memcpy(page, control_code, sizeof(control_code));
    memcpy(page + CONTROL_VALUE_OFFSET, &value, sizeof(value));
}

uint64_t attack_scratch(void)
{
    static uint64_t scratch;

    scratch = scratch != 0 ? scratch : (uint64_t)(uintptr_t)page_alloc();
    return scratch;
}

/* The last page that a physical address can name: no RAM, no device. */
static uint64_t find_hole(void)
{
    unsigned bits = cpuid(0x80000008, 0).eax & 0xFF;

    return (UINT64_C(1) << bits) - PAGE_SIZE;
}

static uint64_t top_of_ram_below(const struct boot_info *boot, uint64_t limit)
{
    uint64_t top = 0;

    for (uint32_t i = 0; i < boot->range_count; i++) {
        const struct memory_range *range = &boot->ranges[i];
        uint64_t end = range->base + range->size;

        if (range->kind != MEMORY_RESERVED && range->kind != MEMORY_DEVICE && end <= limit && end > top) {
            top = end;
        }
    }
    return top;
}

static bool in_vtl1(uint64_t address)
{
    return address - attack_places.vtl1_base < attack_places.vtl1_size;
}

static void add_hypervisor(uint64_t base, uint64_t end)
{
    if (end > base && attack_places.hypervisor_count < ATTACK_MAX_RANGES) {
        attack_places.hypervisor[attack_places.hypervisor_count].base = base;
        attack_places.hypervisor[attack_places.hypervisor_count++].size = end - base;
    }
}

/*
 * The hypervisor's memory is whole, aligned 2 MiB pieces of RAM that the
 * firmware's map calls reserved; VTL1's region is of that kind too and the
 * map may have joined the two. The firmware's own reservations are smaller.
 */
static void scan_reserved(const struct memory_range *range, uint64_t top)
{
    uint64_t mask = LARGE_PAGE_SIZE - 1;
    uint64_t start = (range->base + mask) & ~mask;
    uint64_t end = (range->base + range->size) & ~mask;
    uint64_t from = start;

    for (uint64_t at = start; at < end && end <= top; at += LARGE_PAGE_SIZE) {
        if (in_vtl1(at)) {
            add_hypervisor(from, at);
            from = at + LARGE_PAGE_SIZE;
        }
    }
    if (end <= top) {
        add_hypervisor(from, end);
    }
}

static void find_hypervisor(const struct boot_info *boot)
{
    uint64_t top = top_of_ram_below(boot, UINT64_C(1) << 32);

    for (uint32_t i = 0; i < boot->range_count; i++) {
        if (boot->ranges[i].kind == MEMORY_RESERVED) {
            scan_reserved(&boot->ranges[i], top);
        }
    }
    for (unsigned i = 0; i < attack_places.hypervisor_count; i++) {
        console_printf("reserved RAM outside VTL1: %lx, %lu KiB\n", attack_places.hypervisor[i].base,
                       attack_places.hypervisor[i].size >> 10);
    }
}

static void set_pages(enum attack_place first, uint64_t base, uint64_t size)
{
    attack_places.page[first] = base;
    attack_places.page[first + 1] = base + (size / 2 & ~(uint64_t)(PAGE_SIZE - 1));
    attack_places.page[first + 2] = base + size - PAGE_SIZE;
}

static void find_vtl1(void)
{
    struct secure_info info;

    if (vsm_state() != VSM_READY || !secure_get_info(&info)) {
        return;
    }
    attack_places.vtl1_base = info.region_base;
    attack_places.vtl1_size = info.region_size;
    set_pages(PLACE_VTL1_FIRST, info.region_base, info.region_size);
    console_printf("VTL1's region: %lx, %lu KiB\n", info.region_base, info.region_size >> 10);
}

void attack_places_find(const struct boot_info *boot)
{
    uint64_t control = attack_places.page[PLACE_CONTROL];

    attack_places = (struct attack_places){ 0 };
    attack_places.page[PLACE_CONTROL] = control != 0 ? control : (uint64_t)(uintptr_t)page_alloc();
    attack_places.page[PLACE_HOLE] = find_hole();
    attack_places.boot = boot;
    attack_control_reset();
    find_vtl1();
    if (vsm_state() == VSM_READY || vsm_state() == VSM_NO_VTL1) {
        find_hypervisor(boot);
    }
    if (attack_places.hypervisor_count > 0) {
        set_pages(PLACE_HYPERVISOR_FIRST, attack_places.hypervisor[0].base, attack_places.hypervisor[0].size);
    }
}
