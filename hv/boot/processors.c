#include "processors.h"

#include "cpu.h"
#include "log.h"
#include "mp_services.h"

#include <lib/string.h>

#define APIC_ID_LIMIT 0xFFu /* 8-bit ids; 0xFF is the broadcast */

static EFI_GUID mp_services_guid = MP_SERVICES_GUID;

/* Puts processor `number` of the firmware's list into ours. */
static bool add_processor(struct mp_services *services, UINTN number, struct processors *processors)
{
    struct mp_processor_information information;
    uint32_t slot = 0;

    memset(&information, 0, sizeof(information));
    if (EFI_ERROR(services->get_processor_info(services, number, &information))) {
        log_error("processor %lu: the firmware does not describe it", number);
        return false;
    }
    if ((information.status_flag & MP_PROCESSOR_ENABLED) == 0 || (information.status_flag & MP_PROCESSOR_HEALTHY) == 0) {
        log_error("processor %lu: disabled by the firmware, so it could not be taken over", number);
        return false;
    }
    if (information.processor_id >= APIC_ID_LIMIT) {
        log_error("processor %lu: local APIC id 0x%lx does not fit xAPIC mode", number, information.processor_id);
        return false;
    }
    if ((information.status_flag & MP_PROCESSOR_IS_BSP) == 0) {
        slot = processors->count++;
    }
    processors->apic_ids[slot] = (uint32_t)information.processor_id;
    return true;
}

bool processors_find(struct processors *processors)
{
    struct mp_services *services = firmware_protocol(&mp_services_guid);
    UINTN total = 0;
    UINTN enabled = 0;

    *processors = (struct processors){ .count = 1 }; /* slot 0 waits for the boot processor */
    if (services == NULL || EFI_ERROR(services->get_number_of_processors(services, &total, &enabled))) {
        log_error("the firmware has no MP services");
        return false;
    }
    if (total == 0 || total > HV_MAX_PROCESSORS) {
        log_error("%lu processors, allowed are 1 to %u", total, HV_MAX_PROCESSORS);
        return false;
    }
    for (UINTN i = 0; i < total; i++) {
        if (!add_processor(services, i, processors)) {
            return false;
        }
    }
    if (processors->count != total || processors->apic_ids[0] != cpu_apic_id()) {
        log_error("the firmware's list of processors does not name the boot processor");
        return false;
    }
    return true;
}

bool processors_run_others(const struct processors *processors, VOID(EFIAPI *procedure)(VOID *argument), void *argument)
{
    struct mp_services *services = firmware_protocol(&mp_services_guid);

    if (processors->count == 1) {
        return true;
    }
    return services != NULL && !EFI_ERROR(services->startup_all_aps(services, procedure, FALSE, NULL, 0, argument, NULL));
}

uint32_t processors_self(const struct processors *processors)
{
    uint32_t id = cpu_apic_id();
    uint32_t i = 0;

    while (i < processors->count && processors->apic_ids[i] != id) {
        i++;
    }
    return i;
}
