#include "smp.h"

#include <lib/string.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "idt.h"

#define TRAMPOLINE 0x8000u

extern char trampoline_start[];
extern char trampoline_end[];

void application_main(void);

volatile uint64_t application_starts;
static bool (*volatile enable)(unsigned processor);
static void (*volatile current_job)(void);
static volatile uint64_t jobs_given;
static volatile uint64_t jobs_done;

void application_main(void)
{
    idt_load(1);
    apic_enable();
    if (!enable(1)) {
        bench_end("processor 1 has neither SVM nor VMX");
    }
    application_starts++;
    for (;;) {
        while (jobs_done == jobs_given) {
            pause();
        }
        current_job();
        jobs_done++;
    }
}

bool smp_start(bool (*enable_virtualization)(unsigned processor))
{
    uint64_t before = application_starts;

    enable = enable_virtualization;
    jobs_done = jobs_given; /* an INIT may have ended a job: it is not done again */
    memcpy((void *)(uintptr_t)TRAMPOLINE, trampoline_start, (size_t)(trampoline_end - trampoline_start));
    apic_send(1, ICR_INIT);
    spin(100000);
    apic_send(1, ICR_STARTUP | TRAMPOLINE >> 12);
    return wait_for(&application_starts, before + 1);
}

void smp_job(void (*job)(void))
{
    current_job = job;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    jobs_given++;
}

bool smp_wait(void)
{
    return wait_for(&jobs_done, jobs_given);
}
