/*
 * How a kernel or loader in ring 0 makes the hypercalls of
 * <abi/hypercall_stubs.h>: it says once where its hypercall page and its
 * parameters are. Source: TLFS, "Hypercall Interface". A caller's parameters
 * are used by one call at a time; who shares them between processors locks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/tlfs.h>
#include <lib/string.h>

struct hv_caller {
    /* Enters the hypercall page at offset 0, with the three in RCX, RDX and R8; gives RAX. */
    uint64_t (*enter)(uint64_t page, uint64_t control, uint64_t input_gpa, uint64_t output_gpa);
    uint64_t page;        /* address of the hypercall page */
    uint8_t *input;       /* size bytes, 8-byte aligned and in one page; so output. They may share one */
    const uint8_t *output;
    size_t input_capacity, output_capacity;
    uint64_t input_gpa, output_gpa;
};

/* The parts of one call, as its stub knows them. */
struct hv_call_parts {
    uint16_t code;
    const void *input;
    size_t input_size;
    const uint64_t *banks; /* the variable header: of an HV_VP_SET */
    uint32_t bank_count;
    const void *elements;
    size_t element_size;
    uint32_t count;        /* 0: a simple call */
    void *output;
    size_t output_size;    /* of an element, or of a simple call */
};

static inline size_t hv_put_part(const struct hv_caller *caller, size_t at, const void *from, size_t size)
{
    if (size != 0) {
        memcpy(caller->input + at, from, size);
    }
    return at + size;
}

/*
 * A hypervisor may stop a rep call early and say success: go on from where it stopped. Nobody answers success
 * without an element done, but then asking again would never end.
 */
static inline uint16_t hv_enter_until_done(const struct hv_caller *caller, const struct hv_call_parts *parts, uint32_t *done)
{
    uint64_t control = parts->code | (uint64_t)parts->bank_count << 17 | HV_INPUT_REPS(parts->count), result;
    uint32_t before;

    do {
        before = *done;
        result = caller->enter(caller->page, control | (uint64_t)before << 48, caller->input_gpa, caller->output_gpa);
        if (parts->count == 0) {
            return HV_RESULT_STATUS(result);
        }
        *done = HV_RESULT_REPS(result);
        if (*done > parts->count || (HV_RESULT_STATUS(result) == HV_STATUS_SUCCESS && *done <= before)) {
            *done = before;
            return HV_STATUS_OPERATION_DENIED;
        }
    } while (HV_RESULT_STATUS(result) == HV_STATUS_SUCCESS && *done < parts->count);
    return HV_RESULT_STATUS(result);
}

/*
 * Puts the parts where the hypervisor finds them, calls, and takes the output. done: elements that are done, also
 * when the call fails; NULL of a simple call. What does not fit the caller's room is INVALID_HYPERCALL_INPUT, and no call.
 */
static inline uint16_t hv_make_call(const struct hv_caller *caller, const struct hv_call_parts *parts, uint32_t *done)
{
    size_t list = parts->element_size * parts->count, banks = parts->bank_count * sizeof(uint64_t);
    size_t given = parts->output_size * (done == NULL ? 1 : parts->count);
    uint32_t none = 0, *completed = done == NULL ? &none : done;
    uint16_t status;
    size_t at;

    *completed = 0;
    if (parts->input_size + banks + list > caller->input_capacity || given > caller->output_capacity) {
        return HV_STATUS_INVALID_HYPERCALL_INPUT;
    }
    at = hv_put_part(caller, 0, parts->input, parts->input_size);
    at = hv_put_part(caller, at, parts->banks, banks);
    hv_put_part(caller, at, parts->elements, list);
    status = hv_enter_until_done(caller, parts, completed);
    given = done == NULL ? (status == HV_STATUS_SUCCESS ? parts->output_size : 0) : *completed * parts->output_size;
    if (given != 0) {
        memcpy(parts->output, caller->output, given);
    }
    return status;
}
