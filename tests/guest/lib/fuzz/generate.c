/* One hypercall: a row of the list, nearly right, with a mistake now and then. */
#include "fuzz.h"

#include <lib/string.h>

#define MAX_REPS     0xFFFu
#define WINDOW_FREE  0x900u /* from here on a window page holds nothing that a probe needs */
#define LIST_BYTES   (FUZZ_INPUT_PAGES * FUZZ_PAGE)

/*
 * What must not succeed, because the payload would not be there to judge it:
 * the codes by the TLFS, whether they exist here or not. Their partition or
 * vector is always wrong, by two bits: one may be flipped.
 */
static const uint16_t never[] = {
    0x0B /* SendSyntheticClusterIpi */, 0x15 /* ... Ex */, 0x94 /* AssertVirtualInterrupt */, 0x99 /* StartVirtualProcessor */,
};
#define WRONG_VECTOR (UINT64_C(3) << 30)

/* Ports that VTL1 may intercept: nobody uses one of them, nor one that a flipped bit makes of them. */
#define QUIET_PORTS 0x2E00u

static const uint32_t masks[] = { 0, 1, 3, 0xD, 0xF, 0xF, 9, 0xB };

static bool never_to_succeed(uint16_t code)
{
    for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (never[i] == code) {
            return true;
        }
    }
    return false;
}

/* A code that came about by a flipped bit, for which the input was not made or that is a switch: not sent. */
static bool may_become(uint16_t code, uint16_t made_for)
{
    return code == made_for || (code != HVCALL_VTL_CALL && code != HVCALL_VTL_RETURN && code != HVCALL_INSTALL_INTERCEPT
                                && !never_to_succeed(code) && fuzz_element_of(code) != FUZZ_PAGE_NUMBER);
}

/* Nobody would put back what is set of the processor that runs meanwhile. */
static uint32_t vp_index(struct fuzzer *fuzzer, uint16_t code)
{
    static const uint32_t indexes[] = { HV_VP_INDEX_SELF, HV_VP_INDEX_SELF, HV_VP_INDEX_SELF, 0, 0, 1, 0xFFFFFFFF, 0xACACACAC };
    uint32_t number = indexes[fuzz_below(fuzzer, fuzzer->slips ? 8 : 5)];

    if (fuzz_slips(fuzzer, 8)) {
        number = (uint32_t)fuzz_value(fuzzer);
    }
    return fuzz_element_of(code) == FUZZ_ASSOCIATION && number == 1 ? 2 : number;
}

static uint32_t vtl(struct fuzzer *fuzzer)
{
    static const uint8_t vtls[] = { 0x10, 0x10, 0x11, 0, 1, 0, 0x12, 0x1F };

    return fuzz_slips(fuzzer, 8) ? (uint32_t)fuzz_value(fuzzer) : vtls[fuzz_below(fuzzer, fuzzer->slips ? 8 : 5)];
}

static uint32_t map_flags(struct fuzzer *fuzzer)
{
    return fuzz_slips(fuzzer, 8) ? (uint32_t)fuzz_value(fuzzer) : masks[fuzz_below(fuzzer, sizeof(masks) / sizeof(masks[0]))];
}

static uint64_t field_value(struct fuzzer *fuzzer, const struct fuzz_field *field)
{
    switch (field->role) {
    case FUZZ_PARTITION:
        if (never_to_succeed(field->code)) {
            return fuzz_value(fuzzer) >> 2;
        }
        return fuzz_slips(fuzzer, 16) ? fuzz_value(fuzzer) : HV_PARTITION_ID_SELF;
    case FUZZ_INTERRUPT: return fuzz_value(fuzzer) | (never_to_succeed(field->code) ? WRONG_VECTOR : 0);
    case FUZZ_VP_INDEX: return vp_index(fuzzer, field->code);
    case FUZZ_VTL: return vtl(fuzzer);
    case FUZZ_MAP_FLAGS: return map_flags(fuzzer);
    case FUZZ_TYPE: return fuzz_slips(fuzzer, 4) ? fuzz_value(fuzzer) : fuzz_below(fuzzer, 2);
    case FUZZ_PORT: return QUIET_PORTS + fuzz_below(fuzzer, 0x100); /* an intercept stays */
    case FUZZ_ZERO: return fuzz_slips(fuzzer, 16) ? fuzz_value(fuzzer) : 0;
    default: return fuzz_value(fuzzer);
    }
}

static void make_header(struct fuzzer *fuzzer, uint16_t code, uint8_t *to)
{
    for (uint32_t i = 0; i < fuzz_field_count; i++) {
        const struct fuzz_field *field = &fuzz_fields[i];

        for (uint32_t at = 0; field->code == code && at < field->size; at += 8) {
            uint64_t value = field_value(fuzzer, field);

            memcpy(to + field->at + at, &value, field->size - at < 8 ? field->size - at : 8);
        }
    }
}

static uint32_t register_name(struct fuzzer *fuzzer)
{
    uint32_t name = fuzz_registers[fuzz_below(fuzzer, fuzz_register_count)];

    return fuzz_one_in(fuzzer, 32) ? (uint32_t)fuzz_random(fuzzer) & 0xF00FF : name;
}

static void make_association(struct fuzzer *fuzzer, struct hv_register_assoc *to)
{
    uint32_t name = register_name(fuzzer);

    name = fuzz_register_is_deadly(name) ? HV_REGISTER_SVERSION : name;
    *to = (struct hv_register_assoc){ .name = name, .value = { .low = fuzz_register_value(fuzzer, name) } };
    if (fuzz_one_in(fuzzer, 4)) {
        to->value.high = fuzz_value(fuzzer);
    }
    if (fuzz_slips(fuzzer, 32)) {
        to->pad[fuzz_below(fuzzer, 3)] = (uint32_t)fuzz_value(fuzzer);
    }
}

static void make_element(struct fuzzer *fuzzer, enum fuzz_role element, uint8_t *to, uint32_t size)
{
    struct hv_register_assoc assoc = { 0 };
    uint64_t word;

    switch (element) {
    case FUZZ_ASSOCIATION:
        make_association(fuzzer, &assoc);
        memcpy(to, &assoc, size < sizeof(assoc) ? size : sizeof(assoc));
        return;
    case FUZZ_PAGE_NUMBER: word = fuzz_page(fuzzer); break;
    case FUZZ_NAME: word = register_name(fuzzer); break;
    default: word = fuzzer->slips || fuzz_one_in(fuzzer, 4) ? fuzz_value(fuzzer) : 0; break;
    }
    memcpy(to, &word, size < sizeof(word) ? size : sizeof(word));
}

/* A list of pages is made to its end whatever the count says: what is left of an earlier call could be a page in use. */
static void make_list(struct fuzzer *fuzzer, const struct fuzz_row *row, uint8_t *to, uint32_t room, uint32_t count)
{
    enum fuzz_role element = fuzz_element_of(row->code);

    for (uint32_t i = 0; i < count && (i + 1) * row->rep_input <= room; i++) {
        make_element(fuzzer, element, to + i * row->rep_input, row->rep_input);
    }
}

static uint32_t rep_count(struct fuzzer *fuzzer, const struct fuzz_row *row)
{
    uint32_t fits = (FUZZ_PAGE - row->input) / (row->rep_input != 0 ? row->rep_input : 8);
    uint32_t largest = row->output != 0 && FUZZ_PAGE / row->output < fits ? FUZZ_PAGE / row->output : fits;

    if (!fuzz_is_rep(row->kind)) {
        return fuzz_slips(fuzzer, 16) ? fuzz_below(fuzzer, MAX_REPS + 1) : 0;
    }
    switch (fuzz_below(fuzzer, 32)) {
    case 0: return fuzzer->slips ? 0 : 1;
    case 1: return fuzzer->slips ? fuzz_below(fuzzer, MAX_REPS + 1) : 2;
    case 2: return largest;
    case 3: return 1 + fuzz_below(fuzzer, largest);
    default: return 1 + fuzz_below(fuzzer, 8);
    }
}

static uint64_t control_value(struct fuzzer *fuzzer, const struct fuzz_row *row, uint32_t count)
{
    uint64_t value = row->code | (uint64_t)count << 32;

    if (fuzz_slips(fuzzer, fuzz_is_rep(row->kind) ? 4 : 16)) {
        value |= (uint64_t)fuzz_below(fuzzer, count + 2) << 48;
    }
    if (fuzz_one_in(fuzzer, row->input <= 16 && row->kind == FUZZ_SIMPLE ? 2 : 16)) {
        value |= HV_INPUT_FAST;
    }
    if (fuzz_slips(fuzzer, 16)) {
        value |= (uint64_t)fuzz_below(fuzzer, 0x400) << 17;
    }
    if (fuzz_slips(fuzzer, 16)) {
        value |= UINT64_C(1) << fuzz_below(fuzzer, 64);
    }
    return value;
}

/*
 * Where a list of that size starts: in our page, straddling its end, not
 * aligned, where we may not, or in a page under test. A list of pages is never
 * what another call may have left there.
 */
static uint64_t place(struct fuzzer *fuzzer, uint64_t page, uint64_t size, bool anywhere)
{
    uint32_t room = size < FUZZ_PAGE ? (uint32_t)(FUZZ_PAGE - size) / 8 + 1 : 1;

    switch (fuzzer->slips ? fuzz_below(fuzzer, 16) : 16) {
    case 0: return page + FUZZ_PAGE - 8 * (1 + fuzz_below(fuzzer, 16));
    case 1: return page + fuzz_below(fuzzer, FUZZ_PAGE);
    case 2: return (fuzz_foreign_page(fuzzer) << 12) + 8 * fuzz_below(fuzzer, 512);
    case 3: return ((anywhere ? fuzz_page(fuzzer) : fuzz_foreign_page(fuzzer)) << 12) + WINDOW_FREE + 8 * fuzz_below(fuzzer, 64);
    default: return page + 8 * fuzz_below(fuzzer, room);
    }
}

static uint64_t place_output(struct fuzzer *fuzzer, uint64_t size)
{
    uint64_t at = place(fuzzer, fuzzer->output.gpa + FUZZ_PAGE, size, true);

    return fuzz_one_in(fuzzer, 32) ? fuzzer->input.gpa + FUZZ_PAGE / 2 : at;
}

static void make_input(struct fuzzer *fuzzer, const struct fuzz_row *row, uint32_t count, uint8_t *to, uint32_t room)
{
    uint32_t reps = fuzz_element_of(row->code) == FUZZ_PAGE_NUMBER ? LIST_BYTES : count;

    if (row->input <= room) {
        make_header(fuzzer, row->code, to);
        make_list(fuzzer, row, to + row->input, room - row->input, reps);
    }
    if (fuzz_slips(fuzzer, 8)) {
        to[fuzz_below(fuzzer, row->input < room ? row->input : room)] ^= (uint8_t)(1u << fuzz_below(fuzzer, 8));
    }
}

static void fill_registers(struct fuzzer *fuzzer, struct fuzz_frame *frame)
{
    uint64_t random = fuzz_random(fuzzer);
    uint64_t *words = (uint64_t *)frame;

    for (unsigned i = 0; i < sizeof(*frame) / 8; i++) {
        words[i] = random + i * UINT64_C(0x9E3779B97F4A7C15);
    }
}

/* The first 112 bytes of what would lie in memory. */
static void load_fast(struct fuzz_frame *frame, const uint8_t *input)
{
    memcpy(&frame->rdx, input, 8);
    memcpy(&frame->r8, input + 8, 8);
    memcpy(frame->xmm, input + 16, sizeof(frame->xmm));
}

static const struct fuzz_row *choose_row(struct fuzzer *fuzzer)
{
    const struct fuzz_row *row;

    do {
        row = &fuzz_rows[fuzz_below(fuzzer, fuzz_row_count)];
    } while (row->kind == FUZZ_SWITCH);
    return row;
}

static void make_registers(struct fuzzer *fuzzer, const struct fuzz_row *row, uint32_t count, struct fuzz_frame *frame)
{
    uint64_t size = row->input + (uint64_t)count * row->rep_input;

    fill_registers(fuzzer, frame);
    frame->rcx = control_value(fuzzer, row, count);
    frame->rdx = place(fuzzer, fuzzer->input.gpa, size, fuzz_element_of(row->code) != FUZZ_PAGE_NUMBER);
    if (row->output != 0 || fuzz_one_in(fuzzer, 2)) {
        frame->r8 = place_output(fuzzer, row->output * (uint64_t)(fuzz_is_rep(row->kind) ? count : 1));
    }
    if (fuzz_slips(fuzzer, 32)) {
        frame->rcx = (frame->rcx & ~UINT64_C(0xFFFF)) | (uint16_t)fuzz_random(fuzzer);
    }
    if (!may_become(HV_INPUT_CODE(frame->rcx), row->code)) {
        frame->rcx = (frame->rcx & ~UINT64_C(0xFFFF)) | row->code;
    }
}

void fuzz_generate(struct fuzzer *fuzzer, struct fuzz_call_made *call)
{
    const struct fuzz_row *row = choose_row(fuzzer);
    uint32_t count = rep_count(fuzzer, row);
    struct fuzz_frame *frame = &call->before;
    uint64_t at = 0;

    fuzzer->slips = fuzz_one_in(fuzzer, 2);
    make_registers(fuzzer, row, count, frame);
    if (frame->rdx - fuzzer->input.gpa < LIST_BYTES - 8) {
        at = frame->rdx - fuzzer->input.gpa;
        call->input = fuzzer->input.bytes + at;
    } else {
        call->input = NULL;
    }
    make_input(fuzzer, row, count, fuzzer->input.bytes + at, LIST_BYTES - (uint32_t)at);
    if ((frame->rcx & HV_INPUT_FAST) != 0) {
        load_fast(frame, fuzzer->input.bytes + at);
        call->input = fuzzer->input.bytes + at;
    }
    call->row = fuzz_row_of(HV_INPUT_CODE(frame->rcx));
}
