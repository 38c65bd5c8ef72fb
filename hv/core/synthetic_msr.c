/* The synthetic MSRs of F3's profile (TLFS, "Synthetic MSRs"), per VTL. */
#include <hv/apic.h>
#include <hv/clock.h>
#include <hv/crash.h>
#include <hv/guest_memory.h>
#include <hv/hypercalls.h>
#include <hv/local_apic.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/reset.h>
#include <hv/stimer.h>
#include <hv/synthetic_msr.h>

#define HYPERCALL_RESERVED UINT64_C(0xFFC) /* preserved in the TLFS, refused when set: clients never set them */
#define PAGE_RESERVED      UINT64_C(0xFFE)
#define SINT_RESERVED      (~(UINT64_C(0xFF) | HV_SINT_MASKED | HV_SINT_AUTO_EOI | HV_SINT_POLLING))

enum apic_offset { APIC_TPR = 0x80, APIC_EOI = 0xB0, APIC_ICR_LOW = 0x300, APIC_ICR_HIGH = 0x310 };

/* One processor at a time moves a VTL's code page; who waits here is in the hypervisor and delays no shoot-down. */
static struct spinlock overlay_lock = SPINLOCK_INIT;

static void disable_page(struct cpu *cpu, enum vtl vtl, enum overlay which, uint64_t *msr)
{
    if ((*msr & HV_MSR_PAGE_ENABLE) != 0) {
        overlay_remove(cpu, vtl, which, gpa(HV_MSR_PAGE_GPA(*msr)));
        *msr &= ~HV_MSR_PAGE_ENABLE;
    }
}

static bool write_guest_os_id(struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    struct partition_vtl *state = &partition.vtl[vtl];

    spin_lock(&overlay_lock);
    state->guest_os_id = value;
    if (value == 0) {
        disable_page(cpu, vtl, OVERLAY_CODE, &state->hypercall);
    }
    spin_unlock(&overlay_lock);
    return true;
}

/* A page that stays where it is keeps its content: only the other bits change. */
static bool move_page(struct cpu *cpu, enum vtl vtl, enum overlay which, uint64_t *msr, uint64_t value)
{
    gpa_t page = gpa(HV_MSR_PAGE_GPA(value));
    bool enable = (value & HV_MSR_PAGE_ENABLE) != 0;

    if (!enable || (*msr & HV_MSR_PAGE_ENABLE) == 0 || page.value != HV_MSR_PAGE_GPA(*msr)) {
        if (enable && !overlay_may_place(vtl, which, page)) {
            return false;
        }
        disable_page(cpu, vtl, which, msr);
        if (enable && !overlay_place(cpu, vtl, which, page)) {
            return false;
        }
    }
    *msr = value;
    return true;
}

static bool move_hypercall(struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    struct partition_vtl *state = &partition.vtl[vtl];

    value = state->guest_os_id == 0 ? value & ~HV_MSR_PAGE_ENABLE : value;
    return (state->hypercall & HV_MSR_PAGE_LOCKED) != 0 || move_page(cpu, vtl, OVERLAY_CODE, &state->hypercall, value);
}

static bool write_hypercall(struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    bool good = (value & HYPERCALL_RESERVED) == 0;

    spin_lock(&overlay_lock);
    good = good && move_hypercall(cpu, vtl, value);
    spin_unlock(&overlay_lock);
    return good;
}

/* Bits 11:1 mean nothing and read back: Linux preserves them. */
static bool write_reference_tsc(struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    bool good;

    spin_lock(&overlay_lock);
    good = move_page(cpu, vtl, OVERLAY_TSC, &partition.vtl[vtl].reference_tsc, value);
    spin_unlock(&overlay_lock);
    return good;
}

static bool write_scontrol(struct vtl_state *state, uint64_t value)
{
    if (value > 1) {
        return false;
    }
    state->scontrol = value;
    return true;
}

/* Pages the hypervisor reads and writes in place: the VTL itself must have both rights, now and at each use. */
static bool write_page(enum vtl vtl, uint64_t *slot, uint64_t value)
{
    if ((value & PAGE_RESERVED) != 0) {
        return false;
    }
    if ((value & HV_MSR_PAGE_ENABLE) != 0 && !overlay_check_data(vtl, gpa(HV_MSR_PAGE_GPA(value)))) {
        return false;
    }
    *slot = value;
    return true;
}

static bool write_sint(struct vtl_state *state, unsigned index, uint64_t value)
{
    if ((value & SINT_RESERVED) != 0 || ((value & HV_SINT_MASKED) == 0 && HV_SINT_VECTOR(value) < 16)) {
        return false;
    }
    state->sint[index] = value;
    return true;
}

static bool write_tsc_invariant(enum vtl vtl, uint64_t value)
{
    if (!clock_is_invariant() || value > 1) {
        return false;
    }
    atomic_store(&partition.vtl[vtl].tsc_invariant, value);
    return true;
}

/* As any reset that VTL0 asks for. */
static bool write_reset(struct cpu *cpu, uint64_t value)
{
    if (value == 1) {
        machine_reset(cpu, "HV_X64_MSR_RESET");
    }
    return value == 0;
}

/* ICR as the two registers that it is in xAPIC mode, one in x2APIC mode. */
static bool write_local_apic(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case HV_MSR_EOI: return local_apic_write(cpu, APIC_EOI, 0);
    case HV_MSR_TPR: return local_apic_write(cpu, APIC_TPR, value);
    default: break;
    }
    if (local_apic_is_x2apic(&cpu->vtl[VTL1].apic)) {
        return local_apic_write(cpu, APIC_ICR_LOW, value);
    }
    return local_apic_write(cpu, APIC_ICR_HIGH, value >> 32) && local_apic_write(cpu, APIC_ICR_LOW, (uint32_t)value);
}

static uint64_t read_apic(const struct cpu *cpu, enum vtl vtl, uint32_t msr)
{
    uint64_t low = 0, high = 0;

    if (vtl == VTL0) {
        return msr == HV_MSR_TPR ? apic_read(APIC_TPR) : (uint64_t)cpu->icr_high << 32 | apic_read(APIC_ICR_LOW);
    }
    local_apic_read(cpu, msr == HV_MSR_TPR ? APIC_TPR : APIC_ICR_LOW, &low);
    if (msr == HV_MSR_ICR && local_apic_read(cpu, APIC_ICR_HIGH, &high)) {
        low |= high << 32; /* not there in x2APIC mode, where low has both */
    }
    return low;
}

static bool write_apic(struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t value)
{
    if (vtl == VTL1) {
        return write_local_apic(cpu, msr, value);
    }
    switch (msr) {
    case HV_MSR_EOI: return apic_write(cpu, APIC_EOI, 0);
    case HV_MSR_TPR: return apic_write(cpu, APIC_TPR, (uint32_t)value);
    default: return apic_write(cpu, APIC_ICR_HIGH, (uint32_t)(value >> 32)) && apic_write(cpu, APIC_ICR_LOW, (uint32_t)value);
    }
}

bool synthetic_msr_write(struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t value)
{
    struct vtl_state *state = &cpu->vtl[vtl];

    if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15) {
        return write_sint(state, msr - HV_MSR_SINT0, value);
    }
    if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
        return stimer_write(cpu, vtl, msr, value);
    }
    if (msr >= HV_MSR_CRASH_P0 && msr <= HV_MSR_CRASH_P4) {
        atomic_store(&partition.vtl[vtl].crash[msr - HV_MSR_CRASH_P0], value);
        return true;
    }
    switch (msr) {
    case HV_MSR_GUEST_OS_ID: return write_guest_os_id(cpu, vtl, value);
    case HV_MSR_HYPERCALL: return write_hypercall(cpu, vtl, value);
    case HV_MSR_RESET: return write_reset(cpu, value);
    case HV_MSR_TSC_INVARIANT_CONTROL: return write_tsc_invariant(vtl, value);
    case HV_MSR_CRASH_CTL: return crash_control(cpu, vtl, value);
    case HV_MSR_REFERENCE_TSC: return write_reference_tsc(cpu, vtl, value);
    case HV_MSR_EOI:
    case HV_MSR_ICR:
    case HV_MSR_TPR: return write_apic(cpu, vtl, msr, value);
    case HV_MSR_VP_ASSIST_PAGE: return write_page(vtl, &state->vp_assist_page, value);
    case HV_MSR_SCONTROL: return write_scontrol(state, value);
    case HV_MSR_SIEFP: return write_page(vtl, &state->siefp, value);
    case HV_MSR_SIMP: return write_page(vtl, &state->simp, value);
    case HV_MSR_EOM: stimers_retry(cpu, vtl); return true; /* an intercept is not queued: VTL0 traps again */
    default: return false;
    }
}

bool synthetic_msr_read(const struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t *value)
{
    const struct vtl_state *state = &cpu->vtl[vtl];

    if (msr >= HV_MSR_SINT0 && msr <= HV_MSR_SINT15) {
        *value = state->sint[msr - HV_MSR_SINT0];
        return true;
    }
    if (msr >= HV_MSR_STIMER0_CONFIG && msr <= HV_MSR_STIMER3_COUNT) {
        *value = stimer_read(cpu, vtl, msr);
        return true;
    }
    if (msr >= HV_MSR_CRASH_P0 && msr <= HV_MSR_CRASH_P4) {
        *value = atomic_load(&partition.vtl[vtl].crash[msr - HV_MSR_CRASH_P0]);
        return true;
    }
    switch (msr) {
    case HV_MSR_GUEST_OS_ID: *value = partition.vtl[vtl].guest_os_id; return true;
    case HV_MSR_HYPERCALL: *value = partition.vtl[vtl].hypercall; return true;
    case HV_MSR_VP_INDEX: *value = cpu->vp_index; return true;
    case HV_MSR_VP_RUNTIME: *value = clock_now() - cpu->started; return true;
    case HV_MSR_TIME_REF_COUNT: *value = clock_now(); return true;
    case HV_MSR_REFERENCE_TSC: *value = partition.vtl[vtl].reference_tsc; return true;
    case HV_MSR_TSC_FREQUENCY: *value = partition.boot.tsc_frequency; return true;
    case HV_MSR_APIC_FREQUENCY: *value = partition.boot.apic_frequency; return true;
    case HV_MSR_ICR:
    case HV_MSR_TPR: *value = read_apic(cpu, vtl, msr); return true;
    case HV_MSR_VP_ASSIST_PAGE: *value = state->vp_assist_page; return true;
    case HV_MSR_SCONTROL: *value = state->scontrol; return true;
    case HV_MSR_SVERSION: *value = 1; return true;
    case HV_MSR_SIEFP: *value = state->siefp; return true;
    case HV_MSR_SIMP: *value = state->simp; return true;
    case HV_MSR_TSC_INVARIANT_CONTROL: *value = atomic_load(&partition.vtl[vtl].tsc_invariant); return clock_is_invariant();
    case HV_MSR_CRASH_CTL: *value = HV_CRASH_SUPPORTED; return true;
    case HV_MSR_RESET:
    case HV_MSR_EOM:
    case HV_MSR_GUEST_IDLE: *value = 0; return true; /* the waiting is the instruction's: msr.c */
    default: return false;
    }
}
