#include "attack_internal.h"

#include <lib/format.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define INTEL_EBX 0x756E6547u /* "Genu" */

void attack_detail(struct attack_result *result, const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    format_v(result->detail, sizeof(result->detail), text, arguments);
    va_end(arguments);
}

bool attack_on_intel(void)
{
    return cpuid(0, 0).ebx == INTEL_EBX;
}

uint64_t attack_hypercall_code(void)
{
    return (uint64_t)(uintptr_t)(attack_on_intel() ? probe_vmcall : probe_vmmcall);
}

uint64_t attack_intercepts(void)
{
    struct secure_info info;

    return vsm_state() == VSM_READY && secure_get_info(&info) ? info.intercept_count : 0;
}

static enum attack_outcome outcome_of(const struct probe *probe, bool register_kept)
{
    if (!register_kept) {
        return OUTCOME_LEAK;
    }
    if (probe->vector == VECTOR_GP && probe->error == 0) {
        return OUTCOME_GP;
    }
    return probe->vector == VECTOR_UD ? OUTCOME_UD : OUTCOME_WRONG;
}

void attack_judge(const struct probe *probe, bool register_kept, struct attack_result *result)
{
    if (probe->caught == 0) {
        result->outcome = OUTCOME_OK;
        result->rip_advanced = true;
        attack_detail(result, "no-exception");
        return;
    }
    result->outcome = outcome_of(probe, register_kept);
    result->rip_advanced = probe->rip != probe->code;
    attack_detail(result, "vector=%lu,error=%lu,register=%s", probe->vector, probe->error,
                  register_kept ? "kept" : "changed");
}
