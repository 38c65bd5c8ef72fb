/* What the hypervisor's own tables take: an NMI is counted, an interrupt kept for VTL0; an exception is a broken invariant. */
#include <hv/check.h>
#include <hv/cpu.h>
#include <hv/handlers.h>
#include <hv/interrupts.h>
#include <hv/inject.h>
#include <hv/log.h>
#include <hv/x86.h>

/* exceptions.S adds it to the vectors of the table for interrupts, so that VTL0's choice of a vector is no exception. */
#define FROM_INTERRUPT_TABLE 256u

struct exception_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

void host_exception(struct exception_frame *frame);

/* Code that an NMI must not be lost on (the vendors' switch.S): a processor found in [start, end) goes on at resume. */
struct nmi_window {
    uint64_t start, end, resume;
};
extern const struct nmi_window nmi_windows_start[];
extern const struct nmi_window nmi_windows_end[];

static void leave_window(struct exception_frame *frame)
{
    for (const struct nmi_window *window = nmi_windows_start; window < nmi_windows_end; window++) {
        if (frame->rip >= window->start && frame->rip < window->end) {
            frame->rip = window->resume;
        }
    }
}

void host_exception(struct exception_frame *frame)
{
    if ((uint8_t)frame->vector == VECTOR_NMI) {
        nmi_arrived(this_cpu());
        leave_window(frame);
        return;
    }
    if (frame->vector >= FROM_INTERRUPT_TABLE) {
        interrupt_arrived(this_cpu(), (uint8_t)frame->vector);
        frame->rflags &= ~RFLAGS_IF; /* one at a time: who waits in the APIC needs no place elsewhere */
        return;
    }
    hv_log(LOG_ERROR, "error: exception %lu in the hypervisor, code 0x%lx, rip 0x%lx, rsp 0x%lx, cr2 0x%lx", frame->vector,
           frame->error_code, frame->rip, frame->rsp, read_cr2());
    CHECK(!"no exception in the hypervisor");
}
