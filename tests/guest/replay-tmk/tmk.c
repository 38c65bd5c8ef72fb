/*
 * OpenVMM's opentmk: one program in both VTLs, VTL1 with VTL0's page tables,
 * code and stacks next to each other. It goes through the hypercall page's
 * first entry only, has no assist page, and at an intercept it frees the
 * slot and returns: VTL0 gets out because RAX and RCX are not what they were.
 */
#include "tmk.h"

#define SINT_VECTOR   0x30u
#define SINT_AUTO_EOI (1u << 17)
#define CONFIG        UINT64_C(0x1F)
#define SECRET        0xA2u
#define PAGES         16u

const char client_name[] = "tmk";

const struct pending_step pending_steps[] = {
    { NULL, NULL },
};

/* What VTL0 wants VTL1 to do next: the two share all memory. */
enum command { RETURN_AT_ONCE, SET_UP, PROTECT, ENABLE_OTHERS, START_OTHERS, INTERCEPT_MSR };
static volatile enum command command;
static volatile bool advance; /* at an intercept: moves RIP instead of only freeing the slot */
static uint8_t *heap;
static struct vp *vps[MAX_PROCESSORS];
static volatile uint64_t last_message_type, running_vtl1[MAX_PROCESSORS];

static struct hv_initial_vp_context context_of_now(const struct vp *vp)
{
    struct table_pointer gdt = read_gdt(), idt = read_idt();
    struct hv_x64_segment_register data = segment((uint16_t)read_ds(), 0xFFFFFFFF, 0xC093);

    return (struct hv_initial_vp_context){
        .rip = in_copy(vtl1_first, 0), .rsp = (uint64_t)(uintptr_t)vp + VP_SIZE, .rflags = read_rflags(),
        .cs = segment((uint16_t)read_cs(), 0xFFFFFFFF, 0xA09B), .ds = data, .es = data, .fs = data, .gs = data, .ss = data,
        .tr = segment((uint16_t)read_tr(), 0xFFFF, 0x8B),
        .gdtr = { .limit = gdt.limit, .base = gdt.base }, .idtr = { .limit = idt.limit, .base = idt.base },
        .efer = read_msr(0xC0000080), .cr0 = read_cr0(), .cr3 = read_cr3(), .cr4 = read_cr4(),
        /* PAT is 0: it sets none */
    };
}

/* Same place as VTL0's, on every processor that has VTL1; SIMP and SINT0, and nothing else of the SynIC. */
static void set_up(struct vp *vp)
{
    uint64_t page = vtl0[0].page, value;

    write_msr(HV_MSR_GUEST_OS_ID, read_msr(HV_MSR_GUEST_OS_ID) != 0 ? read_msr(HV_MSR_GUEST_OS_ID) : 0x8100000000000001);
    write_msr(HV_MSR_HYPERCALL, page | 1);
    vp->caller.page = page;
    vp_step(vp, "vtl1-hypercall-page-at-vtl0s", read_msr(HV_MSR_HYPERCALL) == (page | 1), read_msr(HV_MSR_HYPERCALL));
    write_msr(HV_MSR_SIMP, (uint64_t)(uintptr_t)vp->slots | 1);
    write_msr(HV_MSR_SINT0, SINT_VECTOR | SINT_AUTO_EOI);
    vp_step(vp, "vtl1-scontrol-untouched", read_msr(HV_MSR_SCONTROL) == 1, read_msr(HV_MSR_SCONTROL));
    vp_step(vp, "vtl1-status", get_vp_register(&vp->caller, SELF, 0, REGISTER_VP_STATUS, &value) == 0 && (value & 0xF) == 1, value);
}

static void protect_heap(struct vp *vp)
{
    uint64_t value = 0;
    uint16_t status = set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, CONFIG);

    vp_step(vp, "partition-config", status == 0, status);
    get_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, &value);
    vp_step(vp, "partition-config-reads-back", value == CONFIG, value);
    heap[10] = SECRET;
    status = modify_protection(&vp->caller, OTHER_VTL1, 0, (uint64_t)(uintptr_t)heap / PAGE_SIZE, PAGES);
    vp_step(vp, "protect-explicit-vtl1", status == 0, status);
}

static void enable_others(struct vp *vp)
{
    for (uint32_t i = 1; i < vp->processors; i++) {
        struct hv_initial_vp_context context = context_of_now(vps[i]);
        uint16_t status = enable_vp_vtl(&vp->caller, PARTITION, i, 1, &context);

        vp_step(vp, i == 1 ? "enable-vp-1" : i == 2 ? "enable-vp-2" : "enable-vp-3", status == 0, status);
    }
}

/* From VTL1, in VTL0: there VTL1 is to run first. */
static void start_others(struct vp *vp)
{
    for (uint32_t i = 1; i < vp->processors && vp_is_due(vp, "start-virtual-processor"); i++) {
        struct hv_initial_vp_context context = context_of_now(vps[i]);
        uint16_t status;

        context.rip = in_copy(tmk_parked, 0);
        context.rsp -= 32768;
        enable_vp_vtl(&vp->caller, PARTITION, i, 0, &context); /* only for its input: refused, the layout is the same */
        status = call_memory(&vp->caller, 0x99);
        vp_step(vp, "start-virtual-processor", status == 0, status);
    }
}

static void intercept_msr(struct vp *vp)
{
    uint64_t value = 0;
    uint16_t status = set_vp_register(&vp->caller, SELF, 0, 0x000E0000, 0x1000);

    get_vp_register(&vp->caller, SELF, 0, 0x000E0000, &value);
    vp_step(vp, "intercept-control-reads-back", status == 0 && value == 0x1000, value);
}

/* RIP behind the 3 bytes of VTL0's load, as hv_misc does with a disassembler. */
static void advance_rip(struct vp *vp)
{
    uint64_t before = 0, after = 0;
    uint16_t status = get_vp_register(&vp->caller, SELF, OTHER_VTL0, REGISTER_RIP, &before);

    status |= set_vp_register(&vp->caller, SELF, OTHER_VTL0, REGISTER_RIP, before + 3);
    status |= get_vp_register(&vp->caller, SELF, OTHER_VTL0, REGISTER_RIP, &after);
    vp_step(vp, "rip-of-vtl0-moves", status == 0 && after == before + 3, after);
}

/* The handler sees the message, and marks its slot as read. That is all. */
static void serve_intercept(struct vp *vp)
{
    last_message_type = word_at(vp->slots, 0);
    if (advance) {
        advance_rip(vp);
    }
    put_word(vp->slots, 0, 0);
}

static void serve_call(struct vp *vp)
{
    switch (command) {
    case SET_UP: set_up(vp); break;
    case PROTECT: protect_heap(vp); break;
    case ENABLE_OTHERS: enable_others(vp); break;
    case START_OTHERS: start_others(vp); break;
    case INTERCEPT_MSR: intercept_msr(vp); break;
    default: break;
    }
}

/* The executor: no assist page says why it runs, so a message in the slot is what an intercept is known by. */
static void secure_main(struct vp *vp)
{
    vp->caller.page = vtl0[0].page;
    running_vtl1[vp->index] = read_msr(HV_MSR_VP_INDEX) + 1;
    for (;;) {
        if (word_at(vp->slots, 0) != 0) {
            serve_intercept(vp);
        } else if (vp->index == 0) { /* the others run before VTL0 does there: nobody called */
            serve_call(vp);
        }
        vp->shared.rbx = vp->shared.rdx = vp->shared.r8 = 0x6666; /* what VTL1 happens to leave */
        leave_direct(vp, 0);
    }
}

static struct vtl_registers call(enum command what)
{
    struct vtl_registers registers = { .rcx = 0x11, .rbx = 1, .rax = 0 };

    command = what;
    call_vtl1(&registers, vtl0[0].page);
    command = RETURN_AT_ONCE;
    return registers;
}

static void bring_up(void)
{
    struct hv_initial_vp_context context = context_of_now(vps[0]);
    uint16_t status;

    step("os-id-and-hypercall-page", vtl0_hypercall_page(0x8100000000000001), 0);
    status = enable_vp_vtl(&vtl0[0], PARTITION, 0, 1, &context);
    step("enable-vp-before-partition", status == 0x51, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    step("enable-partition", status == 0, status);
    status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);
    step("enable-partition-again", status == 0x51, status);
    status = enable_vp_vtl(&vtl0[0], PARTITION, 0, 1, &context);
    step("enable-vp-0", status == 0, status);
    if (status != 0) {
        steps_say();
        give_up("VTL1 is not there");
    }
}

static void first_call(void)
{
    struct vtl_registers registers = call(SET_UP);

    step("first-call", running_vtl1[0] == 1, running_vtl1[0]);
    step("return-without-assist-page", registers.rax == 0 && registers.rcx == 0, registers.rax | registers.rcx);
    step("other-registers-are-vtl1s", registers.rbx == 0x6666, registers.rbx);
}

static uint64_t intercepts(void)
{
    return vps[0]->sint0_count;
}

/* At address 10 is what was there before: VTL0 has nothing that VTL1 protects, and goes on. */
static void protected_memory(void)
{
    struct probe probe;
    uint8_t below;
    uint64_t read;

    call(PROTECT);
    below = (uint8_t)probe_run(&probe, touch_read, NULL);
    read = probe_run(&probe, touch_read, heap);
    step("protected-read-intercepted", last_message_type == MESSAGE_GPA && intercepts() == 1, intercepts());
    step("protected-read-gets-out", probe.vector == 0 && read == below && read != SECRET, read);
    probe_run(&probe, touch_write, heap);
    step("protected-write-gets-out", probe.vector == 0 && intercepts() == 2, intercepts());
    advance = true;
    read = probe_run(&probe, touch_read_counted, heap);
    advance = false;
    step("protected-read-skipped", probe.vector == 0 && read == 0x77 && intercepts() == 3, read);
}

/* The MSR that VTL0 is left with after an intercepted WRMSR: writing it harms nobody. */
static void msr_intercepts(void)
{
    const uint64_t none[2] = { 0, 0x1234 }, apic_base[2] = { 0x1B, read_msr(0x1B) };
    struct probe probe;

    probe_run(&probe, touch_wrmsr, none);
    step("wrmsr-of-msr-0", probe.vector == 0, probe.vector);
    if (!is_due("intercept-control-reads-back") || !is_due("msr-intercept")) {
        return;
    }
    call(INTERCEPT_MSR);
    step("msr-intercept", probe_run(&probe, touch_wrmsr, apic_base) == 0 && last_message_type == MESSAGE_MSR, last_message_type);
}

static void others(void)
{
    if (processor_count == 1) {
        return;
    }
    call(ENABLE_OTHERS);
    call(START_OTHERS);
    if (is_due("vtl1-runs-first")) {
        for (uint32_t i = 1; i < processor_count; i++) {
            step("vtl1-runs-first", wait_for(&running_vtl1[i], 1) && running_vtl1[i] == i + 1, running_vtl1[i]);
        }
    }
}

void guest_test(void)
{
    uint8_t *blocks = pages_take(processor_count * VP_SIZE / PAGE_SIZE, VP_SIZE);

    vtl0_prepare();
    traps_set_gate(SINT_VECTOR, sint0_stub);
    heap = pages_take(PAGES, PAGE_SIZE);
    for (uint32_t i = 0; i < processor_count; i++) {
        vps[i] = vp_make(blocks + i * VP_SIZE, i, in_copy(secure_main, 0));
    }
    bring_up();
    first_call();
    protected_memory();
    msr_intercepts();
    others();
    steps_say();
}
