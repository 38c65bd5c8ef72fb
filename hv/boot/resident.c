#include "resident.h"

#include "hv_image.h"
#include "hv_map.h"
#include "cpu.h"
#include "launch.h"
#include "log.h"
#include "memory_map.h"
#include "pci_windows.h"

#include <lib/string.h>

#define ALL_RAM_RANGES 512u

static uint64_t pages_for(uint64_t bytes)
{
    return (bytes + PAGE_MASK) / PAGE_SIZE;
}

/* F2: 4 MiB, the tables of high MMIO, and for every 2 MiB of RAM one page, so that splitting a large page never fails. */
static uint64_t region_size_for(uint64_t ram)
{
    uint64_t size = HV_REGION_IMAGE_LIMIT + (HV_WINDOW_TABLES + (ram + SIZE_2M - 1) / SIZE_2M) * PAGE_SIZE;

    return (size + SIZE_2M - 1) & ~(SIZE_2M - 1);
}

bool resident_reserve(struct resident *resident)
{
    struct range_list ram = { firmware_allocate(ALL_RAM_RANGES * sizeof(struct hv_range)), 0, ALL_RAM_RANGES };
    bool done = false;

    if (ram.ranges == NULL) {
        log_error("no memory for the list of RAM");
        return false;
    }
    if (memory_map_read(&ram, NULL)) {
        done = region_reserve(&resident->region, region_size_for(ranges_total(&ram)), "the hypervisor");
    }
    firmware_free(ram.ranges, ALL_RAM_RANGES * sizeof(struct hv_range));
    return done;
}

static uint64_t take_page(void *self)
{
    return region_take(self, 1);
}

static bool allocate_launch_page(struct resident *resident)
{
    EFI_PHYSICAL_ADDRESS page;

    if (EFI_ERROR(firmware.services->AllocatePages(AllocateAnyPages, EfiLoaderCode, 1, &page))) {
        return false;
    }
    launch_copy_code((void *)(uintptr_t)page);
    resident->launch_page = page;
    return true;
}

/* Image and stacks come first in the region, so that one hole keeps them out of the linear map. */
static bool place(struct resident *resident, const struct elf_image *image, const struct processors *processors)
{
    struct region *region = &resident->region;
    uint64_t copy = region_take(region, image->size / PAGE_SIZE);

    resident->stacks = region_take(region, processors->count * HV_MAP_STACK_PAGES);
    if (copy == 0 || resident->stacks == 0) {
        return false;
    }
    elf_image_copy(image, (uint8_t *)(uintptr_t)copy);
    resident->entry = image->entry;
    resident->handoff = (struct hv_handoff *)(uintptr_t)region_take(region, pages_for(sizeof(struct hv_handoff)));
    resident->launches = (struct hv_launch *)(uintptr_t)region_take(region, pages_for(processors->count * sizeof(struct hv_launch)));
    return resident->handoff != NULL && resident->launches != NULL && allocate_launch_page(resident);
}

static bool build_map(struct resident *resident, const struct elf_image *image, const struct processors *processors)
{
    struct hv_map_plan plan = {
        .image = image,
        .image_at = resident->region.base,
        .stacks_at = resident->stacks,
        .region = &resident->region,
        .launch_page = resident->launch_page,
        .apic_page = cpu_rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDRESS,
        .processors = processors->count,
    };

    resident->map = (struct page_map){ .new_page = take_page, .self = &resident->region };
    resident->handoff->apic_base = plan.apic_page;
    return hv_map_build(&resident->map, &plan, &resident->handoff->window_table);
}

bool resident_build(struct resident *resident, const struct processors *processors)
{
    struct elf_image image;
    const char *problem = elf_image_parse(hv_image_start, hv_image_size(), HV_VA_IMAGE, HV_REGION_IMAGE_LIMIT, &image);
    uint64_t used;

    if (problem != NULL) {
        log_error("the hypervisor's own image: %s", problem);
        return false;
    }
    if (!place(resident, &image, processors) || !build_map(resident, &image, processors)) {
        log_error("the hypervisor's region is too small");
        return false;
    }
    used = resident->region.next - resident->region.base;
    if (used > HV_REGION_IMAGE_LIMIT) {
        log_error("image, stacks and tables take %lu KiB, allowed are %u", used / 1024, HV_REGION_IMAGE_LIMIT / 1024);
        return false;
    }
    return true;
}

static void copy_platform(struct hv_handoff *handoff, const struct processors *processors, const struct acpi_facts *acpi)
{
    handoff->processor_count = processors->count;
    memcpy(handoff->apic_ids, processors->apic_ids, sizeof(handoff->apic_ids));
    handoff->ecam_base = acpi->ecam_base;
    handoff->ecam_buses = acpi->ecam_buses;
    handoff->pm1a_control_port = acpi->pm1a_control_port;
    handoff->pm1b_control_port = acpi->pm1b_control_port;
    handoff->pm_block = acpi->pm_block;
}

static bool read_memory(struct hv_handoff *handoff, const struct region *vtl1)
{
    struct range_list ram = { handoff->ram, 0, HV_MAX_RAM_RANGES };
    struct range_list windows = { handoff->windows, 0, HV_MAX_WINDOWS };

    if (!memory_map_read(&ram, NULL) || !pci_windows_read(&windows)) {
        return false;
    }
    if (vtl1->size != 0 && !ranges_add(&ram, vtl1->base, vtl1->size)) {
        log_error("the firmware's memory map is in too many pieces");
        return false;
    }
    handoff->ram_count = ram.count;
    handoff->window_count = windows.count;
    return true;
}

bool resident_fill_handoff(struct resident *resident, const struct processors *processors, const struct acpi_facts *acpi,
                           const struct region *vtl1, uint32_t log_level, uint32_t mutant)
{
    struct hv_handoff *handoff = resident->handoff;

    handoff->magic = HV_HANDOFF_MAGIC;
    handoff->region_base = resident->region.base;
    handoff->region_size = resident->region.size;
    handoff->pool_base = resident->region.next;
    handoff->pool_size = resident->region.base + resident->region.size - resident->region.next;
    handoff->hv_cr3 = resident->map.root;
    handoff->launch_page = resident->launch_page;
    handoff->log_level = log_level;
    handoff->mutant = mutant;
    copy_platform(handoff, processors, acpi);
    return read_memory(handoff, vtl1);
}

uint64_t resident_va(const struct resident *resident, const void *pointer)
{
    return HV_VA_REGION + ((uint64_t)(uintptr_t)pointer - resident->region.base);
}

uint64_t resident_stack_top(uint32_t processor)
{
    return HV_VA_STACKS + processor * HV_STACK_STRIDE + HV_STACK_MAIN_BASE + HV_STACK_MAIN_SIZE;
}

void resident_forget_launch_page(struct resident *resident)
{
    if (resident->launch_page == 0) {
        return;
    }
    secure_zero((void *)(uintptr_t)resident->launch_page, PAGE_SIZE);
    firmware.services->FreePages(resident->launch_page, 1);
    resident->launch_page = 0;
}
