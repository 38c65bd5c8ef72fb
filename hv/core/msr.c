/*
 * MSRs: an allow-list of rows; what no row names is #GP(0). Nothing VTL0
 * writes reaches a register that the processor shares with the hypervisor.
 * The list is what a firmware and a stock Linux touch.
 */
#include <hv/handlers.h>
#include <hv/idle.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/local_apic.h>
#include <hv/mtrr.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/private_registers.h>
#include <hv/register_intercepts.h>
#include <hv/synthetic_msr.h>
#include <hv/vendor.h>
#include <hv/x86.h>

struct msr_row {
    uint32_t first, last;
    bool (*read)(struct cpu *cpu, uint32_t msr, uint64_t *value);
    bool (*write)(struct cpu *cpu, uint32_t msr, uint64_t value);
};

static bool read_zero(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)cpu;
    (void)msr;
    *value = 0;
    return true;
}

static bool write_ignored(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    (void)cpu;
    (void)msr;
    (void)value;
    return true;
}

static bool write_refused(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    (void)cpu;
    (void)msr;
    (void)value;
    return false;
}

static bool read_real(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)cpu;
    *value = rdmsr(msr);
    return true;
}

static bool write_real(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    (void)cpu;
    wrmsr(msr, value);
    return true;
}

static bool read_apic_base(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    *value = cpu->active == VTL1 ? local_apic_base(cpu) : rdmsr(msr);
    return true;
}

/* The window must stay where the guarded page is (attacks.md REG-04). */
static bool write_apic_base(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    if (mutant_is(MUTANT_APIC_BASE_OPEN)) {
        return write_real(cpu, msr, value);
    }
    return cpu->active == VTL1 ? local_apic_set_base(cpu, value) : value == rdmsr(msr);
}

/* "x2APIC Register Address Space": 16 bytes of the page are one MSR. VTL1's alone, and only in x2APIC mode. */
static uint32_t x2apic_offset(uint32_t msr)
{
    return (msr - MSR_X2APIC) << 4;
}

static bool read_x2apic(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    return cpu->active == VTL1 && local_apic_is_x2apic(&cpu->vtl[VTL1].apic) && local_apic_read(cpu, x2apic_offset(msr), value);
}

static bool write_x2apic(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    return cpu->active == VTL1 && local_apic_is_x2apic(&cpu->vtl[VTL1].apic) && local_apic_write(cpu, x2apic_offset(msr), value);
}

static bool read_microcode(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)msr;
    *value = cpu->microcode_level;
    return true;
}

/* MSRs that VP registers name. Those but EFER and PAT exit only while VTL1 intercepts some of them. */
static uint32_t register_of(uint32_t msr)
{
    switch (msr) {
    case MSR_SYSENTER_CS: return HV_REGISTER_SYSENTER_CS;
    case MSR_SYSENTER_ESP: return HV_REGISTER_SYSENTER_ESP;
    case MSR_SYSENTER_EIP: return HV_REGISTER_SYSENTER_EIP;
    case MSR_PAT: return HV_REGISTER_PAT;
    case MSR_EFER: return HV_REGISTER_EFER;
    case MSR_STAR: return HV_REGISTER_STAR;
    case MSR_LSTAR: return HV_REGISTER_LSTAR;
    case MSR_CSTAR: return HV_REGISTER_CSTAR;
    default: return HV_REGISTER_SFMASK;
    }
}

static bool read_register(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    struct hv_register_value wide;
    bool known = private_register_get(cpu, cpu->active, register_of(msr), &wide);

    *value = wide.low;
    return known;
}

static bool write_register(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    struct hv_register_value wide = { .low = value };

    return private_register_set(cpu, cpu->active, register_of(msr), &wide) == HV_STATUS_SUCCESS;
}

/* SDM vol. 4, "IA32_MISC_ENABLE": fast strings on, no branch trace store, no PEBS. Linux reads it before it has an IDT. */
static bool read_misc_enable(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)cpu;
    (void)msr;
    *value = MISC_ENABLE_VALUE;
    return true;
}

/* MTRRs are shadows: VTL0 reads back what it wrote, the memory types of the machine stay the firmware's. */
static bool read_mtrr(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    const uint64_t *slot = mtrr_slot(cpu, msr);

    if (slot != NULL) {
        *value = *slot;
    }
    return slot != NULL;
}

static bool write_mtrr(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    uint64_t *slot = mtrr_slot(cpu, msr);

    if (slot != NULL && cpu->active == VTL0) {
        *slot = value;
    }
    return slot != NULL;
}

static bool read_tsc_aux(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)msr;
    *value = cpu->vtl[cpu->active].tsc_aux;
    return true;
}

static bool write_tsc_aux(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    if (value > UINT32_MAX) {
        return false;
    }
    cpu->vtl[cpu->active].tsc_aux = value;
    wrmsr(msr, value);
    return true;
}

static bool write_hsave(struct cpu *cpu, uint32_t msr, uint64_t value)
{
    return mutant_is(MUTANT_HSAVE_OPEN) && write_real(cpu, msr, value);
}

static bool read_refused(struct cpu *cpu, uint32_t msr, uint64_t *value)
{
    (void)cpu;
    (void)msr;
    (void)value;
    return false;
}

static const struct msr_row rows[] = {
    { 0x0, 0x1, read_zero, write_ignored }, /* P5_MC_ADDR, P5_MC_TYPE: RCX after a VTL return without an assist page */
    { MSR_TSC, MSR_TSC, read_real, write_refused },
    { 0x17, 0x17, read_zero, write_ignored }, /* platform id, read by firmware */
    { MSR_APIC_BASE, MSR_APIC_BASE, read_apic_base, write_apic_base },
    { MSR_MICROCODE, MSR_MICROCODE, read_microcode, write_ignored },
    { MSR_MTRRCAP, MSR_MTRRCAP, read_real, write_refused },
    { MSR_SYSENTER_CS, MSR_SYSENTER_EIP, read_register, write_register },
    { MSR_MCG_CAP, MSR_MCG_CTL, read_zero, write_ignored },
    { MSR_MISC_ENABLE, MSR_MISC_ENABLE, read_misc_enable, write_ignored },
    { MSR_MTRR_PHYS_BASE0, MSR_MTRR_PHYS_LAST, read_mtrr, write_mtrr },
    { MSR_MTRR_FIX64K, 0x26F, read_mtrr, write_mtrr },
    { MSR_PAT, MSR_PAT, read_register, write_register },
    { MSR_MTRR_DEF_TYPE, MSR_MTRR_DEF_TYPE, read_mtrr, write_mtrr },
    { MSR_MC0, MSR_MC_LAST, read_zero, write_ignored },
    { MSR_X2APIC, MSR_X2APIC_LAST, read_x2apic, write_x2apic },
    { MSR_EFER, MSR_SFMASK, read_register, write_register },
    { MSR_TSC_AUX, MSR_TSC_AUX, read_tsc_aux, write_tsc_aux },
    { 0xC0010000, 0xC0010007, read_zero, write_ignored },          /* performance counters: none */
    { MSR_SYSCFG, MSR_SYSCFG, read_zero, write_ignored },
    { MSR_HWCR, MSR_HWCR, read_zero, write_ignored },
    { 0xC001001F, 0xC001001F, read_zero, write_ignored },          /* NB_CFG */
    { 0xC0010058, 0xC0010058, read_zero, write_ignored },          /* MMIO configuration base */
    { 0xC0010112, 0xC0010113, read_zero, write_refused },          /* SMM address and mask */
    { MSR_VM_HSAVE_PA, MSR_VM_HSAVE_PA, read_refused, write_hsave },
    { 0xC0011020, 0xC001102F, read_zero, write_ignored },          /* load-store, instruction cache, DE_CFG */
};

static const struct msr_row *find_row(uint32_t msr)
{
    static const struct msr_row unfiltered = { 0, 0, read_real, write_real };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (msr >= rows[i].first && msr <= rows[i].last) {
            return &rows[i];
        }
    }
    return mutant_is(MUTANT_MSRS_OPEN) ? &unfiltered : NULL;
}

static bool is_synthetic(uint32_t msr)
{
    return msr >= 0x40000000 && msr <= 0x400001FF;
}

void handle_rdmsr(struct cpu *cpu)
{
    uint32_t msr = (uint32_t)cpu->gpr[RCX];
    const struct msr_row *row = find_row(msr);
    uint64_t value = 0;
    unsigned length;

    if (!instruction_length(cpu, &length) || intercept_msr_read(cpu, msr, length)) {
        return;
    }
    if (is_synthetic(msr) ? synthetic_msr_read(cpu, cpu->active, msr, &value) : row != NULL && row->read(cpu, msr, &value)) {
        instruction_advance(cpu, length);
        cpu->gpr[RAX] = (uint32_t)value;
        cpu->gpr[RDX] = value >> 32;
        if (msr == HV_MSR_GUEST_IDLE) {
            guest_idle(cpu);
        }
    } else {
        inject_gp(cpu);
    }
}

void handle_wrmsr(struct cpu *cpu)
{
    uint32_t msr = (uint32_t)cpu->gpr[RCX];
    uint64_t value = (uint32_t)cpu->gpr[RAX] | cpu->gpr[RDX] << 32;
    const struct msr_row *row = find_row(msr);
    unsigned length;

    if (!instruction_length(cpu, &length) || intercept_msr_write(cpu, msr, value, length)) {
        return;
    }
    if (is_synthetic(msr) ? synthetic_msr_write(cpu, cpu->active, msr, value) : row != NULL && row->write(cpu, msr, value)) {
        instruction_advance(cpu, length);
    } else {
        inject_gp(cpu);
    }
}
