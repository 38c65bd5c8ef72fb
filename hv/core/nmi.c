/* Physical NMIs: kicks of the hypervisor end here, all others are VTL0's (F15). */
#include <hv/handlers.h>
#include <hv/vendor.h>

void handle_nmi(struct cpu *cpu)
{
    vendor->take_nmi();
    if (cpu->nmi_taken == 0) {
        return;
    }
    cpu->nmi_taken = 0;
    atomic_fetch_or(&cpu->public.requests, REQUEST_NMI);
}
