#include "vsm_client.h"

#include "cpu.h"
#include "firmware.h"
#include "log.h"

#include <abi/hypercall_stubs.h>
#include <lib/string.h>

/* GUEST_OS_ID, open-source form (TLFS, "Guest OS Identity"): bit 63, OpenVSM's own OS type 0x60, id 1 for its loader, version 1. */
#define GUEST_OS_ID_LOADER (UINT64_C(1) << 63 | UINT64_C(0x60) << 56 | UINT64_C(1) << 48 | UINT64_C(1) << 16)

#define CLIENT_PAGES 2u
#define OUTPUT_AT    2048u /* inputs lie in the first half of their page, outputs in the second */

#define CODE_OFFSETS_VTL_CALL(v) ((v) & 0xFFFu)

/* Calls offset 0 of the hypercall page (TLFS, "Establishing the Hypercall Interface"). */
static uint64_t enter(uint64_t page, uint64_t control, uint64_t input_gpa, uint64_t output_gpa)
{
    uint64_t result;

    __asm__ volatile("movq %[output], %%r8\n\tcall *%[page]"
                     : "=a"(result), "+c"(control), "+d"(input_gpa)
                     : [page] "r"(page), [output] "r"(output_gpa)
                     : "r8", "r9", "r10", "r11", "cc", "memory");
    return result;
}

/* The firmware maps memory one to one. */
static struct hv_caller caller(const struct vsm_client *client)
{
    uint64_t data = client->pages + PAGE_SIZE;

    return (struct hv_caller){
        .enter = enter,
        .page = client->pages,
        .input = (uint8_t *)(uintptr_t)data, .input_capacity = OUTPUT_AT, .input_gpa = data,
        .output = (const uint8_t *)(uintptr_t)(data + OUTPUT_AT), .output_capacity = PAGE_SIZE - OUTPUT_AT, .output_gpa = data + OUTPUT_AT,
    };
}

static bool find_vtl_call(struct vsm_client *client)
{
    const struct hv_input_vp_registers input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    const uint32_t name = HV_REGISTER_VSM_CODE_PAGE_OFFSETS;
    const struct hv_caller self = caller(client);
    struct hv_register_value value;
    uint32_t done;
    uint16_t status = hv_get_vp_registers(&self, &input, &name, 1, &value, &done);

    if (status != HV_STATUS_SUCCESS) {
        log_error("VTL1: HvCallGetVpRegisters(VsmCodePageOffsets): status 0x%x", status);
        return false;
    }
    client->vtl_call = client->pages + CODE_OFFSETS_VTL_CALL(value.low);
    return true;
}

bool vsm_client_open(struct vsm_client *client)
{
    EFI_PHYSICAL_ADDRESS pages;

    *client = (struct vsm_client){ 0 };
    if (EFI_ERROR(firmware.services->AllocatePages(AllocateAnyPages, EfiLoaderCode, CLIENT_PAGES, &pages))) {
        log_error("VTL1: no memory for the hypercall page");
        return false;
    }
    client->pages = pages;
    memset((void *)(uintptr_t)pages, 0, CLIENT_PAGES * PAGE_SIZE);
    cpu_wrmsr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID_LOADER);
    cpu_wrmsr(HV_MSR_HYPERCALL, pages | HV_MSR_PAGE_ENABLE);
    if (cpu_rdmsr(HV_MSR_HYPERCALL) != (pages | HV_MSR_PAGE_ENABLE)) {
        log_error("VTL1: the hypervisor does not enable a hypercall page");
        return false;
    }
    return find_vtl_call(client);
}

void vsm_client_close(struct vsm_client *client)
{
    cpu_wrmsr(HV_MSR_HYPERCALL, 0);
    cpu_wrmsr(HV_MSR_GUEST_OS_ID, 0);
    if (client->pages != 0) {
        secure_zero((void *)(uintptr_t)client->pages, CLIENT_PAGES * PAGE_SIZE);
        firmware.services->FreePages(client->pages, CLIENT_PAGES);
    }
    *client = (struct vsm_client){ 0 };
}

uint16_t vsm_enable_partition_vtl1(const struct vsm_client *client)
{
    const struct hv_input_enable_partition_vtl input = { .partition_id = HV_PARTITION_ID_SELF, .target_vtl = 1 };
    const struct hv_caller self = caller(client);

    return hv_enable_partition_vtl(&self, &input);
}

uint16_t vsm_enable_vp_vtl1(const struct vsm_client *client, const struct hv_initial_vp_context *context)
{
    const struct hv_input_enable_vp_vtl input = {
        .partition_id = HV_PARTITION_ID_SELF,
        .vp_index = HV_VP_INDEX_SELF,
        .target_vtl = 1,
        .context = *context,
    };
    const struct hv_caller self = caller(client);

    return hv_enable_vp_vtl(&self, &input);
}
