/* The register file of VTL1's local APIC, and the IPIs it sends to VTL1 of other processors. */
#include <hv/apic.h>
#include <hv/interrupts.h>
#include <hv/local_apic.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/x86.h>

enum {
    R_ID = 0x20, R_VERSION = 0x30, R_TPR = 0x80, R_PPR = 0xA0, R_EOI = 0xB0, R_LDR = 0xD0, R_DFR = 0xE0, R_SVR = 0xF0,
    R_ISR = 0x100, R_TMR = 0x180, R_IRR = 0x200, R_ESR = 0x280, R_CMCI = 0x2F0, R_ICR = 0x300, R_ICR_HIGH = 0x310, R_TIMER = 0x320,
    R_ERROR = 0x370, R_INITIAL = 0x380, R_CURRENT = 0x390, R_DIVIDE = 0x3E0, R_SELF_IPI = 0x3F0,
};

#define VERSION      0x60014u /* integrated, six of the LVTs that every software knows beside CMCI */
#define SVR_ENABLED  0x100u
#define SVR_KNOWN    0x3FFu
#define LVT_KNOWN    0x717FFu
#define LVT_MASKED   0x10000u
#define DIVIDE_KNOWN 0xBu
#define DFR_ONES     0x0FFFFFFFu
#define ICR_KNOWN    0xCDFFFu /* destination, shorthand, level, trigger, mode, vector; 12 is read-only */
#define BASE_X2APIC  UINT64_C(0x400)
#define BASE_ENABLED UINT64_C(0x800)

static uint32_t logical_id(const struct cpu *cpu)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint32_t id = cpu->public.apic_id;

    return local_apic_is_x2apic(apic) ? id >> 4 << 16 | 1u << (id & 15) : atomic_load(&apic->ldr);
}

/* "x2APIC Register Address Space": a cluster in the high half, a bit in the low; else the flat and the cluster model. */
static bool matches_logical(const struct cpu *target, uint32_t destination, bool x2apic)
{
    const struct local_apic *apic = &target->vtl[VTL1].apic;

    if (x2apic) {
        uint32_t id = logical_id(target);

        return id >> 16 == destination >> 16 && (id & destination & 0xFFFF) != 0;
    }
    return apic_matches_logical(atomic_load(&apic->ldr), atomic_load(&apic->dfr), (uint8_t)destination);
}

static bool is_destination(const struct cpu *self, const struct cpu *target, uint64_t icr)
{
    bool x2apic = local_apic_is_x2apic(&self->vtl[VTL1].apic);
    uint32_t destination = (uint32_t)(x2apic ? icr >> 32 : icr >> 56), everybody = x2apic ? UINT32_MAX : 0xFF;

    switch (icr >> 18 & 3) {
    case 1: return target == self;
    case 2: return true;
    case 3: return target != self;
    default: break;
    }
    if (destination == everybody) {
        return true;
    }
    return (icr & 0x800) != 0 ? matches_logical(target, destination, x2apic) : destination == target->public.apic_id;
}

/* Software has enabled it ("Spurious Interrupts"): else it takes no IPI. */
bool local_apic_is_enabled(const struct cpu *cpu)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;

    return cpu->vtl[VTL1].enabled && atomic_load(&apic->mode) != LOCAL_APIC_OFF && (atomic_load(&apic->svr) & SVR_ENABLED) != 0;
}

/*
 * VTL1's IPIs go to VTL1. Fixed and lowest priority only: nobody initialises
 * or starts a VTL1, and it takes no NMI. Vectors below 16 reach nobody.
 */
static void send(struct cpu *cpu, uint64_t icr)
{
    bool one = (icr >> 8 & 7) == 1; /* lowest priority: to one of them */
    bool done = (icr >> 8 & 6) != 0 || (uint8_t)icr < FIRST_VECTOR;

    for (uint32_t i = 0; i < partition.boot.processor_count && !done; i++) {
        if (cpus[i] != NULL && local_apic_is_enabled(cpus[i]) && is_destination(cpu, cpus[i], icr)) {
            local_apic_raise(cpus[i], (uint8_t)icr);
            done = one;
        }
    }
}

static uint32_t task_priority(const struct cpu *cpu)
{
    return (uint32_t)vendor->get(cpu, VTL1, VREG_CR8) << 4 | cpu->vtl[VTL1].apic.tpr;
}

static uint32_t processor_priority(const struct cpu *cpu)
{
    uint32_t task = task_priority(cpu), in_service = local_apic_in_service(&cpu->vtl[VTL1].apic);

    return task >> 4 >= in_service >> 4 ? task : in_service & 0xF0;
}

static const uint32_t *lvt_at(const struct local_apic *apic, uint32_t offset)
{
    if (offset == R_CMCI) {
        return &apic->lvt[0];
    }
    return offset >= R_TIMER && offset <= R_ERROR ? &apic->lvt[1 + (offset - R_TIMER) / 0x10] : NULL;
}

static uint32_t vector_word(const uint64_t words[4], uint32_t n)
{
    return (uint32_t)(words[n / 2] >> n % 2 * 32);
}

static bool read_vectors(const struct local_apic *apic, uint32_t offset, uint64_t *value)
{
    uint64_t irr[4];

    for (unsigned i = 0; i < 4; i++) {
        irr[i] = atomic_load(&apic->irr[i]);
    }
    *value = 0;
    if (offset < R_TMR) {
        *value = vector_word(apic->isr, (offset - R_ISR) / 0x10);
    } else if (offset >= R_IRR) {
        *value = vector_word(irr, (offset - R_IRR) / 0x10);
    }
    return true; /* all are edges: the trigger mode register is zero */
}

bool local_apic_read(const struct cpu *cpu, uint32_t offset, uint64_t *value)
{
    const struct local_apic *apic = &cpu->vtl[VTL1].apic;
    bool x2apic = local_apic_is_x2apic(apic);
    const uint32_t *lvt = lvt_at(apic, offset);

    if (lvt != NULL) {
        *value = *lvt;
        return true;
    }
    if (offset >= R_ISR && offset < R_ESR) {
        return read_vectors(apic, offset, value);
    }
    switch (offset) {
    case R_ID: *value = x2apic ? cpu->public.apic_id : cpu->public.apic_id << 24; return true;
    case R_VERSION: *value = VERSION; return true;
    case R_TPR: *value = task_priority(cpu); return true;
    case R_PPR: *value = processor_priority(cpu); return true;
    case R_LDR: *value = logical_id(cpu); return true;
    case R_DFR: *value = atomic_load(&apic->dfr); return !x2apic;
    case R_SVR: *value = atomic_load(&apic->svr); return true;
    case R_ICR: *value = apic->icr_low | (x2apic ? (uint64_t)apic->icr_high << 32 : 0); return true;
    case R_ICR_HIGH: *value = apic->icr_high; return !x2apic;
    case R_INITIAL: *value = apic->initial; return true;
    case R_DIVIDE: *value = apic->divide; return true;
    case R_CURRENT: *value = local_apic_timer_count(cpu); return true;
    case R_ESR: *value = 0; return true;
    default: return false;
    }
}

/* The bits of a register that exist where it is written. */
static uint64_t known_bits(const struct local_apic *apic, uint32_t offset)
{
    switch (offset) {
    case R_TPR: return 0xFF;
    case R_LDR:
    case R_ICR_HIGH: return 0xFF000000u;
    case R_DFR: return 0xF0000000u;
    case R_SVR: return SVR_KNOWN;
    case R_ICR: return ICR_KNOWN | (local_apic_is_x2apic(apic) ? (uint64_t)UINT32_MAX << 32 : 0);
    case R_INITIAL: return UINT32_MAX;
    case R_DIVIDE: return DIVIDE_KNOWN;
    case R_SELF_IPI: return 0xFF;
    default: return lvt_at(apic, offset) != NULL ? LVT_KNOWN : 0;
    }
}

/* "x2APIC Register Address Space": what that mode lacks or cannot write, and what it has alone. */
static bool is_of_other_mode(uint32_t offset, bool x2apic)
{
    return x2apic ? offset == R_LDR || offset == R_DFR || offset == R_ICR_HIGH : offset == R_SELF_IPI;
}

static void write_icr(struct cpu *cpu, uint64_t value)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;

    apic->icr_low = (uint32_t)value;
    apic->icr_high = local_apic_is_x2apic(apic) ? (uint32_t)(value >> 32) : apic->icr_high;
    send(cpu, (uint32_t)value | (uint64_t)apic->icr_high << 32);
}

static void write_tpr(struct cpu *cpu, uint32_t value)
{
    vendor->set(cpu, VTL1, VREG_CR8, value >> 4);
    cpu->vtl[VTL1].apic.tpr = value & 0xF;
}

static void write_lvt(struct cpu *cpu, uint32_t offset, uint32_t *lvt, uint32_t value)
{
    if ((atomic_load(&cpu->vtl[VTL1].apic.svr) & SVR_ENABLED) == 0) {
        value |= LVT_MASKED; /* "Local APIC State After It Has Been Software Disabled" */
    }
    if (offset == R_TIMER) {
        local_apic_timer_lvt(cpu, value);
    } else {
        *lvt = value;
    }
}

static void write_svr(struct cpu *cpu, uint32_t value)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;

    atomic_store(&apic->svr, value);
    for (uint32_t i = 0; i < LOCAL_APIC_LVTS && (value & SVR_ENABLED) == 0; i++) {
        write_lvt(cpu, i == 0 ? R_CMCI : R_TIMER + (i - 1) * 0x10, &apic->lvt[i], apic->lvt[i]);
    }
}

/* A value of known bits. */
static bool write_known(struct cpu *cpu, uint32_t offset, uint64_t value)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;
    uint32_t *lvt = (uint32_t *)lvt_at(apic, offset), low = (uint32_t)value;

    if (is_of_other_mode(offset, local_apic_is_x2apic(apic))) {
        return false;
    }
    if (lvt != NULL) {
        write_lvt(cpu, offset, lvt, low);
        return true;
    }
    switch (offset) {
    case R_TPR: write_tpr(cpu, low); return true;
    case R_EOI: local_apic_end(apic); return true;
    case R_LDR: atomic_store(&apic->ldr, low); return true;
    case R_DFR: atomic_store(&apic->dfr, low | DFR_ONES); return true;
    case R_SVR: write_svr(cpu, low); return true;
    case R_ESR: return true; /* there are no errors to latch */
    case R_ICR: write_icr(cpu, value); return true;
    case R_ICR_HIGH: apic->icr_high = low; return true;
    case R_INITIAL: local_apic_timer_start(cpu, low); return true;
    case R_DIVIDE: local_apic_timer_divide(cpu, low); return true;
    case R_SELF_IPI: send(cpu, value | 1u << 18); return true;
    default: return false;
    }
}

bool local_apic_write(struct cpu *cpu, uint32_t offset, uint64_t value)
{
    return (value & ~known_bits(&cpu->vtl[VTL1].apic, offset)) == 0 && write_known(cpu, offset, value);
}

void local_apic_store(struct cpu *cpu, uint32_t offset, uint32_t value)
{
    write_known(cpu, offset, value & known_bits(&cpu->vtl[VTL1].apic, offset));
}

/* The page stays where it is. "Local APIC State Transitions": x2APIC mode from xAPIC mode, and no way back but through off. */
uint64_t local_apic_base(const struct cpu *cpu)
{
    static const uint64_t bits[] = {
        [LOCAL_APIC_OFF] = 0, [LOCAL_APIC_XAPIC] = BASE_ENABLED, [LOCAL_APIC_X2APIC] = BASE_ENABLED | BASE_X2APIC,
    };
    uint64_t machine = rdmsr(MSR_APIC_BASE) & ~(BASE_X2APIC | BASE_ENABLED);

    return machine | bits[atomic_load(&cpu->vtl[VTL1].apic.mode)];
}

static bool may_change(enum local_apic_mode from, enum local_apic_mode to)
{
    return from == to || to == LOCAL_APIC_OFF || (from == LOCAL_APIC_OFF && to == LOCAL_APIC_XAPIC)
        || (from == LOCAL_APIC_XAPIC && to == LOCAL_APIC_X2APIC);
}

bool local_apic_set_base(struct cpu *cpu, uint64_t value)
{
    struct local_apic *apic = &cpu->vtl[VTL1].apic;
    bool enabled = (value & BASE_ENABLED) != 0, x2apic = (value & BASE_X2APIC) != 0;
    enum local_apic_mode to = !enabled ? LOCAL_APIC_OFF : x2apic ? LOCAL_APIC_X2APIC : LOCAL_APIC_XAPIC;

    if (((value ^ local_apic_base(cpu)) & ~(BASE_X2APIC | BASE_ENABLED)) != 0 || (x2apic && !enabled)
        || !may_change((enum local_apic_mode)atomic_load(&apic->mode), to)) {
        return false;
    }
    if (to == LOCAL_APIC_OFF && atomic_load(&apic->mode) != LOCAL_APIC_OFF) {
        local_apic_timer_start(cpu, 0);
        local_apic_reset(apic); /* its registers are lost */
    }
    atomic_store(&apic->mode, to);
    return true;
}
