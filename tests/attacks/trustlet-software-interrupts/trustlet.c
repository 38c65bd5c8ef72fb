/* INT n for every vector: the gates are for the processor, not for ring 3. */
#include <assailant/attack.h>

#include <ium/text.h>

#define STUB_SIZE 4u /* INT n; RET; NOP */

/* 256 times INT n, RET. INT3's own opcode is another instruction. */
__asm__(".text\n"
        ".balign 16\n"
        "interrupt_stubs:\n"
        ".set number, 0\n"
        ".rept 256\n"
        ".byte 0xCD, number, 0xC3, 0x90\n"
        ".set number, number + 1\n"
        ".endr\n");
extern const char interrupt_stubs[];

static void interrupt(uint64_t number, struct assailant_report *report)
{
    void (*stub)(void) = (void (*)(void))(interrupt_stubs + (number & 0xFF) * STUB_SIZE);

    stub();
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "returned");
}

static void breakpoint(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("int3");
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "returned");
}

static void call_stub(uint64_t number, struct assailant_report *report)
{
    void (*ret)(void) = (void (*)(void))(interrupt_stubs + 2);

    ret();
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "returned");
}

TRUSTLET_ATTACKS(trustlet_software_interrupts, { "interrupt", interrupt }, { "interrupt-int3", breakpoint },
                 { "interrupt-none", call_stub });
