#include <hv/flush.h>

#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vp_set.h>

#define ALL_SPACES_OR_GLOBAL (HV_FLUSH_ALL_SPACES | HV_FLUSH_NON_GLOBAL_ONLY) /* hints: more is dropped anyway */
#define TARGETS (HV_FLUSH_TARGET_VTL0 | HV_FLUSH_TARGET_VTL1)

void tlb_lock(struct cpu *cpu, bool locked)
{
    atomic_store(&cpu->public.tlb_locked, locked);
}

bool tlb_is_locked(const struct cpu *cpu)
{
    return atomic_load(&cpu->public.tlb_locked);
}

/* Which VTLs' translations: a mask of HV_FLUSH_TARGET_VTL*. */
static uint16_t find_targets(const struct cpu *cpu, uint64_t flags, uint64_t *targets)
{
    bool named = (flags & HV_FLUSH_USE_TARGET_VTL) != 0;

    *targets = named ? flags & TARGETS : (uint64_t)HV_FLUSH_TARGET_VTL0 << cpu->active;
    if (named != ((flags & TARGETS) != 0)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return *targets >= (uint64_t)HV_FLUSH_TARGET_VTL0 << (cpu->active + 1) ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

static uint16_t find_processors(struct cpu *cpu, const struct call *call, uint64_t *processors)
{
    const struct hv_input_flush *input = &call->header.flush;
    bool by_set = call->row->kind == SIMPLE_VAR || call->row->kind == REP_VAR;

    *processors = vp_set_all();
    if ((input->flags & HV_FLUSH_ALL_PROCESSORS) != 0) {
        return HV_STATUS_SUCCESS;
    }
    if (by_set) {
        return vp_set_read(cpu, call, &call->header.flush_ex.processors, processors);
    }
    *processors &= input->processors;
    return input->processors != 0 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
}

static uint16_t check(const struct hv_input_flush *input)
{
    uint64_t known = HV_FLUSH_ALL_PROCESSORS | ALL_SPACES_OR_GLOBAL | HV_FLUSH_USE_TARGET_VTL | TARGETS;
    bool no_space = (input->flags & HV_FLUSH_ALL_SPACES) == 0 && input->address_space >> 52 != 0;

    return (input->flags & ~known) != 0 || no_space ? HV_STATUS_INVALID_PARAMETER : HV_STATUS_SUCCESS;
}

/* vsm-abi.md 7.5: what VTL0 asks for does not complete while one of the processors is locked. VTL1's flushes do not wait. */
static bool held_off(const struct cpu *cpu, uint64_t processors)
{
    for (uint32_t i = 0; i < partition.boot.processor_count && cpu->active == VTL0; i++) {
        if ((processors >> i & 1) != 0 && cpus[i] != NULL && tlb_is_locked(cpus[i]) && !mutant_is(MUTANT_NO_TLB_LOCK)) {
            return true;
        }
    }
    return false;
}

uint16_t call_flush(struct cpu *cpu, const struct call *call)
{
    uint64_t targets, processors;
    uint16_t status = check(&call->header.flush);

    if (status == HV_STATUS_SUCCESS) {
        status = find_targets(cpu, call->header.flush.flags, &targets);
    }
    if (status == HV_STATUS_SUCCESS) {
        status = find_processors(cpu, call, &processors);
    }
    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (held_off(cpu, processors)) {
        return CALL_AGAIN;
    }
    for (enum vtl vtl = VTL0; vtl < VTL_COUNT; vtl++) {
        if ((targets & (uint64_t)HV_FLUSH_TARGET_VTL0 << vtl) != 0) {
            flush_processors(cpu, vtl, processors);
        }
    }
    return held_off(cpu, processors) ? CALL_AGAIN : HV_STATUS_SUCCESS; /* locked meanwhile: all of it once more */
}
