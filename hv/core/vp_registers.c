/* HvCallGetVpRegisters and HvCallSetVpRegisters for the names in abi/vsm.list. */
#include <hv/check.h>
#include <hv/cpu_call.h>
#include <hv/flush.h>
#include <hv/guest_memory.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/mutant.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/private_registers.h>
#include <hv/protection.h>
#include <hv/register_access.h>
#include <hv/register_intercepts.h>
#include <hv/register_rules.h>
#include <hv/shared_registers.h>
#include <hv/shootdown.h>
#include <hv/synthetic_msr.h>
#include <hv/vendor.h>
#include <hv/vina.h>
#include <hv/x86.h>

/* One element of a call: run on the processor whose registers it is about. */
struct access {
    const struct hv_register_assoc *assoc; /* Set */
    struct hv_register_value *out;         /* Get */
    uint32_t name;
    enum vtl caller, target;
    bool elsewhere; /* not the caller's processor */
    uint64_t code_page_offsets;
    uint16_t status;
};

static uint16_t check_header(const struct cpu *cpu, const struct hv_input_vp_registers *input, struct cpu **processor,
                             enum vtl *target)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);

    if (index >= partition.boot.processor_count || cpus[index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (!input_vtl(cpu, input->input_vtl, target)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (*target > cpu->active && !mutant_is(MUTANT_REGISTERS_OPEN)) {
        return HV_STATUS_ACCESS_DENIED;
    }
    *processor = cpus[index];
    return cpus[index]->vtl[*target].enabled ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_VTL_STATE;
}

static uint64_t partition_status(void)
{
    bool enabled = atomic_load(&partition.vtl1_enabled);

    return 1 | (enabled ? 2u : 0) | (uint64_t)partition.boot.vsm_offered << 16
        | (enabled && partition.mode_based_execution ? HV_VSM_PARTITION_STATUS_MBEC : 0);
}

static uint64_t vp_status(const struct cpu *cpu)
{
    uint64_t mbec = cpu->vtl[VTL0].mode_based_execution ? HV_VSM_VP_STATUS_ACTIVE_MBEC : 0;

    return (uint64_t)cpu->active | mbec | (UINT64_C(1) | (cpu->vtl[VTL1].enabled ? 2u : 0)) << 16;
}

/* Of the code that asks. */
static uint64_t code_page_offsets(const struct cpu *cpu)
{
    return in_64_bit_code(cpu, cpu->active) ? HYPERCALL_PAGE_VTL_CALL | HYPERCALL_PAGE_VTL_RETURN << 12
                                             : HYPERCALL_PAGE_VTL_CALL_32 | HYPERCALL_PAGE_VTL_RETURN_32 << 12;
}

static uint64_t secure_config(const struct cpu *cpu)
{
    return (cpu->vtl[VTL0].mode_based_execution ? HV_VSM_SECURE_CONFIG_MBEC : 0)
        | (tlb_is_locked(cpu) ? HV_VSM_SECURE_CONFIG_TLB_LOCKED : 0);
}

static bool get_vsm_register(const struct cpu *cpu, const struct access *access, uint64_t *value)
{
    switch (access->name) {
    case HV_REGISTER_VSM_CODE_PAGE_OFFSETS: *value = access->code_page_offsets; return true;
    case HV_REGISTER_VSM_VP_STATUS: *value = vp_status(cpu); return true;
    case HV_REGISTER_VSM_PARTITION_STATUS: *value = partition_status(); return true;
    case HV_REGISTER_VSM_CAPABILITIES:
        *value = HV_VSM_CAPABILITIES_DENY_STARTUP | (partition.slat[VTL0].format->mode_based ? HV_VSM_CAPABILITIES_MBEC : 0);
        return true;
    case HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0: *value = secure_config(cpu); return true;
    case HV_REGISTER_VSM_PARTITION_CONFIG: *value = partition.vsm_config; return true;
    case HV_REGISTER_VSM_VINA: *value = cpu->vtl[VTL1].vina; return true;
    case HV_REGISTER_VP_INDEX: *value = cpu->vp_index; return true;
    default: return false;
    }
}

/*
 * A synthetic MSR is a VTL's on one processor, and VTL0's is for VTL0 of the same processor and for VTL1 (see on_processor).
 * EOI, ICR and TPR are nobody's but the VTL's own: VTL0's local APIC is the machine's, whose priority is raised while VTL1 runs,
 * and what it has acknowledged waits here, so that an EOI would end the wrong one.
 */
static bool is_out_of_reach(const struct access *access)
{
    return access->caller == VTL0 && access->elsewhere;
}

static uint16_t get_synthetic(const struct cpu *cpu, const struct access *access)
{
    if (is_out_of_reach(access)) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return synthetic_msr_read(cpu, access->target, register_msr(access->name), &access->out->low) ? HV_STATUS_SUCCESS
                                                                                                  : HV_STATUS_INVALID_PARAMETER;
}

static uint16_t set_synthetic(struct cpu *cpu, const struct access *access)
{
    if (is_out_of_reach(access)) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return synthetic_msr_write(cpu, access->target, register_msr(access->name), access->assoc->value.low)
               ? HV_STATUS_SUCCESS
               : HV_STATUS_INVALID_REGISTER_VALUE;
}

/* What VTL1 reads of a shared register is what it holds now. */
static bool get_architectural(const struct cpu *cpu, enum vtl target, uint32_t name, struct hv_register_value *value)
{
    return private_register_get(cpu, target, name, value) || shared_register_get(cpu, name, &value->low);
}

static uint16_t get_register(const struct cpu *cpu, const struct access *access)
{
    uint16_t status = register_may_get(access->name, access->caller, access->target);

    if (status != HV_STATUS_SUCCESS || get_vsm_register(cpu, access, &access->out->low)) {
        return status;
    }
    if (register_msr(access->name) != 0) {
        return get_synthetic(cpu, access);
    }
    if (intercepts_have(access->name)) {
        access->out->low = intercepts_get(cpu, access->name);
        return HV_STATUS_SUCCESS;
    }
    return get_architectural(cpu, access->target, access->name, access->out) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
}

static void run_get(struct cpu *cpu, void *argument)
{
    struct access *access = argument;

    access->status = get_register(cpu, access);
    if (access->status != HV_STATUS_SUCCESS) {
        *access->out = (struct hv_register_value){ 0, 0 };
    }
}

/*
 * On the processor whose register it is. VTL0 gets and sets nothing that is another processor's alone: it is answered here, or
 * it could end VTL1's runs elsewhere as often as it likes.
 */
static void on_processor(struct cpu *cpu, struct cpu *processor, void (*run)(struct cpu *, void *), struct access *access)
{
    if (access->caller == VTL0) {
        run(processor, access);
    } else {
        cpu_call(cpu, processor, run, access);
    }
}

uint16_t call_get_register(struct cpu *cpu, const struct hv_input_vp_registers *input, uint32_t name,
                           struct hv_register_value *out)
{
    struct access access = { .out = out, .name = name, .caller = cpu->active, .code_page_offsets = code_page_offsets(cpu) };
    struct cpu *processor;
    uint16_t status = check_header(cpu, input, &processor, &access.target);

    *out = (struct hv_register_value){ 0, 0 };
    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    access.elsewhere = processor != cpu;
    on_processor(cpu, processor, run_get, &access);
    return access.status;
}

/* An exception that exists, has an error code or has none, and it has 16 bits (SDM vol. 3C, "Event Injection"; so on SVM). */
static bool exception_fits(uint64_t low)
{
    bool has_code = (low & HV_PENDING_EVENT_DELIVER_ERROR_CODE) != 0;
    uint32_t vector = 1u << HV_PENDING_EVENT_VECTOR(low);

    if ((low & HV_PENDING_EVENT_PENDING) == 0) {
        return true;
    }
    return (EXCEPTIONS_OF_ALL & vector) != 0 && has_code == ((EXCEPTIONS_WITH_ERROR_CODE & vector) != 0)
        && (!has_code || HV_PENDING_EVENT_ERROR_CODE(low) <= UINT16_MAX);
}

/* vsm-abi.md 5.2, PendingEvent0: an architectural exception for a lower VTL. */
static uint16_t set_pending_event(struct cpu *cpu, const struct access *access)
{
    enum vtl target = access->target;
    uint64_t low = access->assoc->value.low;

    if (HV_PENDING_EVENT_VECTOR(low) >= 32 || HV_PENDING_EVENT_VECTOR(low) == 2) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    /* 3:1 the type (0 exception), 7:4 and 15:9 reserved. */
    if ((low & 0xFEFE) != 0) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (!exception_fits(low)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if ((low & HV_PENDING_EVENT_PENDING) == 0) {
        event_put_behind(cpu, target);
        return HV_STATUS_SUCCESS;
    }
    inject_exception(cpu, target, (struct event){
        .type = EVENT_EXCEPTION,
        .vector = (uint8_t)HV_PENDING_EVENT_VECTOR(low),
        .has_error_code = (low & HV_PENDING_EVENT_DELIVER_ERROR_CODE) != 0,
        .error_code = HV_PENDING_EVENT_ERROR_CODE(low),
        .sets_cr2 = HV_PENDING_EVENT_VECTOR(low) == VECTOR_PF,
        .cr2 = access->assoc->value.high,
    });
    return HV_STATUS_SUCCESS;
}

static void apply_default_mask(struct cpu *cpu, unsigned rights)
{
    spin_lock(&partition.slat_lock);
    for (uint32_t i = 0; i < partition.boot.ram_count; i++) {
        const struct hv_range *ram = &partition.boot.ram[i];

        CHECK(partition_map(&partition.slat[VTL0], ram->base, ram->size, rights));
    }
    overlay_claim_all();
    /* Tables went back to the pool: nobody may take one while another processor still walks it (slat.c). */
    shootdown_vtl0(cpu);
    spin_unlock(&partition.slat_lock);
}

/* vsm-abi.md 5.3: protection is enabled once, and then the default mask, which holds R and W, stays. The rest may change. */
static uint16_t check_partition_config(uint64_t value, unsigned *rights)
{
    uint64_t fixed = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | HV_VSM_CONFIG_DEFAULT_MASK_BITS;
    uint64_t known = fixed | HV_VSM_CONFIG_ZERO_MEMORY_ON_RESET | HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP;
    bool enabled = (partition.vsm_config & HV_VSM_CONFIG_ENABLE_VTL_PROTECTION) != 0;

    if ((value & ~known) != 0 || !protection_rights(HV_VSM_CONFIG_DEFAULT_MASK(value), rights) || (*rights & SLAT_RW) != SLAT_RW
        || (enabled && ((value ^ partition.vsm_config) & fixed) != 0)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    return HV_STATUS_SUCCESS;
}

/* VTL1 may run on several processors at once. */
static uint16_t set_partition_config(struct cpu *cpu, uint64_t value)
{
    static struct spinlock lock = SPINLOCK_INIT;
    unsigned rights;
    uint16_t status;

    spin_lock(&lock);
    status = check_partition_config(value, &rights);
    if (status == HV_STATUS_SUCCESS) {
        uint64_t set = value & ~atomic_load(&partition.vsm_config);

        if ((set & HV_VSM_CONFIG_ENABLE_VTL_PROTECTION) != 0 && rights != SLAT_RWX) {
            apply_default_mask(cpu, rights);
        }
        atomic_store(&partition.vsm_config, value); /* behind it: what VTL1 protects from now on stays so */
    }
    spin_unlock(&lock);
    return status;
}

/* vsm-abi.md 5.2: mode-based execution as the partition has it; the TLB lock as VTL1 likes. */
static uint16_t set_secure_config(struct cpu *cpu, uint64_t value)
{
    if ((value & ~HV_VSM_SECURE_CONFIG_TLB_LOCKED) != (partition.mode_based_execution ? HV_VSM_SECURE_CONFIG_MBEC : 0)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    cpu->vtl[VTL0].mode_based_execution = partition.mode_based_execution;
    tlb_lock(cpu, (value & HV_VSM_SECURE_CONFIG_TLB_LOCKED) != 0);
    return HV_STATUS_SUCCESS;
}

static uint16_t set_architectural(struct cpu *cpu, const struct access *access)
{
    return shared_register_settable(access->name)
               ? shared_register_set(access->name, access->assoc->value.low)
               : private_register_set(cpu, access->target, access->name, &access->assoc->value);
}

static uint16_t set_register(struct cpu *cpu, const struct access *access)
{
    uint16_t status = register_may_set(access->name, access->caller, access->target);
    uint64_t low = access->assoc->value.low;

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (register_msr(access->name) != 0) {
        return set_synthetic(cpu, access);
    }
    if (intercepts_have(access->name)) {
        return intercepts_set(cpu, access->name, low) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE;
    }
    switch (access->name) {
    case HV_REGISTER_PENDING_EVENT0: return set_pending_event(cpu, access);
    case HV_REGISTER_VSM_VINA: return vina_set(cpu, low) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
    case HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0: return set_secure_config(cpu, low);
    case HV_REGISTER_VSM_PARTITION_CONFIG: return set_partition_config(cpu, low);
    default: return set_architectural(cpu, access);
    }
}

static void run_set(struct cpu *cpu, void *argument)
{
    struct access *access = argument;

    access->status = set_register(cpu, access);
}

uint16_t call_set_register(struct cpu *cpu, const struct hv_input_vp_registers *input, const struct hv_register_assoc *assoc)
{
    struct access access = { .assoc = assoc, .name = assoc->name, .caller = cpu->active };
    struct cpu *processor;
    uint16_t status = check_header(cpu, input, &processor, &access.target);

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    access.elsewhere = processor != cpu;
    on_processor(cpu, processor, run_set, &access);
    return access.status;
}
