#include <lib/string.h>

#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "idt.h"
#include "smp.h"
#include "trials.h"

#define MULTIBOOT_HAS_COMMAND_LINE 4u

extern uint32_t boot_information;

void boot_main(void);

static const struct {
    const char *name;
    void (*run)(void);
    bool two_processors;
} trials[] = {
    { "nmi", trial_nmi, true },      { "apic", trial_apic, true },          { "mask", trial_mask, false },
    { "exits", trial_exits, false }, { "shutdown", trial_shutdown, false }, { "init", trial_init, true },
};

/* The last word of the Multiboot command line; the loader may put the file's name first. */
static const char *trial_name(void)
{
    const uint32_t *information = (const uint32_t *)(uintptr_t)boot_information;
    const char *name;

    if ((information[0] & MULTIBOOT_HAS_COMMAND_LINE) == 0) {
        return "";
    }
    name = (const char *)(uintptr_t)information[4];
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == ' ' && c[1] != '\0') {
            name = c + 1;
        }
    }
    return name;
}

/* The 8259s would deliver through the same tables: all lines masked. */
static void mask_legacy_interrupts(void)
{
    outb(0x21, 0xFF);
    outb(0xA1, 0xFF);
}

void boot_main(void)
{
    const char *name = trial_name();

    bench_begin();
    mask_legacy_interrupts();
    idt_build();
    idt_load(0);
    apic_enable();
    if (!svm_enable(0)) {
        bench_end("no SVM");
    }
    for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
        if (strcmp(name, trials[i].name) == 0) {
            if (trials[i].two_processors && !smp_start()) {
                bench_end("processor 1 did not start");
            }
            trials[i].run();
            bench_end("complete");
        }
    }
    bench_end("unknown trial");
}
