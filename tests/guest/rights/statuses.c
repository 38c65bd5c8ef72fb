/* Every documented answer of HvCallModifyVtlProtectionMask (TLFS, "HvCallModifyVtlProtectionMask"). */
#include "guest.h"

#include "rights.h"

#include <lib/string.h>

#define MODIFY (HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(1))

struct input {
    struct hv_input_modify_vtl_protection_mask header;
    uint64_t page;
};

static uint8_t *target;

static struct input good(void)
{
    if (target == NULL) {
        target = pages_take(1, PAGE_SIZE);
    }
    return (struct input){ { .partition_id = HV_PARTITION_ID_SELF, .map_flags = HV_MAP_GPA_ALL }, (uint64_t)(uintptr_t)target / PAGE_SIZE };
}

/* By VTL1, from offset `at` of its scratch pages. */
static uint64_t call(const struct input *input, uint64_t control, unsigned at)
{
    uint64_t words[sizeof(*input) / 8];

    memcpy(words, input, sizeof(words));
    for (unsigned i = 0; i < sizeof(words) / 8; i++) {
        vtl1(COMMAND_POKE, at / 8 + i, words[i], 0);
    }
    return vtl1_value(COMMAND_HYPERCALL, control, at, 0);
}

static void expect(const char *name, const struct input *input, uint64_t control, unsigned at, uint16_t status)
{
    uint64_t result = call(input, control, at);

    note(HV_RESULT_STATUS(result) == status && (status == 0) == (HV_RESULT_REPS(result) == 1), "%s:0x%lx", name, result);
}

void test_before_enable(void)
{
    struct input input = good();

    expect("before", &input, MODIFY, 0, HV_STATUS_ACCESS_DENIED);
    report_notes("rights-before-enable");
}

static void header_errors(void)
{
    struct input input = good();

    expect("control", &input, MODIFY, 0, HV_STATUS_SUCCESS);
    input.header.partition_id = 1;
    expect("partition", &input, MODIFY, 0, HV_STATUS_INVALID_PARTITION_ID);
    input = good();
    for (uint32_t flags = 0; flags < 32; flags++) {
        bool legal = flags == 0 || flags == 1 || flags == 3 || flags == 0xD || flags == 0xF;

        input.header.map_flags = flags;
        expect("flags", &input, MODIFY, 0, legal ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE);
    }
    input = good();
    for (unsigned vtl = 0; vtl < 256; vtl += vtl < 0x20 ? 1 : 0x20) {
        bool legal = (vtl & 0xE0) == 0 && ((vtl & 0x10) == 0 || (vtl & 0xF) <= 1);

        input.header.input_vtl = (uint8_t)vtl;
        expect("vtl", &input, MODIFY, 0, legal ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER);
    }
    report_notes("rights-header-errors");
}

static void form_errors(void)
{
    struct input input = good();

    expect("fast", &input, MODIFY | HV_INPUT_FAST, 0, HV_STATUS_INVALID_PARTITION_ID); /* which is the address in RDX */
    expect("variable-header", &input, MODIFY | 1u << 17, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("reserved-27", &input, MODIFY | 1u << 27, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("nested", &input, MODIFY | UINT64_C(1) << 31, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("no-reps", &input, HVCALL_MODIFY_VTL_PROTECTION_MASK, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("start-is-count", &input, MODIFY | UINT64_C(1) << 48, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
    expect("odd-input", &input, MODIFY, 8, HV_STATUS_SUCCESS);
    note(HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, MODIFY, 4, 0)) == HV_STATUS_INVALID_ALIGNMENT, "misaligned");
    expect("two-pages", &input, MODIFY, 4096 - 8, HV_STATUS_INVALID_ALIGNMENT);
    note(HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL_RAW, MODIFY, UINT64_C(0xFEE00000), 0)) == HV_STATUS_INVALID_HYPERCALL_INPUT,
         "input-in-mmio");
    report_notes("rights-form-errors");
}

/* Where memory of VTL1's region and of the hypervisor's is, the firmware's map says "reserved" alike. */
static void reserved_pages(void)
{
    uint64_t base = vtl1_value(COMMAND_BOOT_BLOCK, offsetof(struct vtl1_boot_block, region_base) / 8, 0, 0);
    uint64_t size = vtl1_value(COMMAND_BOOT_BLOCK, offsetof(struct vtl1_boot_block, region_size) / 8, 0, 0);
    static uint8_t map[16384];
    UINTN map_size = sizeof(map), key, stride;
    UINT32 version;
    unsigned refused = 0;
    struct input input = good();

    note(!EFI_ERROR(firmware->GetMemoryMap(&map_size, (EFI_MEMORY_DESCRIPTOR *)map, &key, &stride, &version)), "memory-map");
    for (UINTN at = 0; at + stride <= map_size; at += stride) {
        const EFI_MEMORY_DESCRIPTOR *range = (const EFI_MEMORY_DESCRIPTOR *)(map + at);

        for (uint64_t page = range->PhysicalStart; range->Type == EfiReservedMemoryType && page % LARGE_PAGE == 0
             && page < range->PhysicalStart + range->NumberOfPages * PAGE_SIZE && page < 0x80000000; page += LARGE_PAGE) {
            if (page - base >= size) {
                input.page = page / PAGE_SIZE;
                expect("hypervisor", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
                refused++;
            }
        }
    }
    note(refused >= 2, "only-%u-pages-of-the-hypervisor-found", refused);
}

static void page_errors(void)
{
    struct input input = good();

    input.page = 0xFEE00; /* local APIC */
    expect("apic", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
    input.page = 0xFEC00; /* I/O APIC */
    expect("io-apic", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
    input.page = UINT64_C(1) << 40 >> 12;
    expect("hole", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
    input.page = UINT64_MAX;
    expect("no-address", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
    input.page = UINT64_C(1) << 52;
    expect("beyond-52-bits", &input, MODIFY, 0, HV_STATUS_INVALID_PARAMETER);
    input.page = vtl1_value(COMMAND_BOOT_BLOCK, offsetof(struct vtl1_boot_block, free_base) / 8, 0, 0) / PAGE_SIZE;
    expect("own-region", &input, MODIFY, 0, HV_STATUS_SUCCESS);
    reserved_pages();
    report_notes("rights-page-errors");
}

/* VTL0 asks itself: denied, whatever it asks, and nothing has changed. */
static void from_vtl0(void)
{
    struct input *input = (struct input *)pages_take(1, PAGE_SIZE);
    struct probe probe;

    *input = good();
    for (uint32_t flags = 0; flags < 16; flags++) {
        input->header.map_flags = flags;
        note(HV_RESULT_STATUS(hypercall(MODIFY, (uint64_t)(uintptr_t)input, 0)) == HV_STATUS_ACCESS_DENIED, "flags-0x%x", flags);
        probe_run(&probe, probe_write, target);
        note(probe.vector == 0, "flags-0x%x-had-an-effect", flags);
    }
    note(HV_RESULT_STATUS(hypercall(HVCALL_MODIFY_VTL_PROTECTION_MASK, 1, 1)) == HV_STATUS_ACCESS_DENIED, "before-other-errors");
    report_notes("rights-from-vtl0");
}

void test_statuses(void)
{
    header_errors();
    form_errors();
    page_errors();
    from_vtl0();
}
