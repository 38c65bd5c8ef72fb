#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/process.h>
#include <vtl0/x86.h>

#define FOREIGN_AT (USER_BASE + UINT64_C(0x10000000))
#define STEP       16u

/* attack_user_code.S: one probe each STEP bytes. */
extern const uint8_t user_probe_code[], user_probe_code_end[];

static uint64_t entry_of(enum user_probe kind)
{
    return kind == USER_PROBE_EXECUTE ? FOREIGN_AT : USER_BASE + kind * STEP;
}

static void take_outcome(const struct process *process, struct probe *probe)
{
    const struct trap_frame *last = process->state == PROCESS_FAULTED ? &process->fault : &process->frame;

    probe->caught = process->state == PROCESS_FAULTED;
    probe->vector = last->vector;
    probe->error = last->error;
    probe->rip = last->rip;
    probe->cr2 = process->fault_address;
    probe->rax = process->state == PROCESS_FAULTED ? last->rax : last->rdi; /* the code gives its result to EXIT */
}

static void set_registers(struct process *process, enum user_probe kind, struct probe *probe)
{
    struct trap_frame *frame = &process->frame;

    frame->rax = probe->rax;
    frame->rcx = probe->rcx;
    frame->rsi = FOREIGN_AT + CONTROL_VALUE_OFFSET;
    probe->code = frame->rip;
    if (kind == USER_PROBE_EXECUTE) {
        process_map(process, USER_SCRATCH_AT, MAP_READ_WRITE);
        frame->rax = frame->rcx = frame->rdx = frame->rbx = frame->rsi = frame->rdi = frame->rbp = USER_SCRATCH_AT;
        frame->rflags |= RFLAGS_TF;
    }
}

void attack_user_run(enum user_probe kind, uint64_t physical, struct probe *probe)
{
    struct process *process = process_new(entry_of(kind), USER_END);
    void *code = process_map(process, USER_BASE, MAP_READ_EXECUTE);

    memcpy(code, user_probe_code, (size_t)(user_probe_code_end - user_probe_code));
    if (physical != 0) {
        paging_map(process->root, FOREIGN_AT, physical, MAP_EVERYTHING | PTE_USER);
    }
    set_registers(process, kind, probe);
    process_run(process);
    take_outcome(process, probe);
    if (kind == USER_PROBE_EXECUTE && probe->caught != 0 && probe->vector == VECTOR_DB) {
        probe->caught = 0; /* single-stepped: the instruction there has run */
    }
    process_delete(process);
}
