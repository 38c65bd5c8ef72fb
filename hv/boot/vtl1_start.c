#include "vtl1_start.h"

#include "log.h"
#include "vsm_client.h"

static const char *const status_text[] = {
    [VTL1_BOOT_BAD_BLOCK] = "the boot block was refused",
    [VTL1_BOOT_NO_MEMORY] = "vtl1.memory is too small",
    [VTL1_BOOT_HYPERCALL_FAILED] = "a hypercall of VTL1 failed",
    [VTL1_BOOT_BAD_TRUSTLET_SIGNATURE] = "the trustlet's signature was refused",
    [VTL1_BOOT_BAD_TRUSTLET_IMAGE] = "the trustlet's image was refused",
    [VTL1_BOOT_TRUSTLET_FAULT] = "the trustlet ended by a fault",
    [VTL1_BOOT_NO_ENTROPY] = "there is no entropy",
    [VTL1_BOOT_TRUSTLET_BELOW_FLOOR] = "the trustlet is older than the owner allows",
    [VTL1_BOOT_TPM_FAILED] = "the TPM cannot be taken from VTL0",
};

struct pass {
    const struct processors *processors;
    uint64_t vtl_call;
    volatile uint64_t status[HV_MAX_PROCESSORS];
};

static bool enter_first(const struct vsm_client *client, const struct vtl1_entry *entry)
{
    uint64_t status = vsm_vtl_call(client->vtl_call, entry->boot_block.value);

    if (status == VTL1_BOOT_READY) {
        return true;
    }
    if (status < sizeof(status_text) / sizeof(status_text[0])) {
        log_error("VTL1: the secure kernel did not start: %s (status %lu)", status_text[status], status);
    } else {
        log_error("VTL1: the secure kernel did not start: unknown status 0x%lx", status);
    }
    return false;
}

static VOID EFIAPI enter_here(VOID *argument)
{
    struct pass *pass = argument;
    uint32_t self = processors_self(pass->processors);

    if (self < pass->processors->count) {
        pass->status[self] = vsm_vtl_call(pass->vtl_call, 0);
    }
}

static bool enter_others(const struct vsm_client *client, const struct processors *processors)
{
    struct pass *pass = firmware_allocate(sizeof(*pass));
    bool all = true;

    if (pass == NULL) {
        log_error("VTL1: no memory for the other processors");
        return false;
    }
    *pass = (struct pass){ .processors = processors, .vtl_call = client->vtl_call };
    if (!processors_run_others(processors, enter_here, pass)) {
        log_error("VTL1: the firmware could not run the other processors");
        all = false;
    }
    for (uint32_t i = 1; all && i < processors->count; i++) {
        if (pass->status[i] != VTL1_BOOT_PROCESSOR_READY) {
            log_error("VTL1: processor %u did not start: status 0x%lx", i, pass->status[i]);
            all = false;
        }
    }
    firmware_free(pass, sizeof(*pass));
    return all;
}

static bool enable(const struct vsm_client *client, const struct vtl1_entry *entry)
{
    uint16_t status = vsm_enable_partition_vtl1(client);

    if (status != HV_STATUS_SUCCESS) {
        log_error("VTL1: HvCallEnablePartitionVtl: status 0x%x", status);
        return false;
    }
    status = vsm_enable_vp_vtl1(client, &entry->context);
    if (status != HV_STATUS_SUCCESS) {
        log_error("VTL1: HvCallEnableVpVtl: status 0x%x", status);
        return false;
    }
    return true;
}

bool vtl1_start(const struct processors *processors, const struct vtl1_entry *entry)
{
    struct vsm_client client;
    bool started = vsm_client_open(&client) && enable(&client, entry) && enter_first(&client, entry) &&
                   enter_others(&client, processors);

    vsm_client_close(&client);
    return started;
}
