/*
 * HvCallTranslateVirtualAddress and ...Ex (vsm-abi.md 4.6; the Ex form's output as in OpenVMM's hvdef): own and lower VTL, on
 * the processor that the address belongs to. VTL0 asks of its own processor, or it could end VTL1's runs elsewhere at will.
 */
#include <hv/cpu_call.h>
#include <hv/flush.h>
#include <hv/guest_memory.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define ACCESSES   (HV_TRANSLATE_READ | HV_TRANSLATE_WRITE | HV_TRANSLATE_EXECUTE)
#define MODES      (HV_TRANSLATE_SUPERVISOR | HV_TRANSLATE_USER)
#define SMAP_RULES (HV_TRANSLATE_ENFORCE_SMAP | HV_TRANSLATE_OVERRIDE_SMAP)
/* Shadow stacks do not exist here: refused, not ignored. */
#define KNOWN ((uint64_t)(ACCESSES | HV_TRANSLATE_EXEMPT | HV_TRANSLATE_SET_PAGE_TABLE_BITS | HV_TRANSLATE_TLB_FLUSH_INHIBIT \
                          | MODES | SMAP_RULES))

#define ENTRY_ACCESSED 0x20u
#define ENTRY_DIRTY    0x40u
#define WALKS          4u  /* of tables that change meanwhile */

/* What the processor of the address has to do. */
struct translation {
    uint64_t flags;
    gva_t at;
    enum vtl target;
    struct hv_output_translate_virtual_address_ex *out;
};

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

static uint16_t check(const struct cpu *cpu, const struct hv_input_translate_virtual_address *input, struct cpu **processor)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);
    uint64_t flags = input->control_flags & ((UINT64_C(1) << HV_TRANSLATE_VTL_SHIFT) - 1);

    if (index >= partition.boot.processor_count || cpus[index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if ((flags & ~KNOWN) != 0 || (flags & ACCESSES) == 0 || (flags & MODES) == MODES
        || (flags & SMAP_RULES) == SMAP_RULES) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    *processor = cpus[index];
    return index == cpu->vp_index || cpu->active != VTL0 ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED;
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

/* A fetch and a data access may differ in what they are denied: each that is asked for must pass. The context is the last one's. */
static enum walk_result walk(struct cpu *cpu, const struct translation *translation, struct walk_context *context, gpa_t *out)
{
    enum walk_result result = guest_translate(cpu, translation->target, context, translation->at, out);

    if (result == WALK_OK && context->fetch && (translation->flags & (HV_TRANSLATE_READ | HV_TRANSLATE_WRITE)) != 0) {
        context->fetch = false;
        result = guest_translate(cpu, translation->target, context, translation->at, out);
    }
    return result;
}

static bool is_canonical(const struct walk_context *context, gva_t at)
{
    unsigned above = (context->cr4 & CR4_LA57) != 0 ? 7 : 16;

    return (context->efer & EFER_LMA) == 0 || (uint64_t)((int64_t)(at.value << above) >> above) == at.value;
}

/* The exception that the access would raise. Of the address the page is known. */
static void tell_event(const struct walk_context *context, enum walk_result result, gva_t at, uint64_t event[4])
{
    bool no_execute = (context->cr4 & CR4_SMEP) != 0 || ((context->cr4 & CR4_PAE) != 0 && (context->efer & EFER_NXE) != 0);
    bool is_page_fault = is_canonical(context, at);
    uint64_t code = (result != WALK_NOT_PRESENT ? PF_PRESENT : 0) | (context->write && !context->fetch ? PF_WRITE : 0)
        | (context->user ? PF_USER : 0) | (result == WALK_RESERVED ? PF_RESERVED : 0)
        | (context->fetch && no_execute ? PF_FETCH : 0);

    event[0] = HV_PENDING_EVENT_PENDING | HV_PENDING_EVENT_DELIVER_ERROR_CODE
        | (is_page_fault ? (uint64_t)VECTOR_PF << 16 | code << 32 : (uint64_t)VECTOR_GP << 16);
    event[1] = !is_page_fault ? 0 : (context->efer & EFER_LMA) != 0 ? at.value : (uint32_t)at.value;
}

/* As the processor's walk does it, with the VTL's own rights. */
enum flags_set { FLAGS_SET, TABLES_CHANGED, TABLES_DENIED };

static enum flags_set set_flags(struct cpu *cpu, enum vtl target, const struct walk_trail *trail, bool write)
{
    for (unsigned i = 0; i < trail->count; i++) {
        uint64_t value = trail->entries[i].value, seen = value;
        uint64_t flags = (trail->entries[i].has_accessed ? ENTRY_ACCESSED : 0) | (write && i + 1 == trail->count ? ENTRY_DIRTY : 0);

        if ((value & flags) == flags) {
            continue;
        }
        if (!guest_exchange(cpu, target, trail->entries[i].at, trail->entry_size, &seen, value | flags)) {
            return TABLES_DENIED;
        }
        if (seen != value) {
            return TABLES_CHANGED;
        }
    }
    return FLAGS_SET;
}

/* False: the tables changed under it. */
static bool translate_once(struct cpu *cpu, const struct translation *translation)
{
    static const enum hv_translate_result results[] = {
        [WALK_OK] = HV_TRANSLATE_SUCCESS, [WALK_NOT_PRESENT] = HV_TRANSLATE_NOT_PRESENT,
        [WALK_DENIED] = HV_TRANSLATE_PRIVILEGE_VIOLATION, [WALK_RESERVED] = HV_TRANSLATE_INVALID_FLAGS,
        [WALK_UNREADABLE] = HV_TRANSLATE_GPA_UNMAPPED,
    };
    struct hv_output_translate_virtual_address_ex *out = translation->out;
    struct walk_context context = context_of(cpu, translation->target, translation->flags);
    struct walk_trail trail;
    gpa_t address;
    enum walk_result result;
    enum flags_set set = FLAGS_SET;

    context.trail = &trail;
    result = walk(cpu, translation, &context, &address);
    out->result = results[result];
    if (result != WALK_OK) {
        if (result != WALK_UNREADABLE) {
            tell_event(&context, result, translation->at, out->event);
        }
        return true;
    }
    out->result = second_level(translation->target, address, translation->flags, execute_right(cpu, translation->target, &context));
    if (out->result == HV_TRANSLATE_SUCCESS && (translation->flags & HV_TRANSLATE_SET_PAGE_TABLE_BITS) != 0) {
        set = set_flags(cpu, translation->target, &trail, context.write);
    }
    out->result = set == TABLES_DENIED ? HV_TRANSLATE_NO_WRITE : out->result;
    out->overlay_page = overlay_is(translation->target, gpa_page(address));
    out->cache_type = HV_CACHE_WRITE_BACK;
    out->gpa_page = address.value >> 12;
    return set != TABLES_CHANGED;
}

/* Whoever changes its tables all the while gets a page fault for it, and VTL1 goes on. */
static void run_translate(struct cpu *cpu, void *argument)
{
    const struct translation *translation = argument;
    struct walk_context context;

    if ((translation->flags & HV_TRANSLATE_TLB_FLUSH_INHIBIT) != 0) {
        tlb_lock(cpu, true); /* before the tables are looked at */
    }
    for (unsigned walks = 0; walks < WALKS; walks++) {
        *translation->out = (struct hv_output_translate_virtual_address_ex){ 0 };
        if (translate_once(cpu, translation)) {
            return;
        }
    }
    *translation->out = (struct hv_output_translate_virtual_address_ex){ .result = HV_TRANSLATE_NOT_PRESENT };
    context = context_of(cpu, translation->target, translation->flags);
    tell_event(&context, WALK_NOT_PRESENT, translation->at, translation->out->event);
}

uint16_t call_translate(struct cpu *cpu, const struct hv_input_translate_virtual_address *input,
                        struct hv_output_translate_virtual_address_ex *out)
{
    struct translation translation = { .flags = input->control_flags, .at = gva(input->gva_page << 12), .out = out };
    struct cpu *processor = NULL;
    uint16_t status = check(cpu, input, &processor);

    if (status == HV_STATUS_SUCCESS) {
        status = find_target(cpu, input, &translation.target);
    }
    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    /* VTL1's return there ends the lock. */
    if (!processor->vtl[translation.target].enabled
        || ((translation.flags & HV_TRANSLATE_TLB_FLUSH_INHIBIT) != 0 && !processor->vtl[VTL1].enabled)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    cpu_call(cpu, processor, run_translate, &translation);
    return HV_STATUS_SUCCESS;
}
