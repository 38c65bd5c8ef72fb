#include <hv/dump.h>
#include <hv/handlers.h>
#include <hv/reset.h>

/* A triple fault resets a machine; here VTL1's secrets go first (F21). Where VTL0 was is what its author wants to know. */
void handle_shutdown(struct cpu *cpu)
{
    dump_registers(cpu);
    machine_reset(cpu, "shutdown (triple fault)");
}
