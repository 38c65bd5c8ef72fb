/*
 * What replays are written against: VTL0's program brings up a VTL1 of its own
 * (vtl1.securekernel = by-vtl0). Both VTLs' code is in the one EFI program.
 * VTL1's part of a processor is a block of memory with its stack at the end;
 * where a client loads VTL1 as an image of its own, VTL1 runs in a copy of the
 * program, so that nothing of VTL0's is its code or data.
 */
#pragma once

#include "guest.h"

#define MAX_STEPS 160u

/* --- step.c: a client's step is one line. Both VTLs and every processor note them; the boot processor says them. --- */

struct step {
    char id[48];
    uint32_t processor;
    bool ok, pending;
    uint64_t value;
};

struct step_log {
    uint32_t count; /* atomically */
    struct step steps[MAX_STEPS];
};

/* Steps that wait for something the hypervisor does not have yet: they are written, said, and not run. */
struct pending_step {
    const char *id, *waits_for;
};
extern const struct pending_step pending_steps[]; /* of the payload; ends with a NULL */
extern const char client_name[];                  /* of the payload: what its lines begin with */

extern struct step_log step_log; /* VTL0's */

/* Notes a step; value is shown when it failed. Returns ok. */
bool step_in(struct step_log *log, uint32_t processor, const char *id, bool ok, uint64_t value);
/* Whether the step is to be run; a pending one is noted as such. */
bool step_is_due(struct step_log *log, uint32_t processor, const char *id);
/* VTL0 on this processor. */
bool step(const char *id, bool ok, uint64_t value);
bool is_due(const char *id);
/* By the boot processor: says what was noted since. */
void steps_say(void);

/* --- calls.c: a VSM client of either VTL; the numbers are the clients' own --- */

struct caller {
    uint64_t page;          /* its hypercall page */
    uint8_t *input, *output;
};

uint64_t call_page(const struct caller *caller, uint64_t control, uint64_t rdx, uint64_t r8);
/* Input and output in the caller's pages. Status. */
uint16_t call_memory(const struct caller *caller, uint64_t control);
uint16_t get_vp_register(const struct caller *caller, uint32_t vp, uint8_t input_vtl, uint32_t name, uint64_t *value);
uint16_t set_vp_register(const struct caller *caller, uint32_t vp, uint8_t input_vtl, uint32_t name, uint64_t value);
/* Several names in one call. */
uint16_t get_vp_registers(const struct caller *caller, uint8_t input_vtl, const uint32_t *names, uint32_t count, uint64_t *values);
uint16_t enable_partition_vtl(const struct caller *caller, uint64_t partition, uint8_t vtl, uint8_t flags, bool fast);
uint16_t enable_vp_vtl(const struct caller *caller, uint64_t partition, uint32_t vp, uint8_t vtl,
                       const struct hv_initial_vp_context *context);
/* ModifyVtlProtectionMask over count pages, 510 a call, continued where the hypervisor left off. */
uint16_t modify_protection(const struct caller *caller, uint8_t input_vtl, uint32_t flags, uint64_t first, uint64_t count);

#define SELF      0xFFFFFFFEu
#define PARTITION UINT64_C(0xFFFFFFFFFFFFFFFF)
#define REGISTER_CODE_PAGE_OFFSETS 0x000D0002u
#define REGISTER_VP_STATUS         0x000D0003u
#define REGISTER_PARTITION_STATUS  0x000D0004u
#define REGISTER_CAPABILITIES      0x000D0006u
#define REGISTER_PARTITION_CONFIG  0x000D0007u
#define REGISTER_SECURE_CONFIG     0x000D0010u
#define REGISTER_PENDING_EVENT0    0x00010004u
#define REGISTER_RIP               0x00020010u
#define OTHER_VTL0 0x10u /* HV_INPUT_VTL: explicitly VTL0, VTL1 */
#define OTHER_VTL1 0x11u

/* --- world.c and enter.S: VTL1 --- */

#define VP_SIZE 65536u /* and its alignment: VTL1 finds itself by RSP */

struct vp {
    volatile uint64_t sint0_count; /* enter.S */
    uint32_t index;
    uint32_t processors;
    void (*main)(struct vp *vp);   /* runs at the first entry, and never returns */
    struct step_log *log;
    struct caller caller;
    uint64_t return_entry;         /* of VTL1's hypercall page */
    uint64_t memory, memory_size;  /* what VTL1 was loaded into; 0: it runs in VTL0's program */
    struct vtl_registers shared;   /* as VTL1 found them at its last entry, and will leave them */
    uint64_t words[32];            /* the client's own */
    uint8_t assist[4096] __attribute__((aligned(4096)));
    uint8_t slots[4096], events[4096], input[4096], output[4096];
    /* the stack follows */
};
_Static_assert(sizeof(struct vp) <= VP_SIZE - 16384, "room for the stack");

extern const char vtl1_first[], sint0_stub[]; /* enter.S: the first RIP; an interrupt handler that counts */

/* Prepares the processor's block; main is an address in VTL1's copy where there is one. */
struct vp *vp_make(void *block, uint32_t index, uint64_t main);
/* How VTL1 leaves, and comes back with vp->shared as it is then. */
void leave_by_stub(struct vp *vp, uint64_t control);
void leave_direct(struct vp *vp, uint64_t control); /* by the page's first entry, RCX = 0x12 */
void leave_by_instruction(struct vp *vp, uint64_t control);
/* VTL1's note of a step. */
bool vp_step(struct vp *vp, const char *id, bool ok, uint64_t value);
bool vp_is_due(struct vp *vp, const char *id);

/* Identity tables of the first 4 GiB with 2 MiB pages, in six pages; flags of the last level. */
uint64_t make_tables(uint8_t *pages, uint64_t flags);
/* Where the byte at address lies in a copy of this program at `copy`; 0 is the program itself. */
uint64_t in_copy(const void *address, uint64_t copy);
uint64_t program_size(void);
void program_copy(uint64_t copy);

struct hv_x64_segment_register segment(uint16_t selector, uint32_t limit, uint16_t attributes);

static inline uint32_t word_at(const uint8_t *bytes, size_t offset) { return *(const volatile uint32_t *)(bytes + offset); }
static inline uint64_t quad_at(const uint8_t *bytes, size_t offset) { return *(const volatile uint64_t *)(bytes + offset); }
static inline void put_quad(uint8_t *bytes, size_t offset, uint64_t value) { *(volatile uint64_t *)(bytes + offset) = value; }
static inline void put_word(uint8_t *bytes, size_t offset, uint32_t value) { *(volatile uint32_t *)(bytes + offset) = value; }

/* Assist page and messages as clients address them. */
#define ASSIST_REASON 8u
#define ASSIST_RAX    16u
#define ASSIST_RCX    24u
#define REASON_CALL      1u
#define REASON_INTERRUPT 2u
#define MESSAGE_GPA      0x80000001u
#define MESSAGE_MSR      0x80010001u
#define MESSAGE_REGISTER 0x80010006u
#define PAYLOAD          16u /* of a message */

/* #GP(0) for VTL0 by PendingEvent0. Status. */
uint16_t inject_gp(struct vp *vp);

/* --- vtl0.c: VTL0 as a client, on every processor --- */

extern struct caller vtl0[MAX_PROCESSORS];
/* Input and output pages for every processor. */
void vtl0_prepare(void);
/* GUEST_OS_ID and HYPERCALL; true: they read back as written. */
bool vtl0_hypercall_page(uint64_t guest_os_id);
/* One call of VTL1 with these registers. entry: where to call; 0: the instruction itself. */
void call_vtl1(struct vtl_registers *registers, uint64_t entry);
/* Runs procedure(index) on every other processor, one after the other. */
bool on_others(void (*procedure)(void *argument));
/* Whether the processors have mode-based execute control, as the capabilities say. */
bool mbec_offered(void);
/* A probe; 0 or GUEST_FAULT + vector. */
uint32_t try_code(const void *code, const void *argument);
