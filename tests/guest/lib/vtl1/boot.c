/* First entries, and every later one: what VTL1 saw is kept, then a command or an intercept is served. */
#include "boot.h"

#include <guest/x86.h>

#include <lib/string.h>

#include "fuzz.h"
#include "intercept.h"
#include "traps.h"

struct cpu cpus[MAX_PROCESSORS];
struct vtl1_boot_block boot_block;
uint64_t vtl_return_entry;
uint8_t uses_vmcall;

#define GUEST_OS_ID (UINT64_C(1) << 63 | UINT64_C(0x60) << 56 | UINT64_C(2) << 48)
#define CR0_MP_EM   UINT64_C(0x6)
#define CR0_EM      UINT64_C(0x4)
#define CR4_OSFXSR  UINT64_C(0x200)

static void answer(struct cpu *cpu, uint64_t rax, uint64_t rcx)
{
    cpu->assist.vtl_return_rax = rax;
    cpu->assist.vtl_return_rcx = rcx;
}

bool cpu_prepare(struct cpu *cpu, bool first)
{
    uint64_t offsets;

    traps_load();
    uses_vmcall = processor_uses_vmcall();
    write_cr0(read_cr0() & ~CR0_EM);
    write_cr4(read_cr4() | CR4_OSFXSR); /* to see and change XMM */
    if (first) {
        write_msr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID);
        write_msr(HV_MSR_HYPERCALL, address_of(guest_hypercall_page) | HV_MSR_PAGE_ENABLE);
    }
    write_msr(HV_MSR_VP_ASSIST_PAGE, address_of(&cpu->assist) | HV_MSR_PAGE_ENABLE);
    write_msr(HV_MSR_SIMP, address_of(cpu->slots) | HV_MSR_PAGE_ENABLE);
    write_msr(HV_MSR_SINT0, VECTOR_SINT0 | HV_SINT_AUTO_EOI);
    write_msr(HV_MSR_SCONTROL, 1);
    if (get_register(0, HV_REGISTER_VSM_CODE_PAGE_OFFSETS, &offsets) != HV_STATUS_SUCCESS) {
        return false;
    }
    vtl_return_entry = (uint64_t)guest_hypercall_page + (offsets >> 12 & 0xFFF);
    return true;
}

/* Only a processor without VTL1 can be given a bad context: the statuses are kept for COMMAND_PEEK. */
static void try_bad_contexts(struct cpu *cpu, uint32_t index)
{
    for (uint32_t wrong = CONTEXT_NO_PAGING; wrong <= CONTEXT_BAD_CR4; wrong++) {
        cpu->scratch[GUEST_CONTEXT_STATUSES + wrong] = enable_vp(index, wrong, 1);
    }
}

void boot_first(struct vtl_registers *registers)
{
    struct cpu *cpu = this_cpu();
    uint64_t status = VTL1_BOOT_READY;

    (void)registers;
    memcpy(&boot_block, (const void *)VTL1_DIRECT_MAP, sizeof(boot_block));
    cpu->index = 0;
    if (boot_block.magic != VTL1_BOOT_MAGIC || boot_block.processor_count > MAX_PROCESSORS || !cpu_prepare(cpu, true)) {
        cpu->return_style = GUEST_RETURN_FAST | GUEST_RETURN_DIRECT; /* RAX = 1, the loader's BAD_BLOCK */
        return;
    }
    for (uint32_t i = 1; i < boot_block.processor_count; i++) {
        cpus[i].index = i;
        try_bad_contexts(cpu, i);
        if (HV_RESULT_STATUS(enable_vp(i, CONTEXT_GOOD, 1)) != HV_STATUS_SUCCESS) {
            status = VTL1_BOOT_HYPERCALL_FAILED;
        }
    }
    answer(cpu, status, 0);
}

void boot_further(struct vtl_registers *registers)
{
    struct cpu *cpu = this_cpu();

    (void)registers;
    answer(cpu, cpu_prepare(cpu, false) ? VTL1_BOOT_PROCESSOR_READY : VTL1_BOOT_HYPERCALL_FAILED, 0);
}

static void keep_seen(struct cpu *cpu, const struct vtl_registers *registers)
{
    memcpy(cpu->seen_before, cpu->seen, sizeof(cpu->seen));
    memcpy(cpu->seen, registers, sizeof(*registers));
    cpu->seen[SEEN_REASON] = cpu->assist.entry_reason;
    cpu->seen[SEEN_ASSIST_RAX] = cpu->assist.vtl_return_rax;
    cpu->seen[SEEN_ASSIST_RCX] = cpu->assist.vtl_return_rcx;
    save_xmm(&cpu->seen[SEEN_XMM0_LOW]);
}

void entered(struct vtl_registers *registers)
{
    struct cpu *cpu = this_cpu();

    keep_seen(cpu, registers);
    extended_entered(cpu);
    cpu->assist.entry_reason = HV_VTL_ENTRY_RESERVED; /* the next one must be written by the hypervisor */
    if (cpu->seen[SEEN_REASON] == HV_VTL_ENTRY_INTERRUPT) {
        if (!fuzz_intercepted(cpu)) {
            interrupt_serve(cpu, registers);
        }
        answer(cpu, registers->rax, registers->rcx);
        return;
    }
    cpu->counts[COUNT_CALLS]++;
    answer(cpu, 0, 0);
    if (registers->rdx != COMMAND_SET_RETURN) {
        cpu->assist.vtl_return_rax = command_run(cpu, registers);
        return;
    }
    answer(cpu, registers->r8, registers->r9);
}
