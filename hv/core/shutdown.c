#include <hv/handlers.h>
#include <hv/reset.h>

/* A triple fault resets a machine; here VTL1's secrets go first (F21). */
void handle_shutdown(struct cpu *cpu)
{
    machine_reset(cpu, "shutdown (triple fault)");
}
