#include <hv/private_registers.h>

#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define ELSEWHERE VREG_COUNT /* not in the back end */

/* Whether the VTL may have the value; may set bits that the processor sets. NULL in a row: read-only. */
typedef bool rule(const struct cpu *cpu, enum vtl vtl, uint64_t *value);

static bool any(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    (void)cpu;
    (void)vtl;
    (void)value;
    return true;
}

static bool canonical(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    (void)cpu;
    (void)vtl;
    return rule_canonical(*value);
}

static bool low_half(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    (void)cpu;
    (void)vtl;
    return *value <= UINT32_MAX;
}

/* Reserved bits are dropped, as POPF drops them; virtual-8086 mode is neither entered nor left. */
static bool rflags(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    *value = (*value & 0x3F7FD7) | RFLAGS_FIXED;
    return ((*value ^ vendor->get(cpu, vtl, VREG_RFLAGS)) & RFLAGS_VM) == 0;
}

/* An address of the mode that the VTL is in. */
static bool rip(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    return in_64_bit_code(cpu, vtl) ? rule_canonical(*value) : *value <= UINT32_MAX;
}

static bool cr3(const struct cpu *cpu, enum vtl vtl, uint64_t *value) { return rule_cr3(cpu, vtl, *value); }
static bool cr4(const struct cpu *cpu, enum vtl vtl, uint64_t *value) { return rule_cr4(cpu, vtl, *value); }

static bool pat(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    (void)cpu;
    (void)vtl;
    return rule_pat(*value);
}

static bool dr7(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    bool fits = low_half(cpu, vtl, value);

    *value = (*value & ~UINT64_C(0xD800)) | 0x400;
    return fits;
}

/* The window must stay where the guarded page is (msr.c). */
static bool apic_base(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    (void)cpu;
    (void)vtl;
    return *value == rdmsr(MSR_APIC_BASE);
}

static const struct row {
    uint32_t name;
    enum vreg reg;
    rule *rule;
} rows[] = {
    { HV_REGISTER_RIP, VREG_RIP, rip },
    { HV_REGISTER_RSP, VREG_RSP, any },
    { HV_REGISTER_RFLAGS, VREG_RFLAGS, rflags },
    { HV_REGISTER_CR0, VREG_CR0, rule_cr0 },
    { HV_REGISTER_CR3, VREG_CR3, cr3 },
    { HV_REGISTER_CR4, VREG_CR4, cr4 },
    { HV_REGISTER_CR8, VREG_CR8, NULL },
    { HV_REGISTER_DR6, VREG_DR6, NULL },
    { HV_REGISTER_DR7, VREG_DR7, dr7 },
    { HV_REGISTER_EFER, VREG_EFER, rule_efer },
    { HV_REGISTER_KERNEL_GS_BASE, VREG_KERNEL_GS_BASE, canonical },
    { HV_REGISTER_PAT, VREG_PAT, pat },
    { HV_REGISTER_SYSENTER_CS, VREG_SYSENTER_CS, low_half },
    { HV_REGISTER_SYSENTER_EIP, VREG_SYSENTER_EIP, canonical },
    { HV_REGISTER_SYSENTER_ESP, VREG_SYSENTER_ESP, canonical },
    { HV_REGISTER_STAR, VREG_STAR, any },
    { HV_REGISTER_LSTAR, VREG_LSTAR, canonical },
    { HV_REGISTER_CSTAR, VREG_CSTAR, canonical },
    { HV_REGISTER_SFMASK, VREG_SFMASK, low_half },
    { HV_REGISTER_APIC_BASE, ELSEWHERE, apic_base },
    { HV_REGISTER_TSC_AUX, ELSEWHERE, low_half },
};

static const struct row *find(uint32_t name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].name == name) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The TLFS numbers the segments, and then the tables, in the order of enum vsegment. */
static bool find_segment(uint32_t name, enum vsegment *segment)
{
    if (name >= HV_REGISTER_ES && name <= HV_REGISTER_TR) {
        *segment = (enum vsegment)(VSEG_ES + (name - HV_REGISTER_ES));
        return true;
    }
    *segment = name == HV_REGISTER_IDTR ? VSEG_IDTR : VSEG_GDTR;
    return name == HV_REGISTER_IDTR || name == HV_REGISTER_GDTR;
}

struct hv_register_value private_segment_value(enum vsegment segment, const struct hv_x64_segment_register *from)
{
    if (segment >= VSEG_IDTR) {
        return (struct hv_register_value){ .low = (uint64_t)from->limit << 48, .high = from->base };
    }
    return (struct hv_register_value){
        .low = from->base, .high = from->limit | (uint64_t)from->selector << 32 | (uint64_t)from->attributes << 48,
    };
}

bool private_register_get(const struct cpu *cpu, enum vtl vtl, uint32_t name, struct hv_register_value *value)
{
    const struct row *row = find(name);
    struct hv_x64_segment_register held;
    enum vsegment segment;

    *value = (struct hv_register_value){ 0, 0 };
    if (row != NULL && row->reg != ELSEWHERE) {
        value->low = vendor->get(cpu, vtl, row->reg);
    } else if (row != NULL) {
        value->low = name == HV_REGISTER_TSC_AUX ? cpu->vtl[vtl].tsc_aux : rdmsr(MSR_APIC_BASE);
    } else if (find_segment(name, &segment)) {
        vendor->get_segment(cpu, vtl, segment, &held);
        *value = private_segment_value(segment, &held);
    } else {
        return false;
    }
    return true;
}

static bool is_settable_segment(uint32_t name)
{
    return name == HV_REGISTER_LDTR || name == HV_REGISTER_TR || name == HV_REGISTER_IDTR || name == HV_REGISTER_GDTR;
}

static bool is_settable(uint32_t name)
{
    const struct row *row = find(name);

    return row != NULL ? row->rule != NULL : is_settable_segment(name);
}

bool private_register_accepts(const struct cpu *cpu, enum vtl vtl, uint32_t name, uint64_t value)
{
    const struct row *row = find(name);

    return row != NULL && row->rule != NULL && row->rule(cpu, vtl, &value);
}

static uint16_t set_segment(struct cpu *cpu, enum vtl vtl, uint32_t name, const struct hv_register_value *value)
{
    struct hv_x64_segment_register to;
    enum vsegment segment;

    if (!find_segment(name, &segment)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (segment >= VSEG_IDTR) {
        to = (struct hv_x64_segment_register){ .base = value->high, .limit = (uint32_t)(value->low >> 48) };
    } else {
        to = (struct hv_x64_segment_register){
            .base = value->low, .limit = (uint32_t)value->high,
            .selector = (uint16_t)(value->high >> 32), .attributes = (uint16_t)(value->high >> 48),
        };
    }
    if (!rule_segment(cpu, vtl, segment, &to)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    vendor->set_segment(cpu, vtl, segment, &to);
    return HV_STATUS_SUCCESS;
}

uint16_t private_register_set(struct cpu *cpu, enum vtl vtl, uint32_t name, const struct hv_register_value *value)
{
    const struct row *row = find(name);
    uint64_t low = value->low;

    if (!is_settable(name)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (row == NULL) {
        return set_segment(cpu, vtl, name, value);
    }
    if (!row->rule(cpu, vtl, &low)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (row->reg != ELSEWHERE) {
        vendor->set(cpu, vtl, row->reg, low);
        vendor->flush(cpu, vtl); /* as the VTL's own write to a control register, EFER or PAT would */
    } else if (name == HV_REGISTER_TSC_AUX) {
        cpu->vtl[vtl].tsc_aux = low;
        if (vtl == cpu->active) {
            wrmsr(MSR_TSC_AUX, low); /* otherwise loaded when the VTL is entered (vtl.c) */
        }
    }
    return HV_STATUS_SUCCESS;
}
