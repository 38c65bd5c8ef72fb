/* Each instruction that only a ring 0 may make, and what it would do: nothing that lasts, if it can be chosen. */
#include <assailant/attack.h>

static uint64_t table[2]; /* of limit 0, at 0 */

#define INSTRUCTION(name, text) \
    static void name(uint64_t number, struct assailant_report *report) \
    { \
        uint64_t value = 0; \
\
        __asm__ volatile(text : "+a"(value) : "D"(table), "c"(0), "d"(0) : "memory"); \
        assailant_say(report, ASSAILANT_SUCCEEDED, value, number == 0 ? #name : "?"); \
    }

INSTRUCTION(cli, "cli")
INSTRUCTION(sti, "sti")
INSTRUCTION(hlt, "hlt")
INSTRUCTION(read_cr0, "mov %%cr0, %0")
INSTRUCTION(read_cr3, "mov %%cr3, %0")
INSTRUCTION(write_cr3, "mov %0, %%cr3")
INSTRUCTION(read_cr4, "mov %%cr4, %0")
INSTRUCTION(write_cr8, "mov %0, %%cr8")
INSTRUCTION(read_dr7, "mov %%dr7, %0")
INSTRUCTION(write_dr0, "mov %0, %%dr0")
INSTRUCTION(lgdt, "lgdt (%%rdi)")
INSTRUCTION(lidt, "lidt (%%rdi)")
INSTRUCTION(lldt, "lldt %w0")
INSTRUCTION(ltr, "ltr %w0")
INSTRUCTION(lmsw, "lmsw %w0")
INSTRUCTION(clts, "clts")
INSTRUCTION(invlpg, "invlpg (%%rdi)")
INSTRUCTION(invd, "invd")
INSTRUCTION(wbinvd, "wbinvd")
INSTRUCTION(swapgs, "swapgs")
INSTRUCTION(xsetbv, "xsetbv")
INSTRUCTION(sysret, "sysretq")
INSTRUCTION(stac, "stac")
INSTRUCTION(vmrun, "vmrun")
INSTRUCTION(vmsave, "vmsave")
INSTRUCTION(stgi, "stgi")
INSTRUCTION(vmxon, "vmxon (%%rdi)")
INSTRUCTION(monitor, "monitor")
INSTRUCTION(nothing, "nop")

#define ROW(name) { "privileged-" #name, name }

TRUSTLET_ATTACKS(trustlet_privileged, ROW(cli), ROW(sti), ROW(hlt), ROW(read_cr0), ROW(read_cr3), ROW(write_cr3), ROW(read_cr4),
                 ROW(write_cr8), ROW(read_dr7), ROW(write_dr0), ROW(lgdt), ROW(lidt), ROW(lldt), ROW(ltr), ROW(lmsw), ROW(clts),
                 ROW(invlpg), ROW(invd), ROW(wbinvd), ROW(swapgs), ROW(xsetbv), ROW(sysret), ROW(stac), ROW(vmrun), ROW(vmsave),
                 ROW(stgi), ROW(vmxon), ROW(monitor), ROW(nothing));
