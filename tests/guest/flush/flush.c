/* The flush hypercalls (TLFS, "HvCallFlushVirtualAddressSpace" and its kin) and TLB locks. */
#include "flush.h"

#include <lib/string.h>

const char *const way_names[WAY_COUNT] = { "mask", "all", "list", "set", "set-all", "list-set", "xmm" };

static uint8_t *buffers; /* a page a processor */

struct set_input {
    struct hv_input_flush_ex fixed;
    uint64_t bank, ranges[4];
};

static uint64_t flush_by_set(enum flush_way way, uint64_t processors, struct set_input *input)
{
    uint64_t value = HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE_EX | UINT64_C(1) << 17;

    *input = (struct set_input){
        .fixed = { .flags = HV_FLUSH_ALL_SPACES, .processors = { way == WAY_SET_ALL ? HV_VP_SET_ALL : HV_VP_SET_SPARSE, 1 } },
        .bank = processors, .ranges = { 0x1000, 0x2FFF, 0x3001, 0x4000 },
    };
    if (way == WAY_LIST_SET) {
        value = HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST_EX | UINT64_C(1) << 17 | HV_INPUT_REPS(4);
    }
    return hypercall(value, (uint64_t)(uintptr_t)input, 0);
}

/* 24 bytes: the mask is in XMM0. */
static uint64_t flush_by_xmm(uint64_t processors)
{
    uint64_t result, value = HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE | HV_INPUT_FAST, space = 0;

    __asm__ volatile("movq %[processors], %%xmm0\n\tmovq %[flags], %%r8\n\tcall *%[page]"
                     : "=a"(result), "+c"(value), "+d"(space)
                     : [page] "r"(hypercall_page), [processors] "r"(processors), [flags] "i"(HV_FLUSH_ALL_SPACES)
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    return result;
}

uint64_t flush(enum flush_way way, uint64_t processors)
{
    void *buffer = buffers + processor_self() * PAGE_SIZE;
    struct {
        struct hv_input_flush fixed;
        uint64_t ranges[4];
    } *input = buffer;

    switch (way) {
    case WAY_SET:
    case WAY_SET_ALL:
    case WAY_LIST_SET: return flush_by_set(way, processors, buffer);
    case WAY_XMM: return flush_by_xmm(processors);
    default: break;
    }
    memset(input, 0, sizeof(*input));
    input->fixed.address_space = read_cr3();
    input->fixed.flags = way == WAY_ALL ? HV_FLUSH_ALL_PROCESSORS : HV_FLUSH_NON_GLOBAL_ONLY;
    input->fixed.processors = way == WAY_ALL ? 0 : processors;
    return hypercall(way == WAY_LIST ? HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST | HV_INPUT_REPS(4) : HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE,
                     (uint64_t)(uintptr_t)input, 0);
}

void guest_test(void)
{
    if (processor_count < 2) {
        report("flush", false, "needs-two-processors");
        return;
    }
    buffers = pages_take(MAX_PROCESSORS, PAGE_SIZE);
    test_stale();
    test_lock();
}
