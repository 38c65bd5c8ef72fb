/* Physical NMIs: kicks of the hypervisor end here, all others are VTL0's (F15). */
#include <hv/handlers.h>
#include <hv/vendor.h>

void nmi_arrived(struct cpu *cpu)
{
    cpu->nmi_in_host = 1;
    if (atomic_exchange(&cpu->public.kicks, 0) == 0) {
        cpu->nmi_taken = 1;
    }
}

void handle_nmi(struct cpu *cpu)
{
    vendor->take_nmi();
    if (cpu->nmi_taken == 0) {
        return;
    }
    cpu->nmi_taken = 0;
    atomic_fetch_or(&cpu->public.requests, REQUEST_NMI);
}
