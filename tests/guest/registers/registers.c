/* HvCallGetVpRegisters, HvCallSetVpRegisters, synthetic MSRs, and the errors of enabling (TLFS, "Virtual Processors"). */
#include "registers.h"

#include <lib/string.h>

#define OUTPUT_AT 2048u

static uint64_t send_from_vtl1(uint64_t control, const uint64_t *words, size_t count, uint64_t *out, size_t out_words)
{
    uint64_t result;

    for (size_t i = 0; i < count; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    result = vtl1_value(COMMAND_HYPERCALL, control, 0, OUTPUT_AT);
    for (size_t i = 0; i < out_words; i++) {
        out[i] = vtl1_value(COMMAND_PEEK, OUTPUT_AT / 8 + i, 0, 0);
    }
    return result;
}

uint64_t send_words(enum side side, uint64_t control, const void *input, size_t size, uint64_t *out, size_t out_words)
{
    static uint8_t *page;
    uint64_t words[32] = { 0 }, result;

    memcpy(words, input, size);
    if (side == FROM_VTL1) {
        return send_from_vtl1(control, words, (size + 7) / 8, out, out_words);
    }
    if (page == NULL) {
        page = pages_take(1, PAGE_SIZE);
    }
    memset(page, 0, PAGE_SIZE);
    memcpy(page, words, sizeof(words));
    result = hypercall(control, (uint64_t)(uintptr_t)page, (uint64_t)(uintptr_t)page + OUTPUT_AT);
    memcpy(out, page + OUTPUT_AT, out_words * sizeof(*out));
    return result;
}

uint64_t send(enum side side, uint64_t control, const void *input, size_t size, struct hv_register_value *out)
{
    uint64_t words[2], result = send_words(side, control, input, size, words, 2);

    if (out != NULL) {
        *out = (struct hv_register_value){ words[0], words[1] };
    }
    return result;
}

static struct hv_input_vp_registers header(uint8_t target)
{
    return (struct hv_input_vp_registers){ .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = target };
}

uint16_t get_both(enum side side, uint8_t target, uint32_t name, struct hv_register_value *value)
{
    struct {
        struct hv_input_vp_registers header;
        uint32_t name, zero;
    } input = { header(target), name, 0 };
    uint64_t result = send(side, HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input), value);

    note(HV_RESULT_REPS(result) == (HV_RESULT_STATUS(result) == HV_STATUS_SUCCESS), "get-0x%x-reps", name);
    return HV_RESULT_STATUS(result);
}

uint16_t get(enum side side, uint8_t target, uint32_t name, uint64_t *value)
{
    struct hv_register_value both;
    uint16_t status = get_both(side, target, name, &both);

    *value = both.low;
    return status;
}

uint16_t set(enum side side, uint8_t target, uint32_t name, uint64_t value)
{
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } input = { header(target), { .name = name, .value = { .low = value } } };
    uint64_t result = send(side, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input), NULL);

    note(HV_RESULT_REPS(result) == (HV_RESULT_STATUS(result) == HV_STATUS_SUCCESS), "set-0x%x-reps", name);
    return HV_RESULT_STATUS(result);
}

void guest_test(void)
{
    test_get();
    test_vp_index();
    test_others();
    test_private(); /* before protection is on */
    test_set();
    test_translate(); /* protection is on */
    test_pending_event();
    test_msrs();
    test_synthetic();
    test_crash();
    test_enable();
}
