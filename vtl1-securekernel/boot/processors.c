#include <sk/processors.h>

#include <abi/tlfs.h>

#include <sk/cpu.h>
#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/log.h>
#include <sk/x86.h>

#define CR0_INITIAL  UINT64_C(0x80010033) /* PG WP NE ET MP PE; EM and TS follow in cpu_load */
#define CR4_INITIAL  UINT64_C(0x000000A0) /* PGE PAE; SMEP SMAP UMIP follow in cpu_load */
#define EFER_INITIAL UINT64_C(0x00000D01) /* NXE LMA LME SCE */
#define PAT_RESET    UINT64_C(0x0007040600070406)

#define SEGMENT_CODE64 0xA09B /* present, DPL 0, execute/read, accessed, L, G */
#define SEGMENT_DATA   0xC093 /* present, DPL 0, read/write, accessed, D/B, G */
#define SEGMENT_TSS    0x008B /* present, busy 64-bit TSS */

extern const char processor_start[];

/* The one thing a processor finds on its stack. */
static uint64_t initial_stack(struct cpu *cpu)
{
    uint64_t rsp = cpu->stack_top - 16;

    *(struct cpu **)rsp = cpu;
    return rsp;
}

static void fill_context(struct cpu *cpu, struct hv_initial_vp_context *context)
{
    const struct hv_x64_segment_register data = { 0, 0xFFFFFFFF, SELECTOR_KERNEL_DATA, SEGMENT_DATA };

    *context = (struct hv_initial_vp_context){
        .rip = (uint64_t)processor_start,
        .rsp = initial_stack(cpu),
        .rflags = 2,
        .cs = { 0, 0xFFFFFFFF, SELECTOR_KERNEL_CODE, SEGMENT_CODE64 },
        .ds = data,
        .es = data,
        .ss = data,
        .tr = { (uint64_t)&cpu->tss, sizeof(struct tss) - 1, SELECTOR_TSS, SEGMENT_TSS },
        .efer = EFER_INITIAL,
        .cr0 = CR0_INITIAL,
        .cr3 = kernel_space_root().value,
        .cr4 = CR4_INITIAL,
        .msr_cr_pat = PAT_RESET,
    };
}

bool processors_enable(uint32_t count)
{
    for (uint32_t index = 1; index < count; index++) {
        struct hv_initial_vp_context context;
        uint16_t status;

        if (!cpu_prepare(index)) {
            log_line("error: no memory for processor %u", index);
            return false;
        }
        fill_context(cpu_by_index(index), &context);
        status = hypercall_enable_vp(index, &context);
        if (status != HV_STATUS_SUCCESS) {
            log_line("error: VTL1 not enabled on processor %u, hypercall status 0x%x", index, status);
            return false;
        }
    }
    return true;
}
