/* Second-level faults: the one place that decides what an access to a page without rights means (F10). */
#include <hv/guarded.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/intercept_message.h>
#include <hv/local_apic.h>
#include <hv/log.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/tpm_page.h>
#include <hv/vendor.h>

/* The windows may be larger than all RAM, and what their tables take must not be missing when RAM is split (F2). */
static bool map_in_budget(gpa_t address, uint64_t size)
{
    uint64_t before;
    bool mapped;

    spin_lock(&partition.slat_lock);
    before = partition.pool.given;
    mapped = partition.window_tables < HV_WINDOW_TABLES && slat_map(&partition.slat[VTL0], address, size, SLAT_RW, SLAT_UNCACHED);
    partition.window_tables += partition.pool.given - before;
    spin_unlock(&partition.slat_lock);
    return mapped;
}

/* High MMIO is mapped on demand inside the host bridge's windows, for VTL0 only. */
static bool map_window_page(struct cpu *cpu, gpa_t address)
{
    gpa_t block = gpa(address.value & ~(SIZE_2M - 1));
    bool whole = partition_is_window(block) && partition_is_window(gpa(block.value + SIZE_2M - 1)) && !guarded_overlaps(block, SIZE_2M);

    if (cpu->active != VTL0 || cpu->exit.memory.access == ACCESS_EXECUTE || !partition_is_window(address)
        || guarded_overlaps(gpa_page(address), PAGE_SIZE)) {
        return false;
    }
    return map_in_budget(whole ? block : gpa_page(address), whole ? SIZE_2M : PAGE_SIZE);
}

/* Another processor may have changed the rights since the exit: then the access is simply tried again. */
static bool is_allowed_now(const struct cpu *cpu)
{
    static const unsigned needed[] = { [ACCESS_READ] = SLAT_R, [ACCESS_WRITE] = SLAT_W, [ACCESS_EXECUTE] = SLAT_X };
    const struct exit_memory *memory = &cpu->exit.memory;
    unsigned right = memory->in_walk ? SLAT_RW : needed[memory->access];
    unsigned rights;

    if (right == SLAT_X && memory->mode_based && vendor->privilege(cpu, cpu->active) == 3) {
        right = SLAT_UX; /* ring 3 fetches from user-mode addresses only */
    }

    spin_lock(&partition.slat_lock);
    rights = slat_get_rights(&partition.slat[cpu->active], memory->address);
    spin_unlock(&partition.slat_lock);
    return (rights & right) == right;
}

static bool is_overlay_write(const struct cpu *cpu)
{
    return cpu->exit.memory.access == ACCESS_WRITE && overlay_denies_write(cpu, gpa_page(cpu->exit.memory.address));
}

/* Pages of registers that the hypervisor stands for: VTL0's guarded ones, a TPM that is VTL1's, VTL1's local APIC. True: done. */
static bool is_register_page(struct cpu *cpu, gpa_t address)
{
    if (cpu->exit.memory.access == ACCESS_EXECUTE || cpu->exit.memory.in_walk) {
        return false;
    }
    if (cpu->active == VTL0) {
        return guarded_access(cpu, address) || tpm_page_access(cpu, address);
    }
    return local_apic_page_access(cpu, address);
}

/* For whoever watches an attack fail. */
static void tell(const struct cpu *cpu)
{
    static const char *const names[] = { [ACCESS_READ] = "read", [ACCESS_WRITE] = "write", [ACCESS_EXECUTE] = "execute" };

    hv_log(LOG_DEBUG, "%s 0x%lx, guest-physical 0x%lx, %s by VTL%u of processor %u at 0x%lx", vendor->fault, cpu->exit.info1,
           cpu->exit.memory.address.value, cpu->exit.memory.in_walk ? "walk" : names[cpu->exit.memory.access], cpu->active,
           cpu->vp_index, vendor->get(cpu, cpu->active, VREG_RIP));
}

void handle_memory(struct cpu *cpu)
{
    gpa_t address = cpu->exit.memory.address;

    if (is_allowed_now(cpu)) {
        vendor->flush(cpu, cpu->active);
        return;
    }
    if (is_register_page(cpu, address)) {
        return;
    }
    if (map_window_page(cpu, address)) {
        return;
    }
    tell(cpu);
    if (is_overlay_write(cpu)) {
        inject_gp(cpu); /* TLFS, "Overlay Pages": of no interest to VTL1 */
        return;
    }
    if (cpu->active == VTL0 && partition_is_ram(address)) {
        intercept_memory(cpu);
        return;
    }
    /* The hypervisor's memory or a hole: #GP(0), the instruction has not retired. */
    inject_gp(cpu);
}
