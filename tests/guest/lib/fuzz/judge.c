/* What holds for every answer, whatever was asked. */
#include "fuzz.h"

#include <lib/string.h>

#define PATTERN      UINT64_C(0xA5C3965A3C69F00F)
#define PATTERN_BYTE(at) ((uint8_t)(PATTERN >> ((at) % 8 * 8)))
#define NEIGHBOUR    64u
#define REP_START    (UINT64_C(0xFFF) << 48)
#define RESULT_BITS  UINT64_C(0x00000FFF0000FFFF)

void fuzz_wrong(struct fuzzer *fuzzer, enum fuzz_what what, const struct fuzz_call_made *call)
{
    if (fuzzer->count[FUZZ_WRONG]++ != 0) {
        return;
    }
    fuzzer->count[FUZZ_WHAT] = what;
    fuzzer->count[FUZZ_FIRST_AT] = fuzzer->count[FUZZ_CALLS];
    if (call != NULL) {
        fuzzer->count[FUZZ_FIRST_RCX] = call->before.rcx;
        fuzzer->count[FUZZ_FIRST_RDX] = call->before.rdx;
        fuzzer->count[FUZZ_FIRST_R8] = call->before.r8;
        fuzzer->count[FUZZ_FIRST_RAX] = call->after.rax;
    }
}

static void check_result(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    uint16_t status = HV_RESULT_STATUS(call->after.rax);
    uint32_t reps = HV_RESULT_REPS(call->after.rax);
    uint32_t count = HV_INPUT_REP_COUNT(call->before.rcx);
    bool rep = call->row != NULL && fuzz_is_rep(call->row->kind);

    if (!fuzz_status_is_documented(HV_INPUT_CODE(call->before.rcx), status)) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_STATUS, call);
    }
    if ((call->after.rax & ~RESULT_BITS) != 0) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_RESULT_BITS, call);
    }
    if (reps > (rep ? count : 0) || (rep && status == HV_STATUS_SUCCESS && reps != count)) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_REPS, call);
    }
    if (call->row != NULL && fuzzer->vtl < call->row->lowest_vtl && (status == HV_STATUS_SUCCESS || reps != 0)) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_NOT_PERMITTED, call);
    }
}

/* Setting a register that the VTLs share sets ours: then there is nothing to compare. */
static bool sets_shared(const struct fuzz_call_made *call)
{
    const uint8_t *elements = call->input;

    if (HV_INPUT_CODE(call->before.rcx) != HVCALL_SET_VP_REGISTERS || elements == NULL) {
        return false;
    }
    elements += sizeof(struct hv_input_vp_registers);
    for (uint32_t i = 0; i < HV_RESULT_REPS(call->after.rax) && i < FUZZ_PAGE / sizeof(struct hv_register_assoc); i++) {
        uint32_t name;

        memcpy(&name, elements + i * sizeof(struct hv_register_assoc), sizeof(name));
        if (name >> 16 == HV_REGISTER_RAX >> 16 || name >> 16 == 3) {
            return true;
        }
    }
    return false;
}

/* RCX carries the rep start of a call that was continued. */
static void check_registers(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    const struct fuzz_frame *before = &call->before, *after = &call->after;
    bool rep = call->row != NULL && fuzz_is_rep(call->row->kind);
    bool fast_output = (before->rcx & HV_INPUT_FAST) != 0 && call->row != NULL && call->row->output != 0 &&
                       (HV_RESULT_STATUS(after->rax) == HV_STATUS_SUCCESS || (rep && HV_RESULT_REPS(after->rax) != 0));

    if (((before->rcx ^ after->rcx) & ~(rep ? REP_START : 0)) != 0) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_RCX, call);
    }
    if (sets_shared(call)) {
        return;
    }
    if (memcmp(&before->rbx, &after->rbx, 4 * 8) != 0 || memcmp(&before->r9, &after->r9, 7 * 8) != 0
        || (!fast_output && (before->rdx != after->rdx || before->r8 != after->r8))) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_REGISTER, call);
    }
    if (!fast_output && memcmp(before->xmm, after->xmm, sizeof(before->xmm)) != 0) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_VECTOR_REGISTER, call);
    }
}

static uint8_t *output_at(struct fuzzer *fuzzer, uint64_t offset)
{
    return fuzzer->output.bytes + offset;
}

static bool is_pattern(struct fuzzer *fuzzer, uint64_t from, uint64_t to)
{
    uint64_t size = FUZZ_OUTPUT_PAGES * FUZZ_PAGE;

    for (uint64_t at = from; at < to && at < size; at++) {
        if (*output_at(fuzzer, at) != PATTERN_BYTE(at)) {
            return false;
        }
    }
    return true;
}

void fuzz_output_fill(struct fuzzer *fuzzer)
{
    uint64_t *words = (uint64_t *)fuzzer->output.bytes;

    for (unsigned i = 0; i < FUZZ_OUTPUT_PAGES * FUZZ_PAGE / 8; i++) {
        words[i] = PATTERN;
    }
}

void fuzz_output_check(struct fuzzer *fuzzer)
{
    const uint64_t *words = (const uint64_t *)fuzzer->output.bytes;

    for (unsigned i = 0; i < FUZZ_OUTPUT_PAGES * FUZZ_PAGE / 8; i++) {
        if (words[i] != PATTERN) {
            fuzz_wrong(fuzzer, FUZZ_WRONG_OUTPUT, NULL);
            fuzz_output_fill(fuzzer);
            return;
        }
    }
}

/* Where output belongs, as the row says it: the elements done by this call, or all of a simple call that succeeded. */
static struct fuzz_range output_of(const struct fuzz_call_made *call)
{
    uint64_t start = HV_INPUT_REP_START(call->before.rcx), end = HV_RESULT_REPS(call->after.rax);

    if (call->row == NULL || call->row->output == 0 || (call->before.rcx & HV_INPUT_FAST) != 0) {
        return (struct fuzz_range){ 0, 0 };
    }
    if (!fuzz_is_rep(call->row->kind)) {
        return (struct fuzz_range){ 0, HV_RESULT_STATUS(call->after.rax) == HV_STATUS_SUCCESS ? call->row->output : 0 };
    }
    return (struct fuzz_range){ start * call->row->output, end > start ? (end - start) * call->row->output : 0 };
}

static void check_output(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    uint64_t offset = call->before.r8 - fuzzer->output.gpa;
    struct fuzz_range written = output_of(call);

    if (offset >= FUZZ_OUTPUT_PAGES * FUZZ_PAGE) {
        return;
    }
    written.page += offset;
    if (!is_pattern(fuzzer, written.page < NEIGHBOUR ? 0 : written.page - NEIGHBOUR, written.page)
        || !is_pattern(fuzzer, written.page + written.count, written.page + written.count + NEIGHBOUR)) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_OUTPUT, call);
        fuzz_output_fill(fuzzer);
    }
    for (uint64_t at = written.page; at < written.page + written.count && at < FUZZ_OUTPUT_PAGES * FUZZ_PAGE; at++) {
        *output_at(fuzzer, at) = PATTERN_BYTE(at);
    }
}

static bool is_foreign(const struct fuzzer *fuzzer, uint64_t address)
{
    for (uint32_t i = 0; i < fuzzer->foreign_count; i++) {
        if ((address >> 12) - fuzzer->foreign[i].page < fuzzer->foreign[i].count) {
            return true;
        }
    }
    return false;
}

/* Nothing is read from, and nothing written to, memory that is not the caller's. */
static void check_foreign(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    bool fast = (call->before.rcx & HV_INPUT_FAST) != 0;
    bool done = HV_RESULT_STATUS(call->after.rax) == HV_STATUS_SUCCESS
             || HV_RESULT_REPS(call->after.rax) > HV_INPUT_REP_START(call->before.rcx);

    if (!fast && done && call->row != NULL
        && ((call->row->input != 0 && is_foreign(fuzzer, call->before.rdx))
            || (call->row->output != 0 && is_foreign(fuzzer, call->before.r8)))) {
        fuzz_wrong(fuzzer, FUZZ_WRONG_FOREIGN, call);
    }
}

static uint64_t bit_of_status(uint16_t status)
{
    return UINT64_C(1) << (status < 0x40 ? status : 0x20 + (status & 0x1F));
}

void fuzz_judge(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    uint16_t status = HV_RESULT_STATUS(call->after.rax);

    check_result(fuzzer, call);
    check_registers(fuzzer, call);
    check_output(fuzzer, call);
    check_foreign(fuzzer, call);
    fuzzer->count[status == HV_STATUS_SUCCESS ? FUZZ_SUCCEEDED : FUZZ_REFUSED]++;
    fuzzer->count[FUZZ_STATUSES] |= bit_of_status(status);
    fuzzer->count[FUZZ_HASH] = (fuzzer->count[FUZZ_HASH] ^ call->after.rax) * UINT64_C(0x100000001B3);
    if (call->row != NULL && status == HV_STATUS_SUCCESS) {
        fuzzer->count[FUZZ_CODES] |= UINT64_C(1) << ((uint32_t)(call->row - fuzz_rows) % 64);
    }
}
