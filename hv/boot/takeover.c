#include "takeover.h"

#include "cpu.h"
#include "launch.h"
#include "log.h"

#include <abi/tlfs.h>

struct pass {
    struct resident *resident;
    const struct processors *processors;
    volatile bool done[HV_MAX_PROCESSORS];
};

bool takeover_seen(void)
{
    uint32_t out[4];

    cpu_cpuid(1, 0, out);
    if ((out[2] & (1u << 31)) == 0) {
        return false;
    }
    cpu_cpuid(HV_CPUID_VENDOR_AND_MAX, 0, out);
    if (out[0] < HV_CPUID_LIMITS || out[1] != 0x7263694D || out[2] != 0x666F736F || out[3] != 0x76482074) { /* "Microsoft Hv" */
        return false;
    }
    cpu_cpuid(HV_CPUID_INTERFACE, 0, out);
    return out[0] == HV_CPUID_INTERFACE_HV1;
}

static VOID EFIAPI launch_here(VOID *argument)
{
    struct pass *pass = argument;
    uint32_t self = processors_self(pass->processors);

    if (self < pass->processors->count) {
        pass->done[self] = launch_processor(pass->resident, self);
    }
}

static VOID EFIAPI look_here(VOID *argument)
{
    struct pass *pass = argument;
    uint32_t self = processors_self(pass->processors);

    if (self < pass->processors->count) {
        pass->done[self] = takeover_seen();
    }
}

/* The first processor that is not done, or the count. Clears the marks for the next round. */
static uint32_t first_missing(struct pass *pass, uint32_t from)
{
    uint32_t missing = pass->processors->count;

    for (uint32_t i = pass->processors->count; i > from; i--) {
        missing = pass->done[i - 1] ? missing : i - 1;
        pass->done[i - 1] = false;
    }
    return missing;
}

static bool launch_all(struct pass *pass)
{
    uint32_t count = pass->processors->count;
    uint32_t missing;

    if (!processors_run_others(pass->processors, launch_here, pass)) {
        log_error("launch: the firmware could not start the other processors");
        return false;
    }
    missing = first_missing(pass, 1);
    if (missing != count) {
        log_error("launch: processor %u did not enter the hypervisor", missing);
        return false;
    }
    launch_here(pass);
    if (!pass->done[0]) {
        log_error("launch: the boot processor did not enter the hypervisor");
        return false;
    }
    pass->done[0] = false;
    return true;
}

/* That this works shows too that the firmware's INIT and SIPI still start processors, now as VTL0. */
static bool look_all(struct pass *pass)
{
    uint32_t missing;

    look_here(pass);
    if (!processors_run_others(pass->processors, look_here, pass)) {
        log_error("launch: the firmware's MP services fail under the hypervisor");
        return false;
    }
    missing = first_missing(pass, 0);
    if (missing != pass->processors->count) {
        log_error("launch: processor %u does not run under the hypervisor", missing);
        return false;
    }
    return true;
}

bool takeover_run(struct resident *resident, const struct processors *processors)
{
    struct pass *pass = firmware_allocate(sizeof(*pass));
    bool done;

    if (pass == NULL) {
        log_error("no memory for the launch");
        return false;
    }
    *pass = (struct pass){ .resident = resident, .processors = processors };
    done = launch_all(pass) && look_all(pass);
    firmware_free(pass, sizeof(*pass));
    return done;
}
