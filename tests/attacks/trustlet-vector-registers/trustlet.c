/* x87 and vector registers, which are VTL0's: what is in them would come from there, and go there. */
#include <assailant/attack.h>

static uint8_t area[4096] __attribute__((aligned(64)));

#define INSTRUCTION(name, text) \
    static void name(uint64_t number, struct assailant_report *report) \
    { \
        uint64_t value = 0; \
\
        __asm__ volatile(text : "+a"(value) : "D"(area), "d"(0) : "memory"); \
        assailant_say(report, ASSAILANT_SUCCEEDED, number == 0 ? value : number, #name); \
    }

INSTRUCTION(mmx, "movq %%mm0, %0")
INSTRUCTION(fnstenv, "fnstenv (%%rdi)")
INSTRUCTION(fninit, "fninit")
INSTRUCTION(xmm, "movq %%xmm0, %0")
INSTRUCTION(write_xmm, "movq %0, %%xmm0")
INSTRUCTION(ldmxcsr, "ldmxcsr (%%rdi)")
INSTRUCTION(fxsave, "fxsave64 (%%rdi)")
INSTRUCTION(xsave, "xsave64 (%%rdi)")
INSTRUCTION(vzeroall, "vzeroall")
INSTRUCTION(general, "mov %0, %0")

#define ROW(name) { "vector-" #name, name }

TRUSTLET_ATTACKS(trustlet_vector_registers, ROW(mmx), ROW(fnstenv), ROW(fninit), ROW(xmm), ROW(write_xmm), ROW(ldmxcsr), ROW(fxsave),
                 ROW(xsave), ROW(vzeroall), ROW(general));
