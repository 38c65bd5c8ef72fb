/* INIT and SIPI of a virtual processor's VTL0 (APM vol. 2, "Processor Initialization State", "Startup IPI"). */
#include <hv/apic.h>
#include <hv/cpuid_signature.h>
#include <hv/stimer.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#include <lib/string.h>

static struct hv_initial_vp_context init_context(const struct cpu *cpu)
{
    struct hv_x64_segment_register data = { .limit = 0xFFFF, .attributes = 0x93 };

    return (struct hv_initial_vp_context){
        .rip = 0xFFF0,
        .rflags = RFLAGS_FIXED,
        .cs = { .base = 0xFFFF0000, .limit = 0xFFFF, .selector = 0xF000, .attributes = 0x9B },
        .ds = data, .es = data, .fs = data, .gs = data, .ss = data,
        .tr = { .limit = 0xFFFF, .attributes = 0x8B },
        .ldtr = { .limit = 0xFFFF, .attributes = 0x82 },
        .idtr = { .limit = 0xFFFF },
        .gdtr = { .limit = 0xFFFF },
        /* INIT leaves CD and NW as they are. */
        .cr0 = CR0_ET | (vendor->get(cpu, VTL0, VREG_CR0) & UINT64_C(0x60000000)),
        .msr_cr_pat = vendor->get(cpu, VTL0, VREG_PAT),
    };
}

void vp_init(struct cpu *cpu)
{
    struct hv_initial_vp_context context = init_context(cpu);

    vendor->vtl_start(cpu, VTL0, &context);
    for (unsigned reg = RAX; reg < GPR_COUNT; reg++) {
        cpu->gpr[reg] = 0;
    }
    cpu->gpr[RDX] = processor_signature();
    cpu->vtl[VTL0].pending.type = EVENT_NONE;
    memset(cpu->held, 0, sizeof(cpu->held));
    stimers_reset(cpu, VTL0);
    apic_reset(cpu);
    cpu->waiting_for_sipi = true;
}

void vp_startup(struct cpu *cpu, uint8_t vector)
{
    struct hv_initial_vp_context context;

    if (!cpu->waiting_for_sipi) {
        return; /* a SIPI to a running processor is ignored */
    }
    context = init_context(cpu);
    context.cs = (struct hv_x64_segment_register){
        .base = (uint64_t)vector << 12, .limit = 0xFFFF, .selector = (uint16_t)(vector << 8), .attributes = 0x9B,
    };
    context.rip = 0;
    vendor->vtl_start(cpu, VTL0, &context);
    cpu->waiting_for_sipi = false;
}
