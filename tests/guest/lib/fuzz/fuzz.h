/*
 * The hypercall fuzzer, the same in VTL0 and VTL1: makes calls from the lists
 * of abi/ and a seed, and judges each answer. Who runs it says by struct
 * fuzzer what is its own and how it does what may fault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/tlfs.h>

#define FUZZ_PAGE          4096u
#define FUZZ_INPUT_PAGES   2u
#define FUZZ_OUTPUT_PAGES  3u /* a guard, the page that calls write to, a guard */
#define FUZZ_OVERLAY_PAGES 4u
#define FUZZ_MAX_FOREIGN   8u
#define FUZZ_FAST_WORDS    14u
#define FUZZ_FAULT         0x100u /* in a vector, as GUEST_FAULT */

struct fuzz_row {
    uint16_t code;
    uint8_t lowest_vtl;
    uint8_t kind;
    uint16_t input, rep_input, output; /* output: of an element, or of a SIMPLE call */
};

/* The kinds of abi/vsm.list, and what a field or an element of an input is (abi/generator). */
enum fuzz_kind { FUZZ_SIMPLE, FUZZ_SIMPLE_VAR, FUZZ_REP, FUZZ_REP_VAR, FUZZ_SWITCH };
enum fuzz_role {
    FUZZ_NUMBER, FUZZ_ZERO, FUZZ_PARTITION, FUZZ_VP_INDEX, FUZZ_VTL, FUZZ_MAP_FLAGS, FUZZ_PAGE_NUMBER, FUZZ_NAME, FUZZ_ASSOCIATION,
    FUZZ_INTERRUPT, FUZZ_TYPE, FUZZ_PORT,
};

struct fuzz_field {
    uint16_t code, at, size;
    uint8_t role;
};

static inline bool fuzz_is_rep(uint8_t kind)
{
    return kind == FUZZ_REP || kind == FUZZ_REP_VAR;
}

/* tables.c: all that abi/ lists. */
extern const struct fuzz_row fuzz_rows[];
extern const uint32_t fuzz_row_count;
extern const uint32_t fuzz_registers[];
extern const uint32_t fuzz_register_count;
extern const uint32_t fuzz_msrs[];
extern const uint32_t fuzz_msr_count;
extern const struct fuzz_field fuzz_fields[];
extern const uint32_t fuzz_field_count;
const struct fuzz_row *fuzz_row_of(uint16_t code); /* NULL: none */
enum fuzz_role fuzz_element_of(uint16_t code);
bool fuzz_status_is_documented(uint16_t code, uint16_t status); /* for that call */

/* Every register a call might change but RSP, in the order that call.S knows. */
struct fuzz_frame {
    uint64_t rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t xmm[12];
};
_Static_assert(sizeof(struct fuzz_frame) == 216, "call.S");

/* Loads the frame's registers, executes the hypercall instruction, stores them back. call.S */
void fuzz_call(struct fuzz_frame *frame);

struct fuzz_area {
    uint8_t *bytes;
    uint64_t gpa;
};

struct fuzz_range {
    uint64_t page, count;
};

struct fuzz_call_made {
    const struct fuzz_row *row; /* NULL: a code that no row has */
    struct fuzz_frame before, after;
    const uint8_t *input;       /* where the input is in memory of ours; NULL: elsewhere */
    uint64_t output_size;       /* of everything asked for */
};

/* What a run counts; COMMAND_FUZZ_COUNT gives them by this number. */
enum fuzz_count {
    FUZZ_CALLS, FUZZ_SUCCEEDED, FUZZ_REFUSED, FUZZ_FAULTED, FUZZ_HASH, FUZZ_WRONG, FUZZ_WHAT, FUZZ_FIRST_AT, FUZZ_FIRST_RCX,
    FUZZ_FIRST_RDX, FUZZ_FIRST_R8, FUZZ_FIRST_RAX, FUZZ_STATUSES, FUZZ_CODES,
    FUZZ_ENTRIES, FUZZ_COUNTS,
};

/* What can be wrong, and the words for it. */
#define FUZZ_WHATS(W)                                                                                                    \
    W(NOTHING, "nothing") W(STATUS, "a-status-that-no-document-has") W(RESULT_BITS, "bits-of-the-result") W(REPS, "reps") \
    W(REGISTER, "a-register-changed") W(VECTOR_REGISTER, "a-vector-register-changed") W(RCX, "RCX-changed")              \
    W(NOT_PERMITTED, "a-call-that-this-VTL-may-not-make")                                                                \
    W(OUTPUT, "output-where-none-belongs") W(FOREIGN, "memory-of-another-was-used") W(SWITCH, "a-bad-switch-was-not-#UD") \
    W(MSR_FAULT, "an-MSR-access-ended-in-another-fault") W(MSR_PAGE, "an-MSR-took-a-page-of-another")                    \
    W(MASK, "a-mask-that-is-none") W(PAGE, "a-right-of-a-page-that-nobody-may-change")                                   \
    W(REPEATED, "another-status-for-the-same-call")
#define FUZZ_WHAT_ENUM(name, text) FUZZ_WRONG_##name,
enum fuzz_what { FUZZ_WHATS(FUZZ_WHAT_ENUM) FUZZ_WHAT_COUNT };

struct fuzzer {
    uint64_t random;
    uint8_t vtl;
    bool slips; /* this call may be made with mistakes in its form */
    struct fuzz_area input, output, overlay;
    struct fuzz_range window, own;     /* pages whose rights are under test: VTL0's and VTL1's */
    struct fuzz_range foreign[FUZZ_MAX_FOREIGN];
    uint32_t foreign_count;
    uint64_t count[FUZZ_COUNTS];
    /* The vector with FUZZ_FAULT, or 0. */
    uint64_t (*read_msr)(uint32_t msr, uint64_t *value);
    uint64_t (*write_msr)(uint32_t msr, uint64_t value);
    uint64_t (*try_switch)(uint64_t rax, uint64_t rcx);
    uint64_t (*value_near)(struct fuzzer *fuzzer, uint32_t name); /* of a register: one that is nearly right */
    void (*made)(struct fuzzer *fuzzer, const struct fuzz_call_made *call); /* after each hypercall */
};

/* values.c */
uint64_t fuzz_random(struct fuzzer *fuzzer);
uint32_t fuzz_below(struct fuzzer *fuzzer, uint32_t limit);
bool fuzz_one_in(struct fuzzer *fuzzer, uint32_t n);
bool fuzz_slips(struct fuzzer *fuzzer, uint32_t n); /* one in n, in the calls that may have mistakes */
uint64_t fuzz_value(struct fuzzer *fuzzer);
uint64_t fuzz_page(struct fuzzer *fuzzer);          /* a page number for a list */
uint64_t fuzz_foreign_page(struct fuzzer *fuzzer);  /* one that is not the caller's, or nowhere */
uint64_t fuzz_register_value(struct fuzzer *fuzzer, uint32_t name);

/* generate.c */
void fuzz_generate(struct fuzzer *fuzzer, struct fuzz_call_made *call);

/* judge.c */
void fuzz_wrong(struct fuzzer *fuzzer, enum fuzz_what what, const struct fuzz_call_made *call);
void fuzz_judge(struct fuzzer *fuzzer, const struct fuzz_call_made *call);
void fuzz_output_fill(struct fuzzer *fuzzer);
void fuzz_output_check(struct fuzzer *fuzzer);

/* msr.c */
void fuzz_msr_access(struct fuzzer *fuzzer);
/* What makes the machine end, wait or start a processor when it is written (or, true, only read). */
bool fuzz_msr_is_deadly(uint32_t msr, bool write);
bool fuzz_register_is_deadly(uint32_t name); /* the same of VP registers, when they are set */
/* The MSR whose values a VP register takes, where not any will do; 0: none. */
uint32_t fuzz_msr_of(uint32_t name);
uint64_t fuzz_msr_value(struct fuzzer *fuzzer, uint32_t msr);

/* step.c: one of everything, as the seed says. */
void fuzz_start(struct fuzzer *fuzzer, uint64_t seed);
void fuzz_step(struct fuzzer *fuzzer);
