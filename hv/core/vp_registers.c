/* HvCallGetVpRegisters and HvCallSetVpRegisters for the names in abi/vp_registers.def. */
#include <hv/check.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/private_registers.h>
#include <hv/protection.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>
#include <hv/x86.h>

static uint16_t check_header(const struct cpu *cpu, const struct hv_input_vp_registers *input, enum vtl *target)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);

    if (input->partition_id != HV_PARTITION_ID_SELF) {
        return HV_STATUS_INVALID_PARTITION_ID;
    }
    if (index >= partition.boot.processor_count) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (!input_vtl(cpu, input->input_vtl, target) || !input_is_zero(input->reserved, sizeof(input->reserved))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    /* A running processor's registers are its own; other processors follow with the whole interface. */
    return *target > cpu->active || index != cpu->vp_index ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

static uint64_t partition_status(void)
{
    bool enabled = atomic_load(&partition.vtl1_enabled);

    return 1 | (enabled ? 2u : 0) | UINT64_C(1) << 16
        | (enabled && partition.mode_based_execution ? HV_VSM_PARTITION_STATUS_MBEC : 0);
}

static uint64_t vp_status(const struct cpu *cpu)
{
    uint64_t mbec = cpu->vtl[VTL0].mode_based_execution ? HV_VSM_VP_STATUS_ACTIVE_MBEC : 0;

    return (uint64_t)cpu->active | mbec | (UINT64_C(1) | (cpu->vtl[VTL1].enabled ? 2u : 0)) << 16;
}

/* Registers that exist whatever VTL they are asked of. */
static bool get_vsm_register(const struct cpu *cpu, enum vtl target, uint32_t name, uint64_t *value)
{
    switch (name) {
    case HV_REGISTER_VSM_CODE_PAGE_OFFSETS:
        *value = HYPERCALL_PAGE_VTL_CALL | HYPERCALL_PAGE_VTL_RETURN << 12;
        return true;
    case HV_REGISTER_VSM_VP_STATUS: *value = vp_status(cpu); return true;
    case HV_REGISTER_VSM_PARTITION_STATUS: *value = partition_status(); return true;
    case HV_REGISTER_VSM_CAPABILITIES:
        *value = partition.slat[VTL0].format->mode_based ? HV_VSM_CAPABILITIES_MBEC : 0;
        return true;
    case HV_REGISTER_VP_INDEX: *value = cpu->vp_index; return true;
    case HV_REGISTER_VP_ASSIST_PAGE: *value = cpu->vtl[target].vp_assist_page; return true;
    default: return false;
    }
}

/* The general registers and CR2 are shared: what VTL1 reads is what they hold now. */
static bool get_architectural(const struct cpu *cpu, enum vtl target, uint32_t name, struct hv_register_value *value)
{
    if (private_register_get(cpu, target, name, value)) {
        return true;
    }
    if (name >= HV_REGISTER_RAX && name <= HV_REGISTER_R15) {
        value->low = cpu->gpr[name - HV_REGISTER_RAX];
        return true;
    }
    value->low = cpu->cr2;
    return name == HV_REGISTER_CR2;
}

uint16_t call_get_register(struct cpu *cpu, const struct hv_input_vp_registers *input, uint32_t name,
                           struct hv_register_value *out)
{
    enum vtl target;
    uint16_t status = check_header(cpu, input, &target);

    *out = (struct hv_register_value){ 0, 0 };
    if (status != HV_STATUS_SUCCESS || get_vsm_register(cpu, target, name, &out->low)) {
        return status;
    }
    if (name == HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0) {
        out->low = cpu->vtl[VTL0].mode_based_execution ? HV_VSM_SECURE_CONFIG_MBEC : 0;
        return cpu->active == VTL1 ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED;
    }
    if (name == HV_REGISTER_VSM_PARTITION_CONFIG) {
        out->low = partition.vsm_config;
        return target == VTL1 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
    }
    /* One's own registers are read with instructions. */
    if (target >= cpu->active) {
        return get_architectural(cpu, target, name, &(struct hv_register_value){ 0, 0 }) ? HV_STATUS_ACCESS_DENIED
                                                                                         : HV_STATUS_INVALID_PARAMETER;
    }
    return get_architectural(cpu, target, name, out) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
}

/* An exception has an error code or has none, and it has 16 bits (SDM vol. 3C, "Event Injection"; so on SVM). */
static bool error_code_fits(uint64_t low)
{
    bool has_code = (low & HV_PENDING_EVENT_DELIVER_ERROR_CODE) != 0;

    if ((low & HV_PENDING_EVENT_PENDING) == 0) {
        return true;
    }
    return has_code == ((EXCEPTIONS_WITH_ERROR_CODE >> HV_PENDING_EVENT_VECTOR(low) & 1) != 0)
        && (!has_code || HV_PENDING_EVENT_ERROR_CODE(low) <= UINT16_MAX);
}

/* vsm-abi.md 5.2, PendingEvent0: an architectural exception for a lower VTL. */
static uint16_t set_pending_event(struct cpu *cpu, enum vtl target, const struct hv_register_value *value)
{
    uint64_t low = value->low;
    struct vtl_state *state = &cpu->vtl[target];

    if (target >= cpu->active || HV_PENDING_EVENT_VECTOR(low) >= 32 || HV_PENDING_EVENT_VECTOR(low) == 2) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    /* 3:1 the type (0 exception), 7:4 and 15:9 reserved. */
    if ((low & 0xFEFE) != 0) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (!error_code_fits(low)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if ((low & HV_PENDING_EVENT_PENDING) == 0) {
        state->pending.type = EVENT_NONE;
        return HV_STATUS_SUCCESS;
    }
    inject_exception(cpu, target, (struct event){
        .type = EVENT_EXCEPTION,
        .vector = (uint8_t)HV_PENDING_EVENT_VECTOR(low),
        .has_error_code = (low & HV_PENDING_EVENT_DELIVER_ERROR_CODE) != 0,
        .error_code = HV_PENDING_EVENT_ERROR_CODE(low),
    });
    if (HV_PENDING_EVENT_VECTOR(low) == VECTOR_PF) {
        cpu->cr2 = value->high;
    }
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

/* vsm-abi.md 5.3: protection is enabled once; the default mask holds R and W and cannot change afterwards. */
static uint16_t set_partition_config(struct cpu *cpu, enum vtl target, uint64_t value)
{
    uint64_t known = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | 0x1E;
    unsigned rights;

    if (target != VTL1) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if ((value & ~known) != 0 || !protection_rights(HV_VSM_CONFIG_DEFAULT_MASK(value), &rights)
        || (rights & SLAT_RW) != SLAT_RW) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if ((partition.vsm_config & HV_VSM_CONFIG_ENABLE_VTL_PROTECTION) != 0) {
        return value == partition.vsm_config ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE;
    }
    partition.vsm_config = value;
    if (rights != SLAT_RWX) {
        apply_default_mask(cpu, rights);
    }
    return HV_STATUS_SUCCESS;
}

/* vsm-abi.md 5.3: VTL1's alone; mode-based execution as the partition has it. TLB locks come with the whole interface. */
static uint16_t set_secure_config(struct cpu *cpu, uint64_t value)
{
    if (cpu->active != VTL1) {
        return HV_STATUS_ACCESS_DENIED;
    }
    if (value != (partition.mode_based_execution ? HV_VSM_SECURE_CONFIG_MBEC : 0)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    cpu->vtl[VTL0].mode_based_execution = partition.mode_based_execution;
    return HV_STATUS_SUCCESS;
}

static uint16_t set_architectural(struct cpu *cpu, enum vtl target, uint32_t name, uint64_t value)
{
    if (target >= cpu->active) {
        return private_register_settable(name) ? HV_STATUS_ACCESS_DENIED : HV_STATUS_INVALID_PARAMETER;
    }
    return private_register_set(cpu, target, name, value);
}

uint16_t call_set_register(struct cpu *cpu, const struct hv_input_vp_registers *input, const struct hv_register_assoc *assoc)
{
    enum vtl target;
    uint16_t status = check_header(cpu, input, &target);

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if ((assoc->pad[0] | assoc->pad[1] | assoc->pad[2]) != 0) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    switch (assoc->name) {
    case HV_REGISTER_PENDING_EVENT0: return set_pending_event(cpu, target, &assoc->value);
    case HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0: return set_secure_config(cpu, assoc->value.low);
    case HV_REGISTER_VSM_PARTITION_CONFIG: return set_partition_config(cpu, target, assoc->value.low);
    default: return set_architectural(cpu, target, assoc->name, assoc->value.low);
    }
}
