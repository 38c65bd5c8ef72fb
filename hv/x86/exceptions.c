/* Exceptions of the hypervisor itself. An NMI is counted; anything else is a broken invariant. */
#include <hv/check.h>
#include <hv/cpu.h>
#include <hv/log.h>
#include <hv/x86.h>

struct exception_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

void host_exception(struct exception_frame *frame);
extern const uint8_t sleep_window_start[];
extern const uint8_t sleep_window_end[];

/* See switch.S: a processor about to sleep looks at its requests again. */
static void rewind_sleep(struct exception_frame *frame)
{
    if (frame->rip >= (uint64_t)sleep_window_start && frame->rip <= (uint64_t)sleep_window_end) {
        frame->rip = (uint64_t)sleep_window_start;
    }
}

void host_exception(struct exception_frame *frame)
{
    if (frame->vector == 2) {
        if (atomic_exchange(&this_cpu()->public.kicks, 0) == 0) {
            this_cpu()->nmi_taken = 1;
        }
        rewind_sleep(frame);
        return;
    }
    hv_log(LOG_ERROR, "error: exception %lu in the hypervisor, code 0x%lx, rip 0x%lx, rsp 0x%lx, cr2 0x%lx", frame->vector,
           frame->error_code, frame->rip, frame->rsp, read_cr2());
    CHECK(!"no exception in the hypervisor");
}
