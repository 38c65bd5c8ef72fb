#include <hv/private_registers.h>

#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>

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
    struct hv_x64_segment_register cs;

    vendor->get_segment(cpu, vtl, VSEG_CS, &cs);
    if ((vendor->get(cpu, vtl, VREG_EFER) & EFER_LMA) != 0 && (cs.attributes & 0x2000) != 0) {
        return rule_canonical(*value);
    }
    return *value <= UINT32_MAX;
}

static bool cr0(const struct cpu *cpu, enum vtl vtl, uint64_t *value) { return rule_cr0(cpu, vtl, *value); }
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

static const struct {
    uint32_t name;
    enum vreg reg;
    rule *rule;
} rows[] = {
    { HV_REGISTER_RIP, VREG_RIP, rip },
    { HV_REGISTER_RSP, VREG_RSP, any },
    { HV_REGISTER_RFLAGS, VREG_RFLAGS, rflags },
    { HV_REGISTER_CR0, VREG_CR0, cr0 },
    { HV_REGISTER_CR3, VREG_CR3, NULL },
    { HV_REGISTER_CR4, VREG_CR4, cr4 },
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
};

#define COUNT (sizeof(rows) / sizeof(rows[0]))

static size_t find(uint32_t name)
{
    size_t i = 0;

    while (i < COUNT && rows[i].name != name) {
        i++;
    }
    return i;
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

/* struct hv_x64_segment_register, and for a table struct hv_x64_table_register, as the two halves of a value. */
static void get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_register_value *value)
{
    struct hv_x64_segment_register from;

    vendor->get_segment(cpu, vtl, segment, &from);
    if (segment >= VSEG_IDTR) {
        *value = (struct hv_register_value){ .low = (uint64_t)from.limit << 48, .high = from.base };
    } else {
        *value = (struct hv_register_value){
            .low = from.base, .high = from.limit | (uint64_t)from.selector << 32 | (uint64_t)from.attributes << 48,
        };
    }
}

bool private_register_get(const struct cpu *cpu, enum vtl vtl, uint32_t name, struct hv_register_value *value)
{
    size_t i = find(name);
    enum vsegment segment;

    *value = (struct hv_register_value){ 0, 0 };
    if (i < COUNT) {
        value->low = vendor->get(cpu, vtl, rows[i].reg);
        return true;
    }
    if (name == HV_REGISTER_TSC_AUX) {
        value->low = cpu->vtl[vtl].tsc_aux;
        return true;
    }
    if (!find_segment(name, &segment)) {
        return false;
    }
    get_segment(cpu, vtl, segment, value);
    return true;
}

bool private_register_settable(uint32_t name)
{
    size_t i = find(name);

    return name == HV_REGISTER_TSC_AUX || (i < COUNT && rows[i].rule != NULL);
}

uint16_t private_register_set(struct cpu *cpu, enum vtl vtl, uint32_t name, uint64_t value)
{
    size_t i = find(name);

    if (!private_register_settable(name)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (!(i < COUNT ? rows[i].rule : low_half)(cpu, vtl, &value)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (i < COUNT) {
        vendor->set(cpu, vtl, rows[i].reg, value);
        vendor->flush(cpu, vtl); /* as the VTL's own write to a control register, EFER or PAT would */
    } else {
        cpu->vtl[vtl].tsc_aux = value; /* loaded when the VTL is entered (vtl.c) */
    }
    return HV_STATUS_SUCCESS;
}
