#include <vtl0/giving.h>

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/probe.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/x86.h>

#define PIECE       (UINT64_C(2) << 20)
#define EXECUTED_AT (ALIAS_WINDOW + (UINT64_C(3) << 30))
#define NOP         0x90u
#define VECTOR_GP   13u
#define ACCESSES    3u /* read, write, execute */

static const uint64_t devices[] = {
    0xA0000,    /* VGA's window */
    0xF0000,    /* ROM */
    0xFEC00000, /* I/O APIC */
    0xFED00000, /* HPET */
    0xFEE00000, /* local APIC */
    0xFFFFF000, /* the firmware's flash */
};

static uint32_t give(uint64_t page)
{
    const struct secure_range range = { page, 1 };

    return trustlet_donate(&range, 1);
}

/* Refused, alone and behind a page that could be given, which then is not. */
static bool refused(uint64_t place, uint64_t page)
{
    const struct secure_range both[] = { { page, 1 }, { place, 1 } };

    return give(place) == SECURE_STATUS_BAD_MEMORY && trustlet_donate(both, 2) == SECURE_STATUS_BAD_MEMORY;
}

static bool in_vtl1(const struct secure_info *info, uint64_t place)
{
    return place - info->region_base < info->region_size;
}

/*
 * What the firmware's map calls reserved, a page of each 2 MiB: there are VTL1's region, the hypervisor's, and the configuration
 * space of PCI Express. *others: how many are not VTL1's.
 */
static uint64_t try_reserved(const struct boot_info *boot, uint64_t page, uint64_t *count, uint64_t *others)
{
    struct secure_info info = { 0 };
    uint64_t good = 0;

    secure_get_info(&info);
    for (uint32_t i = 0; i < boot->range_count; i++) {
        const struct memory_range *range = &boot->ranges[i];
        uint64_t first = (range->base + PIECE - 1) & ~(PIECE - 1);

        for (uint64_t at = first; range->kind == MEMORY_RESERVED && at + PIECE <= range->base + range->size; at += PIECE) {
            ++*count;
            *others += !in_vtl1(&info, at);
            good += refused(at, page);
        }
    }
    return good;
}

bool test_bad_places(const struct boot_info *boot, uint64_t page)
{
    uint64_t count = sizeof(devices) / sizeof(devices[0]), others = 0, good = 0;
    struct secure_info before = { 0 }, after = { 0 };

    secure_get_info(&before);
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        good += refused(devices[i], page);
    }
    good += try_reserved(boot, page, &count, &others);
    secure_get_info(&after);
    return test_report("bad-places", good == count && others > 0 && after.donated_pages == before.donated_pages, good, count) &&
           test_report("bad-places-control", give(page) == SECURE_STATUS_SUCCESS && test_take_all_back(&others) == 1, 1, 1);
}

struct touched {
    uint64_t page;
    uint64_t allowed, faulted; /* accesses */
};

/* #GP(0) of the probed instruction itself is what the hypervisor's and VTL1's refusal looks like (docs/vtl0-kernel.md). */
static void judge(const struct probe *probe, bool ran, struct touched *touched)
{
    touched->allowed += ran;
    touched->faulted += probe->caught == 1 && probe->vector == VECTOR_GP && probe->error == 0 && probe->rip == probe->code;
}

/* On the processor it runs on. Its own page tables object to none of the three. */
static void touch(void *argument)
{
    struct touched *touched = argument;
    uint64_t at = touched->page;
    struct probe reading = { .code = (uint64_t)(uintptr_t)probe_read, .rdi = at + 64 };
    struct probe writing = { .code = (uint64_t)(uintptr_t)probe_write, .rdi = at + 128 };
    struct probe executing = { .code = EXECUTED_AT, .rax = at, .rcx = at, .rdx = at, .rbx = at, .rsi = at, .rdi = at, .r8 = at };

    judge(&reading, probe_call(&reading), touched);
    judge(&writing, probe_call(&writing), touched);
    judge(&executing, probe_step(&executing), touched);
    invlpg(EXECUTED_AT);
}

/* Every access on every processor. */
static struct touched touch_everywhere(uint64_t page)
{
    struct touched touched = { .page = page };

    for (uint32_t i = 0; i < processor_count(); i++) {
        smp_call(i, touch, &touched);
    }
    return touched;
}

/* Read, written and executed before, not at all while it is VTL1's, and again afterwards. */
bool test_every_access(uint64_t page)
{
    uint64_t all = ACCESSES * processor_count(), dirty = 0, good = 0;
    struct secure_info before = { 0 }, after = { 0 };
    struct touched touched;

    memset((void *)(uintptr_t)page, NOP, PAGE_SIZE);
    paging_map(paging_kernel_root(), EXECUTED_AT, page, MAP_EVERYTHING);
    touched = touch_everywhere(page);
    good += touched.allowed == all && touched.faulted == 0;
    secure_get_info(&before);
    good += give(page) == SECURE_STATUS_SUCCESS;
    touched = touch_everywhere(page);
    good += touched.allowed == 0 && touched.faulted == all;
    secure_get_info(&after);
    good += after.intercept_count - before.intercept_count == all; /* VTL1 was told of each */
    good += test_take_all_back(&dirty) == 1 && dirty == 0;         /* what VTL0 had there is gone */
    touched = touch_everywhere(page);
    good += touched.allowed == all && touched.faulted == 0;
    paging_unmap(paging_kernel_root(), EXECUTED_AT, PAGE_4K);
    return test_report("every-access", good == 6, good, 6);
}
