/*
 * The VSM suite of kvm-unit-tests: one program in both VTLs, VTL1 with page
 * tables of its own and VTL0's descriptor tables. Fast returns from calls,
 * others from interrupts; every step of its main() in its order.
 */
#include "kv.h"

#include <lib/string.h>

#define FAST_RETURN 1u
#define OS_ID       0x8100000000000002
#define EFER_LONG   UINT64_C(0x500)
#define CR0_BASE    UINT64_C(0x80010001)
#define CR4_BASE    UINT64_C(0x220) /* PAE, OSFXSR */
#define FS_BASE     0xC0000100u
#define RFLAGS_AC   UINT64_C(0x40000)

const char client_name[] = "kv";

/*
 * The suite's message has the length of the call that led to the page. Nothing
 * tells a hypervisor where a jump came from; ours says 0 (docs/abi.md, "Secure
 * intercepts"), which step execute-message has.
 */
const struct pending_step pending_steps[] = {
    { "execute-message-exact", "length-of-the-branch-before-in-the-GPA-message" },
    { NULL, NULL },
};

volatile uint64_t kv_intercepts;
uint8_t kv_message[240];

static struct vp *vps[MAX_PROCESSORS];
static uint64_t tables, call_entry;
static uint8_t *vtl1_hypercall_page, *tsc_pages; /* of VTL0, then of VTL1 */
static void (*volatile thunks[MAX_PROCESSORS])(struct vp *vp);

struct vp *kv_vp(uint32_t index)
{
    return vps[index];
}

static struct hv_initial_vp_context context_for(const struct vp *vp)
{
    struct table_pointer gdt = read_gdt(), idt = read_idt();
    struct hv_x64_segment_register data = segment((uint16_t)read_ds(), 0xFFFFFFFF, 0xC093);

    return (struct hv_initial_vp_context){
        .rip = in_copy(vtl1_first, 0), .rsp = (uint64_t)(uintptr_t)vp + VP_SIZE, .rflags = 2,
        .cs = segment((uint16_t)read_cs(), 0xFFFFFFFF, 0xA09B), .ds = data, .es = data, .ss = data,
        .fs = { .base = (uint64_t)(uintptr_t)vp->events }, .gs = { .base = (uint64_t)(uintptr_t)vp }, /* no attributes */
        .tr = { .attributes = 0x8B }, .ldtr = { .attributes = 0x82 },
        .gdtr = { .limit = gdt.limit, .base = gdt.base }, .idtr = { .limit = idt.limit, .base = idt.base },
        .efer = EFER_LONG, .cr0 = CR0_BASE, .cr3 = tables, .cr4 = CR4_BASE,
    };
}

/* SINT0's message: rights back, message kept, slot freed, EOI. */
static void serve_intercept(struct vp *vp)
{
    uint64_t gpa = quad_at(vp->slots, PAYLOAD + 56);

    if (word_at(vp->slots, 0) == MESSAGE_GPA && vp->sint0_count != vp->words[0]
        && modify_protection(&vp->caller, OTHER_VTL0, 0xF, gpa / PAGE_SIZE, 1) == 0) {
        memcpy(kv_message, vp->slots + PAYLOAD, sizeof(kv_message));
        kv_intercepts++;
    }
    vp->words[0] = vp->sint0_count;
    put_word(vp->slots, 0, 0);
    write_msr(HV_MSR_EOI, 0);
}

/* Interrupts are open while VTL1 runs; without an assist page an entry is taken for a call. */
static void vtl1_loop(struct vp *vp)
{
    for (;;) {
        bool assist = (read_msr(HV_MSR_VP_ASSIST_PAGE) & 1) != 0;
        bool interrupt = assist && word_at(vp->assist, ASSIST_REASON) == REASON_INTERRUPT;

        __asm__ volatile("sti\n\tnop" : : : "memory");
        if (interrupt) {
            serve_intercept(vp);
            put_quad(vp->assist, ASSIST_RAX, vp->shared.rax);
            put_quad(vp->assist, ASSIST_RCX, vp->shared.rcx);
        } else {
            thunks[vp->index](vp);
        }
        __asm__ volatile("cli" : : : "memory");
        if (vp->return_entry != 0) {
            leave_by_stub(vp, interrupt ? 0 : FAST_RETURN);
        } else {
            leave_direct(vp, FAST_RETURN);
        }
    }
}

void run_in_vtl1(void (*thunk)(struct vp *vp))
{
    struct vtl_registers registers = { .rcx = 0 };

    thunks[processor_self()] = thunk;
    call_vtl1(&registers, call_entry);
}

/* --- VTL0 by itself --- */

static void init_vtl0_vp(void *argument)
{
    uint8_t *pages = argument;

    write_msr(HV_MSR_VP_ASSIST_PAGE, (uint64_t)(uintptr_t)pages | 1);
    write_msr(HV_MSR_SIMP, ((uint64_t)(uintptr_t)pages + PAGE_SIZE) | 1);
    write_msr(HV_MSR_SIEFP, ((uint64_t)(uintptr_t)pages + 2 * PAGE_SIZE) | 1);
    write_msr(HV_MSR_SCONTROL, 1);
    step("vtl0-synic", read_msr(HV_MSR_SIMP) == (((uint64_t)(uintptr_t)pages + PAGE_SIZE) | 1), read_msr(HV_MSR_SIMP));
}

static void init_vtl0(void)
{
    uint32_t leaf[4];
    uint64_t offsets = 0;
    uint16_t status;

    cpuid(0x40000003, leaf);
    step("vsm-advertised", (leaf[1] >> 16 & 3) == 3 && (leaf[0] & 0x24) == 0x24, leaf[1]);
    if (is_due("xmm-advertised")) {
        step("xmm-advertised", (leaf[3] & 1u << 4) != 0 && (leaf[3] & 1u << 15) != 0, leaf[3]);
    }
    init_vtl0_vp(pages_take(3, PAGE_SIZE));
    for (uint32_t i = 1; i < processor_count; i++) {
        if (!processor_start(i, init_vtl0_vp, pages_take(3, PAGE_SIZE)) || !processor_wait(i)) {
            give_up("a processor does not start");
        }
    }
    step("vtl0-hypercall-page", vtl0_hypercall_page(OS_ID), read_msr(HV_MSR_HYPERCALL));
    status = get_vp_register(&vtl0[0], SELF, 0, REGISTER_CODE_PAGE_OFFSETS, &offsets);
    call_entry = vtl0[0].page + (offsets & 0xFFF);
    step("vtl0-code-offsets", status == 0 && (offsets & 0xFFF) != 0 && (offsets >> 12 & 0xFFF) != 0, offsets);
    if (is_due("tsc-page")) {
        write_msr(0x40000021, (uint64_t)(uintptr_t)tsc_pages | 1);
        step("tsc-page", (read_msr(0x40000021) & 1) != 0, read_msr(0x40000021));
    }
}

static void initial_status(void *argument)
{
    uint64_t value = 0;
    uint16_t status = get_vp_register(&vtl0[processor_self()], SELF, 0, REGISTER_VP_STATUS, &value);

    (void)argument;
    step("initial-vp-status", status == 0 && (value & 0xF) == 0 && (value >> 16 & 3) == 1, value);
}

/* --- VTL1 --- */

static void init_partition_in_vtl1(struct vp *vp)
{
    uint64_t page = (uint64_t)(uintptr_t)vtl1_hypercall_page, offsets = 0;
    uint16_t status;

    write_msr(HV_MSR_GUEST_OS_ID, OS_ID);
    write_msr(HV_MSR_HYPERCALL, page | 1);
    vp_step(vp, "vtl1-hypercall-page", read_msr(HV_MSR_HYPERCALL) == (page | 1), read_msr(HV_MSR_HYPERCALL));
    for (uint32_t i = 0; i < vp->processors; i++) {
        vps[i]->caller.page = page;
    }
    status = get_vp_register(&vp->caller, SELF, 0, REGISTER_CODE_PAGE_OFFSETS, &offsets);
    for (uint32_t i = 0; i < vp->processors; i++) {
        vps[i]->return_entry = page + (offsets >> 12 & 0xFFF);
    }
    vp_step(vp, "vtl1-code-offsets", status == 0 && (offsets >> 12 & 0xFFF) != 0, offsets);
    status = set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, ENTRY_CONFIG);
    vp_step(vp, "partition-config", status == 0, status);
}

static void enable_others_in_vtl1(struct vp *vp)
{
    for (uint32_t i = 1; i < vp->processors; i++) {
        struct hv_initial_vp_context context = context_for(vps[i]);
        uint16_t status = enable_vp_vtl(&vp->caller, PARTITION, i, 1, &context);

        vp_step(vp, i == 1 ? "enable-vp-1" : i == 2 ? "enable-vp-2" : "enable-vp-3", status == 0, status);
    }
}

static void init_vp_in_vtl1(struct vp *vp)
{
    write_msr(HV_MSR_VP_ASSIST_PAGE, (uint64_t)(uintptr_t)vp->assist | 1);
    if (vp_is_due(vp, "vtl1-apic-base")) {
        vp_step(vp, "vtl1-apic-base", (read_msr(0x1B) & 0x800) != 0 && (read_msr(0x1B) >> 8 & 1) == (vp->index == 0), read_msr(0x1B));
    }
    write_msr(HV_MSR_SIMP, (uint64_t)(uintptr_t)vp->slots | 1);
    write_msr(HV_MSR_SIEFP, (uint64_t)(uintptr_t)vp->events | 1);
    write_msr(HV_MSR_SCONTROL, 1);
    write_msr(HV_MSR_SINT0, SINT_VECTOR);
    vp_step(vp, "vtl1-synic", read_msr(HV_MSR_SINT0) == SINT_VECTOR && read_msr(HV_MSR_VP_INDEX) == vp->index, read_msr(HV_MSR_SINT0));
}

static void try_enable_here(void *argument)
{
    uint32_t self = processor_self();
    struct hv_initial_vp_context context = context_for(vps[self]);
    uint16_t status = enable_vp_vtl(&vtl0[self], PARTITION, SELF, 1, &context);

    (void)argument;
    step("enable-vp-from-vtl0-again", status != 0, status);
}

static void init_vp(void *argument)
{
    uint64_t value = 0;
    uint16_t status = get_vp_register(&vtl0[processor_self()], SELF, 0, REGISTER_VP_STATUS, &value);

    (void)argument;
    step("vp-status-with-vtl1", status == 0 && (value >> 16 & 0xFFFF) == 3, value);
    run_in_vtl1(init_vp_in_vtl1);
}

static void init_vsm(void)
{
    struct hv_initial_vp_context context;
    uint64_t value = 0;
    uint16_t status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, true);

    step("enable-partition-fast", status == 0, status);
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_PARTITION_STATUS, &value);
    step("partition-status", (value & 0xFFFF) == 3, value);
    tables = make_tables(pages_take(6, PAGE_SIZE), 0x1E7);
    context = context_for(vps[0]);
    status = enable_vp_vtl(&vtl0[0], PARTITION, 0, 1, &context);
    step("enable-vp-0", status == 0, status);
    if (status != 0) {
        steps_say();
        give_up("VTL1 is not there");
    }
    try_enable_here(NULL);
    on_others(try_enable_here);
    run_in_vtl1(init_partition_in_vtl1);
    run_in_vtl1(enable_others_in_vtl1);
    init_vp(NULL);
    on_others(init_vp);
}

/* --- isolation --- */

static uint64_t seen_in_vtl1;

static void see_rflags(struct vp *vp) { (void)vp; seen_in_vtl1 = read_rflags(); }
static void see_cr3(struct vp *vp) { (void)vp; seen_in_vtl1 = read_cr3(); }
static void see_fs(struct vp *vp) { (void)vp; seen_in_vtl1 = read_msr(FS_BASE); }

static void isolation(void)
{
    uint64_t flags = read_rflags(), fs = read_msr(FS_BASE);

    write_rflags(flags | RFLAGS_AC);
    run_in_vtl1(see_rflags);
    write_rflags(flags);
    step("rflags-isolation", (seen_in_vtl1 & RFLAGS_AC) == 0, seen_in_vtl1);
    run_in_vtl1(see_cr3);
    step("paging-isolation", seen_in_vtl1 == tables && read_cr3() != tables, seen_in_vtl1);
    write_msr(FS_BASE, (uint64_t)(uintptr_t)kv_message);
    run_in_vtl1(see_fs);
    write_msr(FS_BASE, fs);
    step("segment-isolation", seen_in_vtl1 == (uint64_t)(uintptr_t)vps[0]->events, seen_in_vtl1);
}

static void see_tpr(struct vp *vp)
{
    uint64_t value;

    __asm__ volatile("mov %%cr8, %0" : "=r"(value));
    vp_step(vp, "tpr-isolation", value == 0, value);
}

static void compare_tsc_pages(struct vp *vp)
{
    write_msr(0x40000021, (uint64_t)(uintptr_t)(tsc_pages + PAGE_SIZE) | 1);
    vp_step(vp, "tsc-pages-equal", memcmp(tsc_pages, tsc_pages + PAGE_SIZE, 24) == 0, quad_at(tsc_pages + PAGE_SIZE, 8));
}

/* --- what waits for parts of the hypervisor: the suite's order, the first access of each --- */

static void lock_all(struct vp *vp)
{
    for (uint32_t i = 0; i < vp->processors; i++) {
        uint16_t status = set_vp_register(&vp->caller, i, OTHER_VTL1, REGISTER_SECURE_CONFIG, 2);

        vp_step(vp, "tlb-lock-of-every-processor", status == 0, status);
        set_vp_register(&vp->caller, i, OTHER_VTL1, REGISTER_SECURE_CONFIG, 0);
    }
}

static volatile uint64_t lock_held, flushed, flushed_early;

static void hold_lock(struct vp *vp)
{
    uint16_t status = set_vp_register(&vp->caller, SELF, OTHER_VTL1, REGISTER_SECURE_CONFIG, 2);

    lock_held = 1;
    for (uint64_t end = read_tsc() + (UINT64_C(1) << 26); read_tsc() < end;) {
        pause();
    }
    flushed_early = flushed;
    status |= set_vp_register(&vp->caller, SELF, OTHER_VTL1, REGISTER_SECURE_CONFIG, 0);
    vp_step(vp, "lock-taken-and-released", status == 0, status);
    wait_for(&flushed, 1);
}

/* All processors, this address space. */
static void flush_here(void *argument)
{
    const struct caller *caller = &vtl0[processor_self()];

    (void)argument;
    wait_for(&lock_held, 1);
    put_quad(caller->input, 0, read_cr3());
    put_quad(caller->input, 8, 1);
    put_quad(caller->input, 16, 0);
    flushed = 1 + (uint64_t)call_memory(caller, 0x02);
}

static void locked_flush(void)
{
    if (!is_due("flush-waits-for-lock") || processor_count == 1) {
        return;
    }
    apic_write(APIC_EOI, 0); /* of the IPI from VTL1: VTL0's handler does not */
    processor_start(1, flush_here, NULL);
    run_in_vtl1(hold_lock);
    step("flush-waits-for-lock", processor_wait(1) && flushed_early == 0 && flushed == 1, flushed);
}

static void disable_apic(struct vp *vp)
{
    write_msr(0x1B, read_msr(0x1B) & ~UINT64_C(0xC00));
    vp_step(vp, "vtl1-apic-disable", (read_msr(0x1B) & 0x800) == 0, read_msr(0x1B));
}

/* Where it was off, x2APIC mode is the second step. */
static void enable_x2apic(struct vp *vp)
{
    write_msr(0x1B, read_msr(0x1B) | 0x800);
    write_msr(0x1B, read_msr(0x1B) | 0xC00);
    write_msr(0x80F, 0x1FF);
    (void)vp;
}

static void enable_x2apic_here(void *argument)
{
    (void)argument;
    run_in_vtl1(enable_x2apic);
}

/* Fixed interrupt to processor 1, which is to take it in VTL1. */
static void send_from_x2apic(struct vp *vp)
{
    enable_x2apic(vp);
    write_msr(0x830, UINT64_C(1) << 32 | 0x4000 | SINT_VECTOR);
}

static void ipi(void)
{
    uint64_t before;

    if (processor_count == 1 || !is_due("ipi-between-vtl1s")) {
        return;
    }
    on_others(enable_x2apic_here);
    before = vps[1]->sint0_count;
    run_in_vtl1(send_from_x2apic);
    step("ipi-between-vtl1s", wait_for(&vps[1]->sint0_count, before + 1), vps[1]->sint0_count);
}

static void arm_apic_timer(struct vp *vp)
{
    enable_x2apic(vp);
    write_msr(0x832, SINT_VECTOR);
    write_msr(0x83E, 0xB);
    write_msr(0x838, 1000000);
}

static void apic_timer(void)
{
    uint64_t before = vps[0]->sint0_count;

    if (is_due("apic-timer-preempts-vtl0")) {
        run_in_vtl1(arm_apic_timer);
        step("apic-timer-preempts-vtl0", wait_for(&vps[0]->sint0_count, before + 1), vps[0]->sint0_count);
    }
}

static void send_ipi(struct vp *vp)
{
    put_quad(vp->caller.input, 0, 0xE0 | (uint64_t)OTHER_VTL0 << 32);
    put_quad(vp->caller.input, 8, 1);
    vp_step(vp, "cluster-ipi", call_memory(&vp->caller, 0x0B) == 0, 0);
}

static void arm_stimer(struct vp *vp)
{
    write_msr(HV_MSR_SINT0 + 1, SINT_VECTOR);
    write_msr(0x400000B0, 1u << 3 | 1u << 16);
    write_msr(0x400000B1, read_msr(0x40000020) + 100000);
    vp_step(vp, "stimer-preempts-vtl0", (read_msr(0x400000B0) & 1) != 0, read_msr(0x400000B0));
}

static void later_parts(void)
{
    static const struct {
        const char *id;
        void (*in_vtl1)(struct vp *vp);
    } parts[] = {
        { "tpr-isolation", see_tpr }, { "tlb-lock-of-every-processor", lock_all }, { "tsc-pages-equal", compare_tsc_pages },
        { "vtl1-apic-disable", disable_apic }, { "cluster-ipi", send_ipi }, { "stimer-preempts-vtl0", arm_stimer },
    };

    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (is_due(parts[i].id)) {
            run_in_vtl1(parts[i].in_vtl1);
        }
    }
    locked_flush();
    ipi();
    apic_timer();
}

/* --- translation --- */

static uint8_t *known_page;

/* Flags read, write, execute, privilege-exempt; of VTL0, by both VTLs. */
static uint16_t translate(const struct caller *caller, uint64_t address)
{
    put_quad(caller->input, 0, PARTITION);
    put_quad(caller->input, 8, SELF);
    put_quad(caller->input, 16, 0xF | (uint64_t)OTHER_VTL0 << 56);
    put_quad(caller->input, 24, address / PAGE_SIZE);
    return call_memory(caller, 0x52);
}

static bool translated(const struct caller *caller)
{
    return word_at(caller->output, 0) == 0 && caller->output[4] == 6 && caller->output[5] == 0
        && quad_at(caller->output, 8) == (uint64_t)(uintptr_t)known_page / PAGE_SIZE;
}

static void translate_in_vtl1(struct vp *vp)
{
    uint16_t status = translate(&vp->caller, (uint64_t)(uintptr_t)known_page);

    vp_step(vp, "translate-vtl1-to-vtl0", status == 0 && translated(&vp->caller), word_at(vp->caller.output, 0));
    if (vp_is_due(vp, "translate-overlay")) {
        status = translate(&vp->caller, vtl0[0].page);
        vp_step(vp, "translate-overlay", status == 0 && vp->caller.output[5] == 1, vp->caller.output[5]);
    }
}

static void translation(void)
{
    uint16_t status;

    known_page = pages_take(1, PAGE_SIZE);
    status = translate(&vtl0[0], (uint64_t)(uintptr_t)known_page);
    step("translate-vtl0-to-vtl0", status == 0 && translated(&vtl0[0]), word_at(vtl0[0].output, 0));
    status = translate(&vtl0[0], UINT64_C(0x400000000000));
    step("translate-not-mapped", status == 0 && word_at(vtl0[0].output, 0) == 1, word_at(vtl0[0].output, 0));
    run_in_vtl1(translate_in_vtl1);
}

void guest_test(void)
{
    uint8_t *blocks = pages_take(processor_count * VP_SIZE / PAGE_SIZE, VP_SIZE);

    vtl0_prepare();
    vtl1_hypercall_page = pages_take(1, PAGE_SIZE);
    tsc_pages = pages_take(2, PAGE_SIZE);
    traps_set_gate(SINT_VECTOR, sint0_stub);
    for (uint32_t i = 0; i < processor_count; i++) {
        vps[i] = vp_make(blocks + i * VP_SIZE, i, in_copy(vtl1_loop, 0));
    }
    init_vtl0();
    kv_negative(true);
    kv_negative(false);
    initial_status(NULL);
    on_others(initial_status);
    init_vsm();
    isolation();
    later_parts();
    translation();
    kv_protections();
    steps_say();
}
