/*
 * The longest exits, in ticks of the time stamp counter: as many elements as
 * one exit does, with tables to be made for each and without. Where the counter
 * counts instructions (Bochs), test_guest.py holds them against the limit.
 */
#include "forms.h"

#define PAGES_APART 512u /* each element has a 2 MiB page of its own to split */
#define WANTED      16u
#define LIST_WORDS  2u   /* the header */

static uint64_t area; /* page number */
static unsigned available;

static void find_area(void)
{
    EFI_PHYSICAL_ADDRESS address = UINT64_C(0xFFFFFFFF);

    for (available = WANTED; available > 0; available -= 8) {
        if (!EFI_ERROR(firmware->AllocatePages(AllocateMaxAddress, EfiLoaderData, available * PAGES_APART, &address))) {
            break;
        }
    }
    area = (address / PAGE_SIZE + PAGES_APART - 1) / PAGES_APART * PAGES_APART;
}

/* VTL1's list of count pages, in its scratch pages. */
static void put_list(unsigned count, uint64_t first, uint64_t apart, uint32_t flags)
{
    vtl1(COMMAND_POKE, 0, HV_PARTITION_ID_SELF, 0);
    vtl1(COMMAND_POKE, 1, flags, 0);
    for (unsigned i = 0; i < count; i++) {
        vtl1(COMMAND_POKE, LIST_WORDS + i, first + i * apart, 0);
    }
}

static uint64_t ticks_of(enum guest_command command, uint64_t control)
{
    uint64_t before = read_tsc();

    vtl1(command, control, 0, 0);
    return read_tsc() - before;
}

static uint64_t protect_ticks(unsigned count)
{
    return ticks_of(COMMAND_HYPERCALL, HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(count));
}

void test_longest(void)
{
    uint64_t nothing = ticks_of(COMMAND_PING, 0), split, set;
    unsigned count = 0;

    find_area();
    count = available < 11 ? available : 11;
    put_list(count, area, PAGES_APART, HV_MAP_GPA_READABLE | HV_MAP_GPA_WRITABLE);
    split = protect_ticks(count) - nothing;
    put_list(32, area, 1, HV_MAP_GPA_READABLE);
    set = protect_ticks(32) - nothing;
    report("calls-longest-split", count > 0, "elements:%u,ticks:%lu", count, split);
    report("calls-longest-set", true, "elements:32,ticks:%lu", set);
}
