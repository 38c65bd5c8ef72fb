#include "fuzz_test.h"

#include <lib/string.h>

#include "guest.h"

#define LIMIT        UINT64_C(0x80000000) /* the hypervisor's and VTL1's memory lie in RAM below */
#define APIC         (UINT64_C(0xFEE00000) / PAGE_SIZE)
#define IO_APIC      (UINT64_C(0xFEC00000) / PAGE_SIZE)
#define GATE_SIZE    16u
#define OWN_GATES    UINT32_C(0x00006146) /* those that the test has anyway: 1, 2, 6, 8, 13, 14 */
#define EXCEPTIONS_WITH_CODE UINT32_C(0x00227D00) /* 8, 10 to 14, 17, 21 */
#define TIMER        0x20u /* the firmware's, of the local APIC */
#define PIC_FIRST    0x68u /* and its 8259 */
#define PIC_LAST     0x77u

struct machine machine;
static struct fuzz_range largest_free;
static uint8_t map[32768];

static void look_at(const EFI_MEMORY_DESCRIPTOR *range, const struct fuzz_range *region)
{
    uint64_t page = range->PhysicalStart / PAGE_SIZE;

    if (range->Type == EfiConventionalMemory && range->PhysicalStart < LIMIT && range->NumberOfPages > largest_free.count) {
        largest_free = (struct fuzz_range){ page, range->NumberOfPages };
    }
    /* Reserved, aligned, and not VTL1's: the hypervisor's. The map may have put both into one piece. */
    if (range->Type != EfiReservedMemoryType || range->PhysicalStart >= LIMIT) {
        return;
    }
    for (uint64_t i = 0; i < range->NumberOfPages; i++) {
        if ((page + i) % 512 == 0 && page + i - region->page >= region->count && machine.hypervisor.count == 0) {
            uint64_t end = page + i < region->page && page + range->NumberOfPages > region->page ? region->page
                                                                                                : page + range->NumberOfPages;

            machine.hypervisor = (struct fuzz_range){ page + i, end - page - i };
        }
    }
}

static void read_map(const struct fuzz_range *region)
{
    UINTN size = sizeof(map), key, stride;
    UINT32 version;

    if (EFI_ERROR(firmware->GetMemoryMap(&size, (EFI_MEMORY_DESCRIPTOR *)map, &key, &stride, &version))) {
        give_up("no memory map");
    }
    for (UINTN at = 0; at + stride <= size; at += stride) {
        look_at((const EFI_MEMORY_DESCRIPTOR *)(map + at), region);
    }
    if (machine.hypervisor.count == 0 || largest_free.count < 512) {
        give_up("the memory map does not show the hypervisor's memory or free memory");
    }
}

static uint64_t boot_block(size_t offset)
{
    return vtl1_value(COMMAND_BOOT_BLOCK, offset / 8, 0, 0);
}

void machine_find(void)
{
    struct fuzz_range region = { boot_block(offsetof(struct vtl1_boot_block, region_base)) / PAGE_SIZE,
                                 boot_block(offsetof(struct vtl1_boot_block, region_size)) / PAGE_SIZE };
    uint64_t edge = GUEST_FUZZ_EDGE * PAGE_SIZE;

    machine.window = pages_take(3 * 512, LARGE_PAGE) + LARGE_PAGE - edge;
    machine.own = (struct fuzz_range){ vtl1_value(COMMAND_FUZZ_SET, GUEST_FUZZ_WINDOW, (uint64_t)(uintptr_t)machine.window / PAGE_SIZE,
                                                  GUEST_FUZZ_WINDOW_PAGES), GUEST_FUZZ_OWN_PAGES };
    machine.vtl1[0] = (struct fuzz_range){ region.page, machine.own.page - region.page };
    machine.vtl1[1].page = machine.own.page + machine.own.count;
    machine.vtl1[1].count = region.page + region.count - machine.vtl1[1].page;
    read_map(&region);
}

uint32_t machine_foreign(uint8_t vtl, struct fuzz_range ranges[FUZZ_MAX_FOREIGN])
{
    uint32_t count = 0;

    ranges[count++] = machine.hypervisor;
    ranges[count++] = (struct fuzz_range){ APIC, 1 };
    ranges[count++] = (struct fuzz_range){ IO_APIC, 1 };
    if (vtl == 0) {
        ranges[count++] = machine.vtl1[0];
        ranges[count++] = machine.vtl1[1];
    }
    return count;
}

uint64_t machine_free_page(uint64_t number)
{
    return largest_free.page + number % largest_free.count;
}

/* The firmware stops for what it does not know: exceptions of every kind come to the probe, interrupts are counted. */
void machine_quiet(void)
{
    for (unsigned vector = 0; vector < 0x100; vector++) {
        unsigned as = vector >= 0x20 ? VECTOR_TEST : (EXCEPTIONS_WITH_CODE >> vector & 1) != 0 ? VECTOR_GP : VECTOR_UD;
        bool left = vector < 0x20 ? (OWN_GATES >> vector & 1) != 0 : vector == TIMER || (vector >= PIC_FIRST && vector <= PIC_LAST);

        if (!left && vector != as) {
            memcpy(trap_gates + vector * GATE_SIZE, trap_gates + as * GATE_SIZE, GATE_SIZE);
        }
    }
}
