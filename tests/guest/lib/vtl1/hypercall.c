#include "cpu.h"

extern const char processor_start[];

const char *hypercall_entry = guest_hypercall_page;

uint64_t hypercall(uint64_t control, uint64_t input, uint64_t output)
{
    register uint64_t r8 __asm__("r8") = output;
    uint64_t result;

    __asm__ volatile("call *%[page]"
                     : "=a"(result), "+c"(control), "+d"(input), "+r"(r8)
                     : [page] "r"(hypercall_entry)
                     : "r9", "r10", "r11", "cc", "memory");
    return result;
}

/* Long enough for every input here; on the stack of an area, so in one piece of physical memory. */
union input {
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } set;
    struct {
        struct hv_input_vp_registers header;
        uint32_t name;
    } get;
    struct {
        struct hv_input_modify_vtl_protection_mask header;
        uint64_t pages[16];
    } protect;
    struct hv_input_enable_vp_vtl enable;
    struct hv_input_translate_virtual_address translate;
    struct hv_input_install_intercept install;
} __attribute__((aligned(512)));

static struct hv_input_vp_registers own(uint8_t input_vtl)
{
    return (struct hv_input_vp_registers){ .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = input_vtl };
}

uint16_t set_register_wide(uint8_t input_vtl, uint32_t name, const struct hv_register_value *value)
{
    union input input = { .set = { own(input_vtl), { .name = name, .value = *value } } };

    return HV_RESULT_STATUS(hypercall(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), address_of(&input), 0));
}

uint16_t set_register(uint8_t input_vtl, uint32_t name, uint64_t value)
{
    return set_register_wide(input_vtl, name, &(struct hv_register_value){ .low = value });
}

static uint16_t get(const union input *in, uint64_t *value)
{
    union input input = *in;
    struct hv_register_value output __attribute__((aligned(16))) = { 0, 0 };
    uint64_t result = hypercall(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), address_of(&input), address_of(&output));

    *value = *(volatile uint64_t *)&output.low;
    return HV_RESULT_STATUS(result);
}

uint16_t get_register(uint8_t input_vtl, uint32_t name, uint64_t *value)
{
    return get(&(union input){ .get = { own(input_vtl), name } }, value);
}

uint16_t get_register_of(uint32_t index, uint32_t name, uint64_t *value)
{
    union input input = { .get = { own(0), name } };

    input.get.header.vp_index = index;
    return get(&input, value);
}

/* A page of VTL0's, and the TLB lock with it. */
uint16_t translate_locked(uint64_t gva_page)
{
    union input input = { .translate = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .gva_page = gva_page,
        .control_flags = HV_TRANSLATE_READ | HV_TRANSLATE_TLB_FLUSH_INHIBIT | (uint64_t)HV_INPUT_VTL_USE_TARGET << HV_TRANSLATE_VTL_SHIFT,
    } };
    struct hv_output_translate_virtual_address output __attribute__((aligned(16)));

    return HV_RESULT_STATUS(hypercall(HVCALL_TRANSLATE_VIRTUAL_ADDRESS, address_of(&input), address_of(&output)));
}

uint16_t install_intercept(uint16_t port, uint32_t access)
{
    union input input = { .install = { .partition_id = HV_PARTITION_ID_SELF, .access = access, .parameter = port } };

    return HV_RESULT_STATUS(hypercall(HVCALL_INSTALL_INTERCEPT, address_of(&input), 0));
}

uint64_t protect(uint32_t flags, uint64_t page, uint64_t count)
{
    union input input = { .protect = { { .partition_id = HV_PARTITION_ID_SELF, .map_flags = flags }, { 0 } } };

    for (uint64_t i = 0; i < count && i < 16; i++) {
        input.protect.pages[i] = page + i;
    }
    return hypercall(HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(count), address_of(&input), 0);
}

static void spoil(struct hv_initial_vp_context *context, uint32_t wrong)
{
    switch (wrong) {
    case CONTEXT_NO_PAGING: context->cr0 = 0x33; break;
    case CONTEXT_NO_LONG_MODE: context->efer = 0; break;
    case CONTEXT_BAD_RIP: context->rip = UINT64_C(1) << 62; break;
    case CONTEXT_BAD_EFER: context->efer |= 1u << 12; break; /* SVME is not VTL1's to have */
    case CONTEXT_BAD_CR4: context->cr4 = UINT64_C(1) << 31; break;
    default: break;
    }
}

uint64_t enable_vp(uint32_t index, uint32_t wrong, uint8_t vtl)
{
    const struct hv_x64_segment_register data = { .limit = 0xFFFFFFFF, .selector = 0x10, .attributes = 0xC093 };
    union input input = { .enable = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = index, .target_vtl = vtl,
        .context = {
            .rip = (uint64_t)processor_start, .rsp = (uint64_t)&cpus[index % MAX_PROCESSORS + 1], .rflags = 2,
            .cs = { .limit = 0xFFFFFFFF, .selector = 8, .attributes = 0xA09B }, .ds = data, .es = data, .ss = data,
            .tr = { .limit = 0x67, .attributes = 0x8B }, .efer = 0xD01, .cr0 = 0x80010033, .cr4 = 0xA0,
            .msr_cr_pat = UINT64_C(0x0007040600070406),
        },
    } };

    __asm__("mov %%cr3, %0" : "=r"(input.enable.context.cr3));
    spoil(&input.enable.context, wrong);
    return hypercall(HVCALL_ENABLE_VP_VTL, address_of(&input), 0);
}
