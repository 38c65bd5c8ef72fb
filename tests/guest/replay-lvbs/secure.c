/* VTL1 of LVBS, as far as its two implementations are alike. Runs in the copy. */
#include "lvbs.h"

struct vp *secure_vp(const struct vp *vp, uint32_t index)
{
    return (struct vp *)(uintptr_t)(vp->memory + index * VP_SIZE);
}

static void take_traps(const struct vp *vp)
{
    struct table_pointer table = { PAGE_SIZE - 1, vp->memory + AT_GATES };

    if (vp->index == 0) {
        traps_make((uint8_t *)(uintptr_t)table.base);
        traps_set_gate(SINT_VECTOR, sint0_stub);
    }
    write_idt(&table);
}

static void serve(struct vp *vp)
{
    for (;;) {
        secure_leave(vp);
        if (word_at(vp->assist, ASSIST_REASON) == REASON_INTERRUPT) {
            secure_intercept(vp);
        } else {
            vp->shared.r8 = secure_service(vp, vp->shared.rdi, vp->shared.rsi, vp->shared.rdx, vp->shared.r8);
        }
    }
}

void secure_main(struct vp *vp)
{
    const struct vtl_registers *given = &vp->shared;

    take_traps(vp);
    vp_step(vp, "boot-arguments", given->rdi == vp->processors && given->rsi == vp->memory
            && given->rdx == vp->memory + vp->memory_size && given->r8 >= given->rdx, given->rdi);
    vp_step(vp, "own-descriptors", read_cs() == 8 && read_gdt().base == vp->memory + AT_DESCRIPTORS && read_cr3() == vp->memory + AT_TABLES,
            read_cr3());
    secure_boot(vp);
    vp->shared.r8 = 0;
    serve(vp);
}

void secure_ap_main(struct vp *vp)
{
    take_traps(vp);
    vp_step(vp, "ap-first-entry", read_msr(HV_MSR_VP_INDEX) == vp->index, read_msr(HV_MSR_VP_INDEX));
    secure_ap(vp);
    vp->shared.r8 = 0;
    serve(vp);
}

struct hv_initial_vp_context secure_context(const struct vp *of, uint64_t memory)
{
    uint64_t descriptors = memory + AT_DESCRIPTORS;
    struct hv_x64_segment_register data = segment(0x10, 0, 0x4093), task = segment(0x18, 0x67, 0x8B);

    task.base = descriptors + AT_TASK;
    return (struct hv_initial_vp_context){
        .rip = of->words[0], .rsp = (uint64_t)(uintptr_t)of + VP_SIZE - 1, .rflags = 2,
        .cs = segment(8, 0, 0x209B), .ds = data, .es = data, .fs = data, .gs = data, .tr = task,
        .gdtr = { .limit = 39, .base = descriptors }, .idtr = { .limit = PAGE_SIZE - 1, .base = memory + AT_GATES },
        .efer = 0xD01, .cr0 = 0x80010033, .cr3 = memory + AT_TABLES, .cr4 = 0xB0, .msr_cr_pat = UINT64_C(0x0007040600070406),
    };
}

void secure_partition(struct vp *vp)
{
    uint64_t offsets = 0;
    uint16_t status = set_vp_register(&vp->caller, SELF, 0, REGISTER_PARTITION_CONFIG, CONFIG);

    vp_step(vp, "partition-config", status == 0, status);
    status = get_vp_register(&vp->caller, SELF, 0, REGISTER_CODE_PAGE_OFFSETS, &offsets);
    for (uint32_t i = 0; i < vp->processors; i++) {
        secure_vp(vp, i)->caller.page = vp->caller.page;
        secure_vp(vp, i)->return_entry = vp->caller.page + (offsets >> 12 & 0xFFF);
    }
    vp_step(vp, "vtl1-code-offsets", status == 0 && (offsets >> 12 & 0xFFF) != 0, offsets);
}

void secure_secure_config(struct vp *vp, uint64_t more)
{
    uint64_t capabilities = 0;
    uint16_t status = get_vp_register(&vp->caller, SELF, 0, REGISTER_CAPABILITIES, &capabilities);

    status |= set_vp_register(&vp->caller, SELF, 0, REGISTER_SECURE_CONFIG, ((capabilities & 0x1FFFE) != 0 ? 1 : 0) | more);
    vp_step(vp, more == 0 ? "vp-secure-config" : "vp-secure-config-tlb-locked", status == 0, status);
}

/* CR0 CR4 LSTAR STAR CSTAR EFER SYSENTER_CS/EIP/ESP SFMASK, and APIC_BASE where there is one to read. */
static const uint32_t locked[] = { 0x40000, 0x40003, 0x80009, 0x80008, 0x8000A, 0x80001, 0x80005, 0x80006, 0x80007, 0x8000B, 0x80003 };
#define LOCKED (sizeof(locked) / sizeof(locked[0]))

void secure_read_locked(struct vp *vp, bool together, uint64_t cr0, uint64_t lstar)
{
    bool all = vp_is_due(vp, "lock-reads-apic-base");
    uint32_t count = all ? LOCKED : LOCKED - 1;
    uint64_t values[LOCKED] = { 0 };
    uint16_t status = together ? get_vp_registers(&vp->caller, OTHER_VTL0, locked, count, values) : 0;

    for (uint32_t i = 0; i < count && !together; i++) {
        status |= get_vp_register(&vp->caller, SELF, OTHER_VTL0, locked[i], &values[i]);
    }
    vp_step(vp, "lock-reads-registers", status == 0 && values[0] == cr0 && values[2] == lstar, values[0]);
    if (all) {
        vp_step(vp, "lock-reads-apic-base", (values[LOCKED - 1] & 0x800) != 0, values[LOCKED - 1]);
    }
}

/* The control first, the masks after: CR4's MCE, PGE, PCE and VMXE stay VTL0's, of CR0 PE, WP and PG are watched. */
void secure_lock(struct vp *vp)
{
    uint16_t status;

    if (!vp_is_due(vp, "lock-control")) {
        return;
    }
    status = set_vp_register(&vp->caller, SELF, 0, 0x000E0000, 0x7FD543);
    status |= set_vp_register(&vp->caller, SELF, 0, 0x000E0002, ~UINT64_C(0x21C0) & 0xFFFFFFFF);
    status |= set_vp_register(&vp->caller, SELF, 0, 0x000E0001, 0x80010001);
    vp_step(vp, "lock-control", status == 0, status);
}

void secure_unlock(struct vp *vp)
{
    set_vp_register(&vp->caller, SELF, 0, 0x000E0000, 0);
}

uint64_t secure_enable_aps(struct vp *vp, struct hv_initial_vp_context (*context)(const struct vp *vp, const struct vp *of))
{
    uint16_t failed = 0;

    for (uint32_t i = 1; i < vp->processors; i++) {
        struct hv_initial_vp_context of_ap = context(vp, secure_vp(vp, i));

        failed |= enable_vp_vtl(&vp->caller, PARTITION, i, 1, &of_ap);
    }
    return failed;
}
