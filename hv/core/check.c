#include <hv/check.h>

#include <hv/cpu.h>
#include <hv/dump.h>
#include <hv/log.h>
#include <hv/x86.h>

/* Looked up rather than asked of GS: what broke may have broken before GS was loaded. */
static const struct cpu *running_cpu(void)
{
    uint64_t base = rdmsr(MSR_GS_BASE);

    for (uint32_t i = 0; i < HV_MAX_PROCESSORS; i++) {
        if (cpus[i] != NULL && (uint64_t)cpus[i] == base) {
            return cpus[i];
        }
    }
    return NULL;
}

static void tell(const char *expression, const char *file, int line)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    const struct cpu *cpu = running_cpu();

    if (atomic_flag_test_and_set(&told)) {
        return; /* broken again while telling, or on another processor */
    }
    hv_log(LOG_ERROR, "error: %s:%d: %s does not hold; the machine is stopped", file, line, expression);
    if (cpu != NULL) {
        dump_registers(cpu);
    }
}

/*
 * Says what broke, makes every other processor park at its next exit, and
 * stops. Nothing more: what broke may be what a longer path would need.
 */
void check_failed(const char *expression, const char *file, int line)
{
    tell(expression, file, line);
    for (uint32_t i = 0; i < HV_MAX_PROCESSORS; i++) {
        if (cpus[i] != NULL) {
            atomic_fetch_or(&cpus[i]->public.requests, REQUEST_PARK);
        }
    }
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
