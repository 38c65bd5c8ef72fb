#include "guest.h"

#include <lib/string.h>

#define GUEST_OS_ID (UINT64_C(1) << 63 | UINT64_C(0x60) << 56 | UINT64_C(3) << 48)

uint64_t hypercall_page, vtl_call_entry;
uint8_t uses_vmcall;
const char vtl1_at_start[] = "yes";

uint64_t hypercall(uint64_t control, uint64_t input, uint64_t output)
{
    uint64_t result;

    __asm__ volatile("movq %[output], %%r8\n\tcall *%[page]"
                     : "=a"(result), "+c"(control), "+d"(input)
                     : [page] "r"(hypercall_page), [output] "r"(output)
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    return result;
}

static uint64_t code_page_offsets(void)
{
    struct {
        struct hv_input_vp_registers header;
        uint32_t name;
    } *input = (void *)pages_take(1, PAGE_SIZE);
    struct hv_register_value *output = (void *)((uint8_t *)input + 2048);

    input->header = (struct hv_input_vp_registers){ .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    input->name = HV_REGISTER_VSM_CODE_PAGE_OFFSETS;
    if (HV_RESULT_STATUS(hypercall(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), (uint64_t)(uintptr_t)input,
                                   (uint64_t)(uintptr_t)output)) != HV_STATUS_SUCCESS) {
        give_up("HvRegisterVsmCodePageOffsets cannot be read");
    }
    return output->low;
}

void vsm_open(void)
{
    uses_vmcall = processor_uses_vmcall();
    hypercall_page = (uint64_t)(uintptr_t)pages_take(1, PAGE_SIZE);
    write_msr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID);
    write_msr(HV_MSR_HYPERCALL, hypercall_page | HV_MSR_PAGE_ENABLE);
    vtl_call_entry = hypercall_page + (code_page_offsets() & 0xFFF);
    if (vtl1_value(COMMAND_PING, 0, 0, 0) != GUEST_PING) {
        give_up("VTL1 does not answer");
    }
}

struct answer vtl1(enum guest_command command, uint64_t a, uint64_t b, uint64_t c)
{
    struct vtl_registers registers = { .rdx = command, .r8 = a, .r9 = b, .r10 = c };
    uint64_t rcx;

    if (vtl_call_entry == 0) {
        registers.rcx = HVCALL_VTL_CALL;
    }
    registers.cr2 = read_cr2();
    vtl_call_full(&registers, vtl_call_entry, &rcx);
    return (struct answer){ registers.rax, registers.r9 };
}

uint64_t vtl1_value(enum guest_command command, uint64_t a, uint64_t b, uint64_t c)
{
    return vtl1(command, a, b, c).rax;
}

uint16_t protection_on(void)
{
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    uint64_t words[2];

    memcpy(words, &header, sizeof(words));
    vtl1(COMMAND_POKE, 0, words[0], 0);
    vtl1(COMMAND_POKE, 1, words[1], 0);
    vtl1(COMMAND_POKE, 2, HV_REGISTER_VSM_PARTITION_CONFIG, 0);
    vtl1(COMMAND_POKE, 3, 0, 0);
    vtl1(COMMAND_POKE, 4, HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | HV_MAP_GPA_ALL << 1, 0);
    vtl1(COMMAND_POKE, 5, 0, 0);
    return HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), 0, 0));
}

uint16_t protect(const void *page, uint64_t count, uint32_t flags)
{
    return HV_RESULT_STATUS(vtl1_value(COMMAND_PROTECT, flags, (uint64_t)(uintptr_t)page / PAGE_SIZE, count));
}

uint64_t message_word(unsigned offset)
{
    return vtl1_value(COMMAND_MESSAGE, offset / 8, 0, 0);
}
