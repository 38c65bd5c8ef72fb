/* Registers of another processor, which runs in VTL0 or VTL1 meanwhile (TLFS, "Virtual Processors"). */
#include "registers.h"

#define MSR_KERNEL_GS_BASE 0xC0000102u
#define ROUNDS             500u

static volatile uint64_t ready, go_on, gs_base_seen, rounds_done;
extern const char others_loop[], others_loop_end[], others_loop_left[];

uint16_t get_of(enum side side, uint32_t index, uint8_t target, uint32_t name, uint64_t *value)
{
    struct {
        struct hv_input_vp_registers header;
        uint32_t name, zero;
    } input = { { .partition_id = HV_PARTITION_ID_SELF, .vp_index = index, .input_vtl = target }, name, 0 };
    struct hv_register_value out;
    uint64_t result = send(side, HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input), &out);

    *value = out.low;
    return HV_RESULT_STATUS(result);
}

uint16_t set_of(enum side side, uint32_t index, uint8_t target, uint32_t name, uint64_t value)
{
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } input = { { .partition_id = HV_PARTITION_ID_SELF, .vp_index = index, .input_vtl = target },
                { .name = name, .value = { .low = value } } };

    return HV_RESULT_STATUS(send(side, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), &input, sizeof(input), NULL));
}

/* Leaves this loop only by a changed RIP. */
static void loop(void *argument)
{
    (void)argument;
    write_msr(MSR_KERNEL_GS_BASE, 0x7777000);
    ready = 1;
    __asm__ volatile(".globl others_loop, others_loop_end, others_loop_left\n"
                     ".hidden others_loop, others_loop_end, others_loop_left\n"
                     "others_loop:\n\tpause\n\tjmp others_loop\nothers_loop_end:\n\thlt\nothers_loop_left:" : : : "memory");
    gs_base_seen = read_msr(MSR_KERNEL_GS_BASE);
}

static void while_in_vtl0(void)
{
    uint64_t value;

    ready = 0;
    note(processor_start(1, loop, NULL) && wait_for(&ready, 1), "processor-1");
    note(get_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_RIP, &value) == HV_STATUS_SUCCESS, "rip-status");
    note(value >= (uint64_t)(uintptr_t)others_loop && value <= (uint64_t)(uintptr_t)others_loop_end, "rip-0x%lx", value);
    note(get_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_KERNEL_GS_BASE, &value) == HV_STATUS_SUCCESS, "gs-status");
    note(value == 0x7777000, "gs-0x%lx", value);
    note(get_of(FROM_VTL1, 1, TARGET_VTL1, HV_REGISTER_VP_INDEX, &value) == HV_STATUS_SUCCESS && value == 1, "index-%lu", value);
    note(get_of(FROM_VTL0, 1, TARGET_OWN, HV_REGISTER_VSM_VP_STATUS, &value) == HV_STATUS_SUCCESS, "vp-status");
    note(value == UINT64_C(3) << 16, "vp-status-0x%lx", value);
    note(get_of(FROM_VTL0, 1, TARGET_VTL0, HV_REGISTER_RIP, &value) == HV_STATUS_ACCESS_DENIED, "rip-from-vtl0");
    note(get_of(FROM_VTL0, 1, TARGET_VTL1, HV_REGISTER_VP_INDEX, &value) == HV_STATUS_ACCESS_DENIED, "vtl1-from-vtl0");
    note(set_of(FROM_VTL0, 1, TARGET_VTL0, HV_REGISTER_KERNEL_GS_BASE, 1) == HV_STATUS_ACCESS_DENIED, "set-from-vtl0");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_KERNEL_GS_BASE, UINT64_C(1) << 62) == HV_STATUS_INVALID_REGISTER_VALUE, "bad-value");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_KERNEL_GS_BASE, 0x8888000) == HV_STATUS_SUCCESS, "set-gs");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_RIP, (uint64_t)(uintptr_t)others_loop_left) == HV_STATUS_SUCCESS, "set-rip");
    note(processor_wait(1), "rip-not-changed");
    note(gs_base_seen == 0x8888000, "gs-not-changed:0x%lx", gs_base_seen);
    report_notes("registers-other-in-vtl0");
}

static void stay(void *argument)
{
    (void)argument;
    vtl1(COMMAND_STAY, 0, 0, 0);
}

/* VTL0's registers are to be had while VTL1 runs; VTL1 does not notice. */
static void while_in_vtl1(void)
{
    uint64_t value = 0, rip = 0;

    note(processor_start(1, stay, NULL), "processor-1");
    while (vtl1_value(COMMAND_STAYING, 0, 0, 0) == 0) {
        pause();
    }
    note(get_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_VSM_VP_STATUS, &value) == HV_STATUS_SUCCESS, "vp-status");
    note((value & 15) == 1, "active-0x%lx", value);
    note(get_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_RIP, &rip) == HV_STATUS_SUCCESS, "rip-status");
    note(rip > hypercall_page && rip < hypercall_page + PAGE_SIZE, "rip-0x%lx", rip); /* behind its VTL call */
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_RIP, rip) == HV_STATUS_SUCCESS, "set-rip");
    note(vtl1_value(COMMAND_STAYING, 0, 0, 0) == 1, "disturbed");
    vtl1(COMMAND_LET_GO, 0, 0, 0);
    note(processor_wait(1), "not-back");
    report_notes("registers-other-in-vtl1");
}

static void ask(uint32_t whom)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct answer answer = vtl1(COMMAND_REGISTER_OF, whom, HV_REGISTER_VP_INDEX, 0);

        if (answer.rax != HV_STATUS_SUCCESS || answer.r9 != whom) {
            return;
        }
        __atomic_fetch_add(&rounds_done, 1, __ATOMIC_SEQ_CST);
    }
}

static void ask_boot_processor(void *argument)
{
    (void)argument;
    go_on = 1;
    ask(0);
}

/* Each waits for the other, and serves it meanwhile. */
static void both_at_once(void)
{
    go_on = rounds_done = 0;
    note(processor_start(1, ask_boot_processor, NULL) && wait_for(&go_on, 1), "processor-1");
    ask(1);
    note(processor_wait(1), "not-back");
    note(rounds_done == 2 * ROUNDS, "rounds-%lu", rounds_done);
    report_notes("registers-both-ask");
}

void test_others(void)
{
    if (processor_count < 2) {
        return;
    }
    while_in_vtl0();
    while_in_vtl1();
    both_at_once();
}
