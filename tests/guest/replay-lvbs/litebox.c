/*
 * litebox in VTL1: each MSR is read back, its memory is closed, AP contexts are
 * copies of the running processor and handed over wherever they lie, and
 * VTL0's RAX and RCX are the hypervisor's to keep. It opens interrupts to take SINT0, and reads the slot afterwards.
 */
#include "lvbs.h"

const char client_name[] = "litebox";
const uint32_t secure_memory_mask = 0x0;

const struct pending_step pending_steps[] = {
    { NULL, NULL },
};

static void set_msr(struct vp *vp, const char *id, uint32_t msr, uint64_t value)
{
    write_msr(msr, value);
    vp_step(vp, id, read_msr(msr) == value, read_msr(msr));
}

static bool is_hypervisor_known(void)
{
    uint32_t features[4], interface[4], highest[4];

    cpuid(1, features);
    cpuid(0x40000001, interface);
    cpuid(0x40000000, highest);
    return (features[2] & 1u << 31) != 0 && interface[0] == 0x31237648 && highest[0] >= 0x40000005;
}

static void init(struct vp *vp)
{
    vp_step(vp, "cpuid", is_hypervisor_known(), 0);
    set_msr(vp, "msr-assist-page", HV_MSR_VP_ASSIST_PAGE, (uint64_t)(uintptr_t)vp->assist | 1);
    set_msr(vp, "msr-guest-os-id", HV_MSR_GUEST_OS_ID, OS_ID | 0x80ull << 48);
    set_msr(vp, "msr-hypercall", HV_MSR_HYPERCALL, (vp->memory + AT_HYPERCALL) | 1);
    vp->caller.page = vp->memory + AT_HYPERCALL;
    set_msr(vp, "msr-simp", HV_MSR_SIMP, (uint64_t)(uintptr_t)vp->slots | 1);
    set_msr(vp, "msr-sint0", HV_MSR_SINT0, SINT_VECTOR | HV_SINT_AUTO_EOI);
    write_msr(HV_MSR_SCONTROL, 1);
}

static void secure_config(struct vp *vp)
{
    if (vp_is_due(vp, "vp-secure-config-tlb-locked")) {
        secure_secure_config(vp, 2);
    } else {
        secure_secure_config(vp, 0);
    }
}

void secure_boot(struct vp *vp)
{
    uint16_t status;

    init(vp);
    secure_partition(vp);
    secure_config(vp);
    status = modify_protection(&vp->caller, 0, 0, vp->memory / PAGE_SIZE, vp->memory_size / PAGE_SIZE);
    vp_step(vp, "protect-own-memory", status == 0, status);
}

void secure_ap(struct vp *vp)
{
    init(vp);
    secure_config(vp);
}

/* The boot processor by the stub, as now; the others by the instruction, as litebox did before. */
void secure_leave(struct vp *vp)
{
    if (vp->index == 0) {
        leave_by_stub(vp, 0);
    } else {
        leave_by_instruction(vp, 0);
    }
}

/* Code, stack and task alone; the rest is what this processor has. */
static struct hv_initial_vp_context context(const struct vp *vp, const struct vp *of)
{
    struct hv_initial_vp_context c = { .rip = of->words[0], .rsp = (uint64_t)(uintptr_t)of + VP_SIZE - 1, .rflags = 2 };

    c.cs = segment(8, 0, 0x309B); /* with AVL */
    c.ss = segment(0x10, 0, 0xC093);
    c.tr = segment(0x18, 0x67, 0x8B);
    c.tr.base = vp->memory + AT_DESCRIPTORS + AT_TASK;
    c.efer = read_msr(0xC0000080);
    c.cr0 = read_cr0();
    c.cr3 = read_cr3();
    c.cr4 = read_cr4();
    c.msr_cr_pat = read_msr(0x277);
    c.gdtr.limit = read_gdt().limit;
    c.gdtr.base = read_gdt().base;
    c.idtr.limit = read_idt().limit;
    c.idtr.base = read_idt().base;
    return c;
}

/* VTL0's translations on the processors that are in VTL1; the list call counts format, mask and banks as header, the other nothing. */
static void flush(struct vp *vp)
{
    uint8_t *input = vp->caller.input;
    uint16_t status;

    if (!vp_is_due(vp, "flush-list-ex") || !vp_is_due(vp, "flush-space-ex")) {
        return;
    }
    put_quad(input, 0, 0);
    put_quad(input, 8, 2); /* all address spaces */
    put_quad(input, 16, 0);
    put_quad(input, 24, 1);
    put_quad(input, 32, 1);
    put_quad(input, 40, 0x100000);
    status = call_memory(&vp->caller, 0x14 | 3u << 17 | UINT64_C(1) << 32);
    vp_step(vp, "flush-list-ex", status == 0, status);
    status = call_memory(&vp->caller, 0x13);
    vp_step(vp, "flush-space-ex", status == 0, status);
}

/* A packed structure on the stack has no alignment: here it goes on in the page behind. */
#define PACKED_AT (PAGE_SIZE - 101)

static uint64_t boot_aps(struct vp *vp, uint64_t signals)
{
    struct caller own = vp->caller;
    uint64_t status;

    vp->caller.input += PACKED_AT;
    status = secure_enable_aps(vp, context);
    vp->caller = own;
    for (uint32_t i = 1; i < vp->processors; i++) {
        ((volatile uint8_t *)(uintptr_t)signals)[i] = AP_SIGNAL;
    }
    return status;
}

static uint64_t protect_for(struct vp *vp, uint64_t address, uint64_t bytes, uint64_t mask)
{
    uint16_t status = modify_protection(&vp->caller, 0, (uint32_t)mask, address / PAGE_SIZE, bytes / PAGE_SIZE);

    if (status == 0 && mask == 0xF) {
        flush(vp);
    }
    return status;
}

uint64_t secure_service(struct vp *vp, uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
    switch (number) {
    case ENABLE_APS: return 0;
    case BOOT_APS: return boot_aps(vp, b);
    case LOCK_REGS:
        secure_read_locked(vp, false, a, b);
        secure_lock(vp);
        return 0;
    case END_OF_BOOT: return 0;
    case UNLOCK: secure_unlock(vp); return 0;
    case PROTECT: return protect_for(vp, a, b, c);
    default: return UINT64_MAX;
    }
}

/* Interrupts open once: the handler only returns. Then the slot; no EOM. */
void secure_intercept(struct vp *vp)
{
    uint64_t before = vp->sint0_count;

    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
    if (vp->sint0_count == before + 1 && word_at(vp->slots, 0) != 0) {
        inject_gp(vp);
    }
    put_word(vp->slots, 0, 0);
}
