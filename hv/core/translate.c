/* HvCallTranslateVirtualAddress (vsm-abi.md 4.6): on the processor that the address belongs to, own and lower VTL. */
#include <hv/flush.h>
#include <hv/guest_memory.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define ACCESSES   (HV_TRANSLATE_READ | HV_TRANSLATE_WRITE | HV_TRANSLATE_EXECUTE)
#define MODES      (HV_TRANSLATE_SUPERVISOR | HV_TRANSLATE_USER)
#define SMAP_RULES (HV_TRANSLATE_ENFORCE_SMAP | HV_TRANSLATE_OVERRIDE_SMAP)
/* Setting accessed flags and shadow stacks do not exist here: refused, not ignored. */
#define KNOWN      ((uint64_t)(ACCESSES | HV_TRANSLATE_EXEMPT | HV_TRANSLATE_TLB_FLUSH_INHIBIT | MODES | SMAP_RULES))

static uint16_t find_target(const struct cpu *cpu, const struct hv_input_translate_virtual_address *input, enum vtl *target)
{
    if (!input_vtl(cpu, (uint8_t)(input->control_flags >> HV_TRANSLATE_VTL_SHIFT), target)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    /* The lock is a higher VTL's over a lower one. */
    if ((input->control_flags & HV_TRANSLATE_TLB_FLUSH_INHIBIT) != 0 && *target == cpu->active) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return *target > cpu->active ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

static uint16_t check(const struct cpu *cpu, const struct hv_input_translate_virtual_address *input)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);
    uint64_t flags = input->control_flags & ((UINT64_C(1) << HV_TRANSLATE_VTL_SHIFT) - 1);

    if (index >= partition.boot.processor_count) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if ((flags & ~KNOWN) != 0 || (flags & ACCESSES) == 0 || (flags & MODES) == MODES
        || (flags & SMAP_RULES) == SMAP_RULES) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return index == cpu->vp_index ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED;
}

static struct walk_context context_of(const struct cpu *cpu, enum vtl target, uint64_t flags)
{
    struct walk_context context = guest_walk_context(cpu, target);
    bool alignment_check = (vendor->get(cpu, target, VREG_RFLAGS) & RFLAGS_AC) != 0;

    if ((flags & MODES) != 0) {
        context.user = (flags & HV_TRANSLATE_USER) != 0;
    }
    context.fetch = (flags & HV_TRANSLATE_EXECUTE) != 0;
    context.write = (flags & HV_TRANSLATE_WRITE) != 0;
    context.exempt = (flags & HV_TRANSLATE_EXEMPT) != 0;
    context.smap = (flags & SMAP_RULES) != 0 ? (flags & HV_TRANSLATE_ENFORCE_SMAP) != 0 : !alignment_check;
    return context;
}

/* Ring 3 fetches from user-mode addresses only, and they are told apart while mode-based execution is in force. */
static unsigned execute_right(const struct cpu *cpu, enum vtl target, const struct walk_context *context)
{
    bool in_force = cpu->vtl[target].mode_based_execution && (context->cr0 & CR0_PG) != 0 && (context->cr4 & CR4_SMEP) != 0;

    return context->user && in_force ? SLAT_UX : SLAT_X;
}

/* What the second level says of the page that the guest's tables lead to. */
static enum hv_translate_result second_level(enum vtl target, gpa_t address, uint64_t flags, unsigned execute)
{
    unsigned rights;

    spin_lock(&partition.slat_lock);
    rights = slat_get_rights(&partition.slat[target], address);
    spin_unlock(&partition.slat_lock);
    if (rights == SLAT_NONE) {
        return HV_TRANSLATE_GPA_UNMAPPED;
    }
    if ((flags & HV_TRANSLATE_WRITE) != 0 && (rights & SLAT_W) == 0) {
        return HV_TRANSLATE_NO_WRITE;
    }
    return (flags & HV_TRANSLATE_EXECUTE) != 0 && (rights & execute) != execute ? HV_TRANSLATE_INTERCEPT : HV_TRANSLATE_SUCCESS;
}

/* A fetch and a data access may differ in what they are denied: each that is asked for must pass. */
static enum walk_result walk(struct cpu *cpu, enum vtl target, struct walk_context context, uint64_t flags, gva_t at, gpa_t *out)
{
    enum walk_result result = guest_translate(cpu, target, &context, at, out);

    if (result == WALK_OK && context.fetch && (flags & (HV_TRANSLATE_READ | HV_TRANSLATE_WRITE)) != 0) {
        context.fetch = false;
        result = guest_translate(cpu, target, &context, at, out);
    }
    return result;
}

uint16_t call_translate(struct cpu *cpu, const struct hv_input_translate_virtual_address *input,
                        struct hv_output_translate_virtual_address *out)
{
    static const enum hv_translate_result results[] = {
        [WALK_OK] = HV_TRANSLATE_SUCCESS, [WALK_NOT_PRESENT] = HV_TRANSLATE_NOT_PRESENT,
        [WALK_DENIED] = HV_TRANSLATE_PRIVILEGE_VIOLATION, [WALK_RESERVED] = HV_TRANSLATE_INVALID_FLAGS,
        [WALK_UNREADABLE] = HV_TRANSLATE_GPA_UNMAPPED,
    };
    uint16_t status = check(cpu, input);
    struct walk_context context;
    enum vtl target;
    gpa_t address;

    *out = (struct hv_output_translate_virtual_address){ 0 };
    if (status == HV_STATUS_SUCCESS) {
        status = find_target(cpu, input, &target);
    }
    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if ((input->control_flags & HV_TRANSLATE_TLB_FLUSH_INHIBIT) != 0) {
        tlb_lock(cpu, true); /* before the tables are looked at */
    }
    context = context_of(cpu, target, input->control_flags);
    out->result = results[walk(cpu, target, context, input->control_flags, gva(input->gva_page << 12), &address)];
    if (out->result == HV_TRANSLATE_SUCCESS) {
        out->result = second_level(target, address, input->control_flags, execute_right(cpu, target, &context));
        out->overlay_page = overlay_is(target, gpa_page(address));
        out->cache_type = HV_CACHE_WRITE_BACK;
        out->gpa_page = address.value >> 12;
    }
    return HV_STATUS_SUCCESS;
}
