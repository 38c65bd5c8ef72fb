#include <hv/reset.h>

#include <hv/exit_counts.h>
#include <hv/guest_memory.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#include <lib/string.h>

#define RESET_CONTROL 0xCF9

void processor_park(struct cpu *cpu)
{
    secure_zero(cpu->gpr, sizeof(cpu->gpr));
    vendor->wipe(cpu);
    atomic_store(&cpu->public.running, RUN_HOST);
    atomic_store(&cpu->public.parked, 1);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

static void park_others(struct cpu *self)
{
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        if (cpus[i] != NULL && cpus[i] != self) {
            cpu_request(cpus[i], REQUEST_PARK);
        }
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        while (cpus[i] != NULL && cpus[i] != self && atomic_load(&cpus[i]->public.parked) == 0) {
            __builtin_ia32_pause();
        }
    }
}

/* RAM survives a reset: every page that VTL0 may not read is somebody's secret. */
static void zero_protected_memory(struct cpu *cpu)
{
    uint64_t pages = 0;

    for (uint32_t i = 0; i < partition.boot.ram_count; i++) {
        const struct hv_range *range = &partition.boot.ram[i];

        for (uint64_t at = range->base; at < range->base + range->size; at += PAGE_SIZE) {
            if (partition_is_ram(gpa(at)) && slat_get_rights(&partition.slat[VTL0], gpa(at)) == SLAT_NONE) {
                guest_zero_page(cpu, gpa(at));
                pages++;
            }
        }
    }
    hv_log(LOG_INFO, "reset: %lu pages of VTL1 zeroed", pages);
}

/* Everybody else parked, nothing secret left; only the first caller comes back from here. */
static void end_of_vtl1(struct cpu *cpu)
{
    static atomic_flag started = ATOMIC_FLAG_INIT;

    if (atomic_flag_test_and_set(&started)) {
        processor_park(cpu);
    }
    exit_counts_log();
    park_others(cpu);
    if (!mutant_is(MUTANT_RESET_KEEPS)) {
        zero_protected_memory(cpu);
    }
    secure_zero(cpu->gpr, sizeof(cpu->gpr));
    vendor->wipe(cpu);
}

void machine_stop(struct cpu *cpu)
{
    end_of_vtl1(cpu);
    hv_log(LOG_ERROR, "error: the machine is stopped");
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

void machine_reset(struct cpu *cpu, const char *reason)
{
    hv_log(LOG_INFO, "reset: asked for by VTL%u of processor %u: %s", cpu->active, cpu->vp_index, reason);
    end_of_vtl1(cpu);
    out8(RESET_CONTROL, 0x02);
    out8(RESET_CONTROL, 0x06);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
