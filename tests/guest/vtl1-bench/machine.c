#include "machine.h"

#include <lib/string.h>

#include <sk/cpu.h>
#include <sk/process.h>

#include "console.h"
#include "hypervisor.h"
#include "world.h"

#define CALL_RAX UINT64_C(0x1234567890ABCDEF)
#define CALL_RCX UINT64_C(0xFEDCBA0987654321)
#define CR2_PATTERN UINT64_C(0x00007ABCDEF01230)

struct machine machine;

static struct cpu *cpu(unsigned index)
{
    return (struct cpu *)kernel_pointer(&machine.region, kernel_symbol("cpus")) + index;
}

static void install_stub(void)
{
    uint64_t linked = kernel_symbol("hypercall_page");

    world_stub_cr3[0] = machine.region.cr3;
    world_stub_handler[0] = (uint64_t)hypervisor_call;
    world_stub_stack[0] = (uint64_t)machine.stack;
    world_stub_return[0] = (uint64_t)world_return;
    memcpy(kernel_pointer(&machine.region, linked), world_stub, 4096);
    world_enter_address = linked + STUB_ENTER;
    world_enter_at_address = linked + STUB_ENTER_AT;
}

static void set_patterns(uint64_t rdx)
{
    for (unsigned i = 0; i < W_COUNT; i++) {
        world_in[i] = UINT64_C(0x0101010101010101) * (i + 1);
    }
    world_in[W_RDX] = rdx;
    __asm__ volatile("mov %0, %%cr2" : : "r"(CR2_PATTERN));
}

static bool patterns_kept(void)
{
    uint64_t cr2;

    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    return memcmp(world_in, world_out, sizeof(world_in)) == 0 && cr2 == CR2_PATTERN;
}

uint64_t machine_boot(const struct image *trustlets, uint32_t count)
{
    world_restore_tables();
    region_build(&machine.region, trustlets, count, (uint64_t)machine.frame, 4096);
    hypervisor_reset(&machine.region);
    install_stub();
    __asm__ volatile("mov %0, %%cr3" : : "r"(machine.region.cr3) : "memory");
    set_patterns((uint64_t)machine.region.block);
    world_start(machine.region.entry, (uint64_t)machine.stack - 2048, machine.region.cr3);
    CHECK_THAT(patterns_kept());
    return cpu(0)->assist->vtl_return_rax;
}

static uint64_t read_gs_base(void)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(0xC0000101));
    return (uint64_t)high << 32 | low;
}

static void write_gs_base(uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(0xC0000101), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

uint64_t machine_boot_second(void)
{
    uint64_t rsp = world_vtl1_rsp, cr3 = world_vtl1_cr3, gs = read_gs_base();
    const struct hv_initial_vp_context *context = &hypercalls.context;

    set_patterns(0);
    world_start(context->rip, context->rsp, context->cr3);
    CHECK_THAT(patterns_kept());
    CHECK_THAT(read_gs_base() != gs);
    world_vtl1_rsp = rsp;
    world_vtl1_cr3 = cr3;
    write_gs_base(gs);
    return cpu(1)->assist->vtl_return_rax;
}

uint64_t machine_call(uint64_t address)
{
    struct hv_vp_assist_page *assist = cpu(0)->assist;

    set_patterns(address);
    assist->entry_reason = HV_VTL_ENTRY_VTL_CALL;
    assist->vtl_return_rax = CALL_RAX;
    assist->vtl_return_rcx = CALL_RCX;
    world_call();
    CHECK_THAT(patterns_kept());
    CHECK_THAT(assist->vtl_return_rcx == 0);
    return assist->vtl_return_rax;
}

uint64_t machine_service(uint32_t service, uint64_t session, uint32_t input_size, uint32_t capacity)
{
    machine.frame->version = SECURE_CALL_VERSION;
    machine.frame->service = service;
    machine.frame->session = session;
    machine.frame->input_size = input_size;
    machine.frame->output_capacity = capacity;
    machine.frame->status = 0xAAAAAAAA;
    machine.frame->call = 0;
    memset(machine.frame->reserved, 0, sizeof(machine.frame->reserved));
    return machine_call((uint64_t)machine.frame);
}

bool machine_intercept(const struct hv_message *message)
{
    struct hv_vp_assist_page *assist = cpu(0)->assist;

    *machine_slot() = *message;
    set_patterns(0x77);
    assist->entry_reason = HV_VTL_ENTRY_INTERRUPT;
    assist->vtl_return_rax = 0;
    assist->vtl_return_rcx = 0;
    world_call();
    /* RAX and RCX at entry are the page-table root and 0x11 of the switch: they stand for VTL0's own. */
    return patterns_kept() && assist->vtl_return_rcx == 0x11 && assist->vtl_return_rax == world_vtl1_cr3;
}

struct hv_message *machine_slot(void)
{
    return cpu(0)->messages;
}

const struct cpu *machine_cpu(unsigned index)
{
    return cpu(index);
}

/* Processes are in pages of the region, which VTL1 sees in its direct map. */
static const struct process *process_pointer(uint64_t linked)
{
    return linked != 0 ? (const struct process *)(machine.region.base + (linked - VTL1_DIRECT_MAP)) : NULL;
}

const struct process *machine_process(unsigned index)
{
    const uint64_t *first = kernel_pointer(&machine.region, kernel_symbol("first_process"));
    const struct process *process = process_pointer(*first);

    while (process != NULL && index-- > 0) {
        process = process_pointer((uint64_t)process->next);
    }
    return process;
}

uint64_t machine_process_root(unsigned index)
{
    const struct process *process = machine_process(index);

    return process != NULL && process->state == PROCESS_READY ? process->root.value : 0;
}
