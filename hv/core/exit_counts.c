#include <hv/exit_counts.h>

#include <hv/cpu.h>
#include <hv/log.h>
#include <hv/partition.h>

#include <lib/format.h>

static const char *const names[EXIT_KIND_COUNT] = {
    [EXIT_RETRY] = "retry", [EXIT_INTERRUPT] = "interrupt", [EXIT_PRIORITY] = "priority",
    [EXIT_DEADLINE] = "deadline", [EXIT_NMI] = "nmi", [EXIT_INIT] = "init",
    [EXIT_CPUID] = "cpuid", [EXIT_RDMSR] = "rdmsr", [EXIT_WRMSR] = "wrmsr", [EXIT_IO] = "io",
    [EXIT_HYPERCALL] = "hypercall", [EXIT_MEMORY] = "memory", [EXIT_EXCEPTION] = "exception", [EXIT_INVD] = "invd",
    [EXIT_CONTROL_REGISTER] = "control-register", [EXIT_TABLE_REGISTER] = "table-register", [EXIT_XSETBV] = "xsetbv",
    [EXIT_UNDEFINED] = "undefined",
    [EXIT_FAULT_GP] = "refused-state", [EXIT_SHUTDOWN] = "shutdown", [EXIT_UNKNOWN] = "unknown",
};

static uint64_t total(enum exit_kind kind)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        sum += cpus[i] != NULL ? cpus[i]->exits[kind] : 0;
    }
    return sum;
}

void exit_counts_log(void)
{
    char line[320];
    size_t length = 0;

    for (enum exit_kind kind = 0; kind < EXIT_KIND_COUNT; kind++) {
        if (total(kind) != 0) {
            length += format(line + length, sizeof(line) - length, " %s=%lu", names[kind], total(kind));
        }
    }
    hv_log(LOG_INFO, "exits%s", line);
}
