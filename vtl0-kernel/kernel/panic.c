#include <vtl0/panic.h>

#include <lib/format.h>
#include <vtl0/console.h>
#include <vtl0/power.h>
#include <vtl0/trap.h>
#include <vtl0/x86.h>

void panic(const char *text, ...)
{
    char message[256];
    va_list arguments;

    interrupts_off();
    va_start(arguments, text);
    format_v(message, sizeof(message), text, arguments);
    va_end(arguments);
    console_panic_printf("\nerror: vtl0 kernel: %s\n@openvsm done status=1\n", message);
    power_off();
}

void panic_exception(const struct trap_frame *frame, uint64_t cr2)
{
    panic("unexpected exception %lu error %lx at %lx:%lx cr2 %lx rsp %lx rax %lx rcx %lx rdx %lx", frame->vector,
          frame->error, frame->cs, frame->rip, cr2, frame->rsp, frame->rax, frame->rcx, frame->rdx);
}
