#include <lib/string.h>

#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "idt.h"
#include "smp.h"
#include "trials.h"
#include "vmx.h"

#define MULTIBOOT_HAS_COMMAND_LINE 4u

extern uint32_t boot_information;

void boot_main(void);

static const struct trial {
    const char *name;
    void (*svm)(void);
    void (*vmx)(void);
    bool two_processors;
} trials[] = {
    { "nmi", trial_nmi, vmx_trial_nmi, true },
    { "apic", trial_apic, vmx_trial_apic, true },
    { "mask", trial_mask, vmx_trial_mask, false },
    { "exits", trial_exits, vmx_trial_exits, false },
    { "shutdown", trial_shutdown, vmx_trial_shutdown, false },
    { "init", trial_init, vmx_trial_init, true },
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

/* Does not return. */
static void run_trial(const struct trial *trial, bool vmx)
{
    if (trial->two_processors && !smp_start(vmx ? vmx_enable : svm_enable)) {
        bench_end("processor 1 did not start");
    }
    (vmx ? trial->vmx : trial->svm)();
    bench_end("complete");
}

void boot_main(void)
{
    const char *name = trial_name();
    bool vmx;

    bench_begin();
    mask_legacy_interrupts();
    idt_build();
    idt_load(0);
    apic_enable();
    vmx = !svm_enable(0);
    if (vmx && !vmx_enable(0)) {
        bench_end("neither SVM nor VMX");
    }
    for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
        if (strcmp(name, trials[i].name) == 0) {
            run_trial(&trials[i], vmx);
        }
    }
    bench_end("unknown trial");
}
