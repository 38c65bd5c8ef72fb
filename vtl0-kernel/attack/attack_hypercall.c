#include "attack_internal.h"

#include <abi/tlfs.h>
#include <lib/string.h>
#include <vtl0/processor.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define UNKNOWN_CODE 0x7FFFu
#define VTL1_EXPLICIT (HV_INPUT_VTL_USE_TARGET | 1u)

static void judge_status(uint64_t value, struct attack_result *result)
{
    result->outcome = HV_RESULT_STATUS(value) == HV_STATUS_SUCCESS ? OUTCOME_OK : OUTCOME_REFUSED;
    result->rip_advanced = true; /* a hypercall always returns */
    attack_detail(result, "status=0x%x", (unsigned)HV_RESULT_STATUS(value));
}

/* attack->number: the input VTL byte. */
void attack_protect(const struct attack *attack, struct attack_result *result)
{
    struct {
        struct hv_input_modify_vtl_protection_mask header;
        uint64_t page;
    } input = {
        .header = { .partition_id = HV_PARTITION_ID_SELF, .map_flags = HV_MAP_GPA_ALL,
                    .input_vtl = (uint8_t)attack->number },
        .page = attack_places.page[attack->place] / PAGE_SIZE,
    };

    judge_status(vsm_hypercall_with(HVCALL_MODIFY_VTL_PROTECTION_MASK, &input, sizeof(input), 1), result);
}

void attack_enable_vp(const struct attack *attack, struct attack_result *result)
{
    struct hv_input_enable_vp_vtl input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .target_vtl = 1,
        .context = {
            .rip = (uint64_t)(uintptr_t)probe_read, .rflags = RFLAGS_RESERVED, .efer = rdmsr(MSR_EFER),
            .cr0 = read_cr0(),
            .cr3 = read_cr3(), .cr4 = read_cr4(),
            .cs = { .selector = SELECTOR_KERNEL_CODE, .attributes = 0xA09B, .limit = UINT32_MAX },
        },
    };

    (void)attack;
    judge_status(vsm_hypercall_with(HVCALL_ENABLE_VP_VTL, &input, sizeof(input), 0), result);
}

void attack_enable_partition(const struct attack *attack, struct attack_result *result)
{
    struct hv_input_enable_partition_vtl input = { .partition_id = HV_PARTITION_ID_SELF,
                                                   .target_vtl = (uint8_t)attack->number };

    judge_status(vsm_hypercall_with(HVCALL_ENABLE_PARTITION_VTL, &input, sizeof(input), 0), result);
}

/* attack->number: a register of VTL1's. */
void attack_registers_get(const struct attack *attack, struct attack_result *result)
{
    struct {
        struct hv_input_vp_registers header;
        uint32_t name, padding;
    } input = {
        .header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = VTL1_EXPLICIT },
        .name = (uint32_t)attack->number,
    };

    judge_status(vsm_hypercall_with(HVCALL_GET_VP_REGISTERS, &input, sizeof(input), 1), result);
}

static uint64_t set_register(uint32_t name, uint8_t input_vtl, uint64_t value)
{
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc set;
    } input = {
        .header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = input_vtl },
        .set = { .name = name, .value = { .low = value } },
    };

    return vsm_hypercall_with(HVCALL_SET_VP_REGISTERS, &input, sizeof(input), 1);
}

void attack_registers_set(const struct attack *attack, struct attack_result *result)
{
    judge_status(set_register((uint32_t)attack->number, VTL1_EXPLICIT, (uint64_t)(uintptr_t)probe_read), result);
}

/* VTL0 tries to decide about VTLs itself; attack->number: the input VTL byte, and what it wants in the high half. */
void attack_partition_config(const struct attack *attack, struct attack_result *result)
{
    judge_status(set_register(HV_REGISTER_VSM_PARTITION_CONFIG, (uint8_t)attack->number, attack->number >> 32), result);
}

/*
 * The hypervisor as a confused deputy: a legal call whose input (ACCESS_READ)
 * or output (ACCESS_WRITE) is a page that VTL0 has no right to. attack->number
 * is the access; a fault of the caller is as good as a status.
 */
void attack_buffer(const struct attack *attack, struct attack_result *result)
{
    struct {
        struct hv_input_vp_registers header;
        uint32_t name, padding;
    } input = {
        .header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF },
        .name = HV_REGISTER_VSM_PARTITION_STATUS,
    };
    uint64_t own = (uint64_t)(uintptr_t)this_processor()->hypercall;
    uint64_t foreign = attack_places.page[attack->place];
    bool write = attack->number == ACCESS_WRITE;
    struct probe probe = {
        .code = attack_hypercall_code(),
        .rcx = HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1),
        .rdx = write ? own : foreign,
        .r8 = write ? foreign : own + PAGE_SIZE / 2,
    };

    if (foreign == 0) {
        result->outcome = OUTCOME_ABSENT;
        return;
    }
    memcpy((void *)(uintptr_t)own, &input, sizeof(input));
    if (attack->control && !write) {
        memcpy((void *)(uintptr_t)foreign, &input, sizeof(input));
    }
    if (probe_call(&probe)) {
        judge_status(probe.rax, result);
        /* Any other status tells what is there: it has been read. */
        result->outcome = HV_RESULT_STATUS(probe.rax) == HV_STATUS_INVALID_HYPERCALL_INPUT ? OUTCOME_REFUSED : OUTCOME_OK;
    } else {
        attack_judge(&probe, true, result);
    }
    attack_control_reset();
}

void attack_unknown_call(const struct attack *attack, struct attack_result *result)
{
    (void)attack;
    judge_status(vsm_hypercall(UNKNOWN_CODE, 0, 0), result);
}
