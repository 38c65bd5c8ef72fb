/* The LVBS kernel in VTL1: it keeps VTL0's RAX and RCX itself, and its own memory it only makes read-only. */
#include "lvbs.h"

const char client_name[] = "lvbs";
const uint32_t secure_memory_mask = 0x1;

const struct pending_step pending_steps[] = {
    { NULL, NULL },
};

static void synic(struct vp *vp)
{
    write_msr(HV_MSR_SIMP, (uint64_t)(uintptr_t)vp->slots | 1);
    write_msr(HV_MSR_SINT0, SINT_VECTOR | HV_SINT_AUTO_EOI);
    write_msr(HV_MSR_SCONTROL, 1);
    write_msr(HV_MSR_VP_ASSIST_PAGE, (uint64_t)(uintptr_t)vp->assist | 1);
}

void secure_boot(struct vp *vp)
{
    uint64_t page = vp->memory + AT_HYPERCALL;
    uint16_t status;

    write_msr(HV_MSR_GUEST_OS_ID, OS_ID | 1);
    write_msr(HV_MSR_HYPERCALL, page | 1);
    vp->caller.page = page;
    vp_step(vp, "vtl1-hypercall-page", read_msr(HV_MSR_HYPERCALL) == (page | 1), read_msr(HV_MSR_HYPERCALL));
    secure_partition(vp);
    secure_secure_config(vp, 0);
    synic(vp);
    /* Input VTL 0x01: bit 4 is clear, so its own. */
    status = modify_protection(&vp->caller, 0x01, 0x1, vp->memory / PAGE_SIZE, vp->memory_size / PAGE_SIZE);
    vp_step(vp, "protect-own-memory", status == 0, status);
}

void secure_ap(struct vp *vp)
{
    write_msr(HV_MSR_HYPERCALL, (vp->memory + AT_HYPERCALL) | 1); /* the same again, as every processor of a Linux does */
    secure_secure_config(vp, 0);
    synic(vp);
}

void secure_leave(struct vp *vp)
{
    put_quad(vp->assist, ASSIST_RAX, vp->shared.rax);
    put_quad(vp->assist, ASSIST_RCX, vp->shared.rcx);
    leave_by_stub(vp, 0);
}

static struct hv_initial_vp_context context(const struct vp *vp, const struct vp *of)
{
    return secure_context(of, vp->memory);
}

uint64_t secure_service(struct vp *vp, uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
    switch (number) {
    case ENABLE_APS: return secure_enable_aps(vp, context);
    case BOOT_APS:
        for (uint32_t i = 1; i < vp->processors; i++) {
            ((volatile uint8_t *)(uintptr_t)b)[i] = AP_SIGNAL;
        }
        return 0;
    case LOCK_REGS:
        secure_read_locked(vp, true, a, b);
        secure_lock(vp);
        return 0;
    case END_OF_BOOT: return 0;
    case UNLOCK: secure_unlock(vp); return 0;
    case PROTECT: return modify_protection(&vp->caller, 0, (uint32_t)c, a / PAGE_SIZE, b / PAGE_SIZE);
    default: return UINT64_MAX;
    }
}

/* SINT0's handler runs as soon as interrupts are on, and leaves the rest to a tasklet: the message, #GP(0) for VTL0, the slot, EOM. */
void secure_intercept(struct vp *vp)
{
    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
    if (word_at(vp->slots, 0) == MESSAGE_GPA || word_at(vp->slots, 0) == MESSAGE_MSR || word_at(vp->slots, 0) == MESSAGE_REGISTER) {
        inject_gp(vp);
    }
    put_word(vp->slots, 0, 0);
    write_msr(HV_MSR_EOM, 0);
}
