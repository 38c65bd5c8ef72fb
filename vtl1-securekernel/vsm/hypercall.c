#include <sk/hypercall.h>

#include <lib/string.h>

#include <sk/cpu.h>
#include <sk/kernel_space.h>
#include <sk/x86.h>

/* GUEST_OS_ID, open-source form (TLFS, "Guest OS Identity"): bit 63, our own type 0x60, version 1. */
#define GUEST_OS_ID_OPENVSM (UINT64_C(1) << 63 | UINT64_C(0x60) << 56 | UINT64_C(1) << 16)

/* What fits in one input page behind the 16-byte header. */
#define PROTECT_PAGES_A_CALL 510u

extern char hypercall_page[]; /* securekernel.lds */

void hypercall_page_enable(void)
{
    wrmsr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID_OPENVSM);
    wrmsr(HV_MSR_HYPERCALL, image_gpa(hypercall_page).value | HV_MSR_PAGE_ENABLE);
}

static uint64_t hypercall(uint64_t control, gpa_t input, gpa_t output)
{
    register uint64_t r8 __asm__("r8") = output.value;
    uint64_t result;

    __asm__ volatile("call *%[page]"
                     : "=a"(result), "+c"(control), "+d"(input.value), "+r"(r8)
                     : [page] "r"(hypercall_page)
                     : "r9", "r10", "r11", "cc", "memory");
    return result;
}

static struct hv_input_vp_registers own_registers(uint8_t vtl)
{
    return (struct hv_input_vp_registers){
        .partition_id = HV_PARTITION_ID_SELF,
        .vp_index = HV_VP_INDEX_SELF,
        .input_vtl = vtl,
    };
}

uint16_t hypercall_get_register(uint32_t name, struct hv_register_value *value)
{
    struct cpu *cpu = this_cpu();
    struct {
        struct hv_input_vp_registers header;
        uint32_t name;
    } input = { own_registers(0), name };
    uint64_t result;

    memcpy(cpu->hypercall_input, &input, sizeof(input));
    result = hypercall(HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), cpu->input_gpa, cpu->output_gpa);
    memcpy(value, cpu->hypercall_output, sizeof(*value));
    return HV_RESULT_STATUS(result);
}

uint16_t hypercall_set_register(uint8_t vtl, uint32_t name, uint64_t value)
{
    struct cpu *cpu = this_cpu();
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc element;
    } input = { own_registers(vtl), { .name = name, .value = { .low = value } } };

    memcpy(cpu->hypercall_input, &input, sizeof(input));
    return HV_RESULT_STATUS(hypercall(HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), cpu->input_gpa, gpa(0)));
}

/* One call's worth. A hypervisor may stop a rep call early and say success: go on from where it stopped. */
static uint16_t protect_list(uint64_t count)
{
    uint64_t done = 0;

    while (done < count) {
        uint64_t control = HVCALL_MODIFY_VTL_PROTECTION_MASK | HV_INPUT_REPS(count) | done << 48;
        uint64_t result = hypercall(control, this_cpu()->input_gpa, gpa(0));
        uint64_t reps = HV_RESULT_REPS(result);

        if (HV_RESULT_STATUS(result) != HV_STATUS_SUCCESS) {
            return HV_RESULT_STATUS(result);
        }
        if (reps <= done || reps > count) {
            return HV_STATUS_OPERATION_DENIED; /* no progress: asking again would never end */
        }
        done = reps;
    }
    return HV_STATUS_SUCCESS;
}

uint16_t hypercall_protect(gpa_t base, uint64_t count, uint32_t rights)
{
    const struct hv_input_modify_vtl_protection_mask header = {
        .partition_id = HV_PARTITION_ID_SELF,
        .map_flags = rights,
    };
    uint8_t *input = this_cpu()->hypercall_input;

    for (uint64_t done = 0; done < count;) {
        uint64_t now = count - done < PROTECT_PAGES_A_CALL ? count - done : PROTECT_PAGES_A_CALL;
        uint64_t *list = (uint64_t *)(input + sizeof(header));
        uint16_t status;

        memcpy(input, &header, sizeof(header));
        for (uint64_t i = 0; i < now; i++) {
            list[i] = (base.value >> PAGE_SHIFT) + done + i;
        }
        status = protect_list(now);
        if (status != HV_STATUS_SUCCESS) {
            return status;
        }
        done += now;
    }
    return HV_STATUS_SUCCESS;
}

uint16_t hypercall_enable_vp(uint32_t vp_index, const struct hv_initial_vp_context *context)
{
    struct cpu *cpu = this_cpu();
    const struct hv_input_enable_vp_vtl input = {
        .partition_id = HV_PARTITION_ID_SELF,
        .vp_index = vp_index,
        .target_vtl = 1,
        .context = *context,
    };

    memcpy(cpu->hypercall_input, &input, sizeof(input));
    return HV_RESULT_STATUS(hypercall(HVCALL_ENABLE_VP_VTL, cpu->input_gpa, gpa(0)));
}
