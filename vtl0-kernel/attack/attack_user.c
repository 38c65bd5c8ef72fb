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

void attack_user_run(enum user_probe kind, uint64_t physical, struct probe *probe)
{
    struct process *process = process_new(entry_of(kind), USER_END);
    void *code = process_map(process, USER_BASE, MAP_READ_EXECUTE);

    memcpy(code, user_probe_code, (size_t)(user_probe_code_end - user_probe_code));
    if (physical != 0) {
        paging_map(process->root, FOREIGN_AT, physical, MAP_EVERYTHING | PTE_USER);
    }
    process->frame.rax = probe->rax;
    process->frame.rcx = probe->rcx;
    process->frame.rsi = FOREIGN_AT + CONTROL_VALUE_OFFSET;
    process->frame.rflags |= kind == USER_PROBE_EXECUTE ? RFLAGS_TF : 0;
    probe->code = process->frame.rip;
    process_run(process);
    take_outcome(process, probe);
    if (kind == USER_PROBE_EXECUTE && probe->caught != 0 && probe->vector == VECTOR_DB) {
        probe->caught = 0; /* single-stepped: the instruction there has run */
    }
    process_delete(process);
}
