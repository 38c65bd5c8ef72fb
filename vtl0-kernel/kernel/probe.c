#include <vtl0/probe.h>

#include <vtl0/processor.h>
#include <vtl0/x86.h>

void probe_enter(struct probe *probe);
void probe_enter_stepped(struct probe *probe);
extern char probe_landing[];

static void run(struct probe *probe, void (*enter)(struct probe *))
{
    struct processor *processor = this_processor();

    probe->caught = 0;
    __atomic_store_n(&processor->probe, probe, __ATOMIC_SEQ_CST);
    enter(probe);
    __atomic_store_n(&processor->probe, NULL, __ATOMIC_SEQ_CST);
}

bool probe_call(struct probe *probe)
{
    run(probe, probe_enter);
    return probe->caught == 0;
}

bool probe_step(struct probe *probe)
{
    run(probe, probe_enter_stepped);
    return probe->caught != 0 && probe->vector == VECTOR_DB;
}

bool probe_caught(struct processor *processor, struct trap_frame *frame, uint64_t cr2)
{
    struct probe *probe = processor->probe;

    if (probe == NULL) {
        return false;
    }
    processor->probe = NULL;
    probe->caught = 1;
    probe->vector = frame->vector;
    probe->error = frame->error;
    probe->rip = frame->rip;
    probe->cr2 = cr2;
    probe->rax = frame->rax;
    probe->rcx = frame->rcx;
    probe->rdx = frame->rdx;
    probe->rbx = frame->rbx;
    probe->rsi = frame->rsi;
    probe->rdi = frame->rdi;
    probe->r8 = frame->r8;
    frame->rip = (uint64_t)(uintptr_t)probe_landing;
    frame->rsp = probe->stack;
    frame->rflags &= ~(uint64_t)RFLAGS_TF;
    return true;
}
