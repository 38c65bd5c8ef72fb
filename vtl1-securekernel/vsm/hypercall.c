#include <sk/hypercall.h>

#include <abi/hypercall_stubs.h>

#include <sk/cpu.h>
#include <sk/kernel_space.h>
#include <sk/x86.h>

/* GUEST_OS_ID, open-source form (TLFS, "Guest OS Identity"): bit 63, our own type 0x60, version 1. */
#define GUEST_OS_ID_OPENVSM (UINT64_C(1) << 63 | UINT64_C(0x60) << 56 | UINT64_C(1) << 16)

#define PROTECT_PAGES_A_CALL 64u

extern char hypercall_page[]; /* securekernel.lds */

void hypercall_page_enable(void)
{
    wrmsr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID_OPENVSM);
    wrmsr(HV_MSR_HYPERCALL, image_gpa(hypercall_page).value | HV_MSR_PAGE_ENABLE);
}

static uint64_t enter(uint64_t page, uint64_t control, uint64_t input_gpa, uint64_t output_gpa)
{
    register uint64_t r8 __asm__("r8") = output_gpa;
    uint64_t result;

    __asm__ volatile("call *%[page]"
                     : "=a"(result), "+c"(control), "+d"(input_gpa), "+r"(r8)
                     : [page] "r"(page)
                     : "r9", "r10", "r11", "cc", "memory");
    return result;
}

static struct hv_caller caller(void)
{
    const struct cpu *cpu = this_cpu();

    return (struct hv_caller){
        .enter = enter,
        .page = (uint64_t)(uintptr_t)hypercall_page,
        .input = cpu->hypercall_input, .input_capacity = PAGE_SIZE, .input_gpa = cpu->input_gpa.value,
        .output = cpu->hypercall_output, .output_capacity = PAGE_SIZE, .output_gpa = cpu->output_gpa.value,
    };
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
    const struct hv_input_vp_registers input = own_registers(0);
    const struct hv_caller self = caller();
    uint32_t done;

    return hv_get_vp_registers(&self, &input, &name, 1, value, &done);
}

uint16_t hypercall_set_register(uint8_t vtl, uint32_t name, uint64_t value)
{
    const struct hv_input_vp_registers input = own_registers(vtl);
    const struct hv_register_assoc element = { .name = name, .value = { .low = value } };
    const struct hv_caller self = caller();
    uint32_t done;

    return hv_set_vp_registers(&self, &input, &element, 1, &done);
}

uint16_t hypercall_protect_pages(const uint64_t *pages, uint32_t count, uint32_t rights)
{
    const struct hv_input_modify_vtl_protection_mask input = {
        .partition_id = HV_PARTITION_ID_SELF,
        .map_flags = rights,
    };
    const struct hv_caller self = caller();
    uint16_t status = HV_STATUS_SUCCESS;

    for (uint32_t at = 0, now; at < count && status == HV_STATUS_SUCCESS; at += now) {
        uint32_t done;

        now = count - at < PROTECT_PAGES_A_CALL ? count - at : PROTECT_PAGES_A_CALL;
        status = hv_modify_vtl_protection_mask(&self, &input, pages + at, now, &done);
    }
    return status;
}

uint16_t hypercall_protect(gpa_t base, uint64_t count, uint32_t rights)
{
    uint64_t pages[PROTECT_PAGES_A_CALL], next = base.value >> PAGE_SHIFT, end = next + count;
    uint16_t status = HV_STATUS_SUCCESS;

    while (next < end && status == HV_STATUS_SUCCESS) {
        uint32_t now = 0;

        while (now < PROTECT_PAGES_A_CALL && next < end) {
            pages[now++] = next++;
        }
        status = hypercall_protect_pages(pages, now, rights);
    }
    return status;
}

uint16_t hypercall_enable_vp(uint32_t vp_index, const struct hv_initial_vp_context *context)
{
    const struct hv_input_enable_vp_vtl input = {
        .partition_id = HV_PARTITION_ID_SELF,
        .vp_index = vp_index,
        .target_vtl = 1,
        .context = *context,
    };
    const struct hv_caller self = caller();

    return hv_enable_vp_vtl(&self, &input);
}
