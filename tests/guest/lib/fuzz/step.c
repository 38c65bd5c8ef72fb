#include "fuzz.h"

#include <lib/string.h>

#define FULL_CHECK 64u
#define VECTOR_UD_FAULT (FUZZ_FAULT + 6u)

void fuzz_start(struct fuzzer *fuzzer, uint64_t seed)
{
    fuzzer->random = seed * 2 + 1;
    fuzz_random(fuzzer);
    memset(fuzzer->count, 0, sizeof(fuzzer->count));
    fuzz_output_fill(fuzzer);
}

static bool legal_switch(const struct fuzzer *fuzzer, uint64_t rax, uint64_t rcx)
{
    return (fuzzer->vtl == 0 && rcx == HVCALL_VTL_CALL && rax == 0) || (fuzzer->vtl == 1 && rcx == HVCALL_VTL_RETURN && rax <= 1);
}

/* Every other switch is #UD and changes nothing. */
static void bad_switch(struct fuzzer *fuzzer)
{
    uint64_t rcx = HVCALL_VTL_CALL + fuzz_below(fuzzer, 2);
    uint64_t rax = fuzz_value(fuzzer);

    if (fuzz_one_in(fuzzer, 2)) {
        rcx |= fuzz_value(fuzzer) & ~UINT64_C(0xFFFF);
    }
    if (legal_switch(fuzzer, rax, rcx)) {
        rax |= 2;
    }
    fuzzer->count[FUZZ_FAULTED]++;
    if (fuzzer->try_switch(rax, rcx) != VECTOR_UD_FAULT) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_SWITCH, NULL);
    }
}

/* A refused call that is made again is refused alike. */
static void repeat(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    struct fuzz_call_made again = *call;

    if (HV_RESULT_STATUS(call->after.rax) == HV_STATUS_SUCCESS || HV_RESULT_REPS(call->after.rax) != 0) {
        return;
    }
    again.after = again.before;
    fuzz_call(&again.after);
    if (again.after.rax != call->after.rax) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_REPEATED, &again);
    }
}

static void hypercall(struct fuzzer *fuzzer)
{
    struct fuzz_call_made call;

    fuzz_generate(fuzzer, &call);
    call.after = call.before;
    fuzz_call(&call.after);
    fuzz_judge(fuzzer, &call);
    fuzzer->made(fuzzer, &call);
    if (fuzz_one_in(fuzzer, 32)) {
        repeat(fuzzer, &call);
    }
}

void fuzz_step(struct fuzzer *fuzzer)
{
    uint32_t what = fuzz_below(fuzzer, 32);

    fuzzer->count[FUZZ_CALLS]++;
    if (what == 0) {
        bad_switch(fuzzer);
    } else if (what < 5) {
        fuzz_msr_access(fuzzer);
    } else {
        hypercall(fuzzer);
    }
    if (fuzzer->count[FUZZ_CALLS] % FULL_CHECK == 0) {
        fuzz_output_check(fuzzer);
    }
}
