#include <hv/dump.h>

#include <hv/log.h>
#include <hv/vendor.h>

static void dump_general(const struct cpu *cpu)
{
    static const char *const names[GPR_COUNT] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                                  "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };

    for (unsigned reg = RAX; reg < GPR_COUNT; reg += 4) {
        hv_log(LOG_ERROR, "dump: %s=%016lx %s=%016lx %s=%016lx %s=%016lx", names[reg], cpu->gpr[reg], names[reg + 1],
               cpu->gpr[reg + 1], names[reg + 2], cpu->gpr[reg + 2], names[reg + 3], cpu->gpr[reg + 3]);
    }
}

void dump_registers(const struct cpu *cpu)
{
    hv_log(LOG_ERROR, "dump: processor %u, VTL%u active, exit 0x%lx info 0x%lx 0x%lx", cpu->vp_index, cpu->active,
           cpu->exit.code, cpu->exit.info1, cpu->exit.info2);
    hv_log(LOG_ERROR, "dump: VTL0 rip=%016lx rsp=%016lx rflags=%08lx", vendor->get(cpu, VTL0, VREG_RIP),
           vendor->get(cpu, VTL0, VREG_RSP), vendor->get(cpu, VTL0, VREG_RFLAGS));
    hv_log(LOG_ERROR, "dump: VTL0 cr0=%08lx cr3=%016lx cr4=%08lx efer=%04lx", vendor->get(cpu, VTL0, VREG_CR0),
           vendor->get(cpu, VTL0, VREG_CR3), vendor->get(cpu, VTL0, VREG_CR4), vendor->get(cpu, VTL0, VREG_EFER));
    /* The general registers are shared: while VTL1 is active they are its. */
    if (cpu->active == VTL0) {
        dump_general(cpu);
    }
}
