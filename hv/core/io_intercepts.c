#include <hv/io_intercepts.h>

#include <hv/cpu_call.h>
#include <hv/hypercall_input.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/policy.h>
#include <hv/ports.h>
#include <hv/vendor.h>

#define PORTS 0x10000u
#define ACCESSES (HV_INTERCEPT_ACCESS_READ | HV_INTERCEPT_ACCESS_WRITE)

static bool is_asked(uint32_t port, bool write)
{
    return port < PORTS && (atomic_load(&partition.io_intercepts[write][port / 8]) >> port % 8 & 1) != 0;
}

bool io_intercepted(const struct exit_io *io)
{
    for (unsigned i = 0; i < io->size && !mutant_is(MUTANT_NO_IO_INTERCEPTS); i++) {
        if (is_asked((uint32_t)io->port + i, !io->in)) {
            return true;
        }
    }
    return false;
}

static void ask(uint16_t port, bool write, bool on)
{
    _Atomic uint8_t *byte = &partition.io_intercepts[write][port / 8];
    uint8_t bit = (uint8_t)(1u << port % 8);

    if (on) {
        atomic_fetch_or(byte, bit);
    } else {
        atomic_fetch_and(byte, (uint8_t)~bit);
    }
}

/* The lock keeps what is asked for and the back end's map the same. */
static void install(uint16_t port, uint32_t access)
{
    static struct spinlock lock = SPINLOCK_INIT;

    spin_lock(&lock);
    ask(port, false, (access & HV_INTERCEPT_ACCESS_READ) != 0);
    ask(port, true, (access & HV_INTERCEPT_ACCESS_WRITE) != 0);
    vendor->port_exits(port, access != 0 || !port_is_open(VTL0, port));
    spin_unlock(&lock);
}

/*
 * Behind it, no processor makes an access that was let through before: in VTL0 it may keep of the map what it has read, and in
 * the hypervisor it may be on its way to the port.
 */
static void nothing(struct cpu *cpu, void *argument)
{
    (void)cpu;
    (void)argument;
}

uint16_t call_install_intercept(struct cpu *cpu, const struct hv_input_install_intercept *input)
{
    if (input->type != HV_INTERCEPT_TYPE_IO_PORT || (input->access & ~ACCESSES) != 0 || input->parameter >= PORTS) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    install((uint16_t)input->parameter, input->access);
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        if (cpus[i] != NULL) {
            cpu_call(cpu, cpus[i], nothing, NULL);
        }
    }
    return HV_STATUS_SUCCESS;
}

static bool is_access(const struct hv_input_check_io_intercept *input)
{
    return (input->size == 1 || input->size == 2 || input->size == 4) && input->write <= 1
        && (uint32_t)input->port + input->size <= PORTS;
}

uint16_t call_check_io_intercept(const struct cpu *cpu, const struct hv_input_check_io_intercept *input,
                                 struct hv_output_check_io_intercept *out)
{
    const struct exit_io io = { .port = input->port, .size = input->size, .in = input->write == 0 };
    uint32_t index = input_vp_index(cpu, input->vp_index);
    enum vtl target;

    out->intercepted = 0;
    if (index >= partition.boot.processor_count || cpus[index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (!input_vtl(cpu, input->input_vtl, &target) || !is_access(input)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (!cpus[index]->vtl[target].enabled) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    out->intercepted = target == VTL0 && io_intercepted(&io) && port_access_reaches(&io); /* nobody is above VTL1 */
    return HV_STATUS_SUCCESS;
}
