#include <hv/partition.h>

#include <hv/check.h>
#include <hv/clock.h>
#include <hv/guarded.h>
#include <hv/image.h>
#include <hv/log.h>
#include <hv/mtrr.h>
#include <hv/mutant.h>
#include <hv/vendor.h>

struct partition partition = { .slat_lock = SPINLOCK_INIT };
static struct mtrr_shadow machine_mtrr; /* as the firmware left them */

static bool in_range(const struct hv_range *range, gpa_t address)
{
    return address.value >= range->base && address.value - range->base < range->size;
}

static bool in_any(const struct hv_range *ranges, uint32_t count, gpa_t address)
{
    for (uint32_t i = 0; i < count; i++) {
        if (in_range(&ranges[i], address)) {
            return true;
        }
    }
    return false;
}

bool partition_is_ram(gpa_t address)
{
    return in_any(partition.boot.ram, partition.boot.ram_count, address) && !partition_is_hypervisor(address);
}

bool partition_is_hypervisor(gpa_t address)
{
    struct hv_range region = { partition.boot.region_base, partition.boot.region_size };

    return in_range(&region, address);
}

bool partition_is_window(gpa_t address)
{
    return address.value >= SIZE_4G && !partition_is_ram(address) && !partition_is_hypervisor(address)
        && in_any(partition.boot.windows, partition.boot.window_count, address);
}

static enum slat_memory machine_memory_at(gpa_t page)
{
    return mtrr_type(&machine_mtrr, page.value);
}

bool partition_map(struct slat *slat, uint64_t base, uint64_t size, unsigned rights)
{
    uint64_t end = base + size;
    bool mapped = true;

    if (!slat->format->replaces_mtrrs) {
        return slat_map(slat, gpa(base), size, rights, SLAT_WRITE_BACK);
    }
    while (mapped && base < end) {
        uint64_t next = mtrr_run(&machine_mtrr, base, end);

        mapped = slat_map(slat, gpa(base), next - base, rights, machine_memory_at(gpa(base)));
        base = next;
    }
    return mapped;
}

/* F2: RAM and everything below 4 GiB; high MMIO follows on demand. F5: both VTLs start with the same map. */
static void map_everything(struct slat *slat, enum vtl vtl)
{
    const struct hv_handoff *boot = &partition.boot;
    bool mapped = partition_map(slat, 0, SIZE_4G, SLAT_RWX);

    for (uint32_t i = 0; i < boot->ram_count && mapped; i++) {
        const struct hv_range *ram = &boot->ram[i];

        if (ram->base + ram->size > SIZE_4G) {
            mapped = partition_map(slat, ram->base, ram->size, SLAT_RWX);
        }
    }
    if (vtl == VTL0 && mutant_is(MUTANT_HYPERVISOR_MAPPED)) {
        return;
    }
    mapped = mapped && slat_map(slat, gpa(boot->region_base), boot->region_size, SLAT_NONE, SLAT_WRITE_BACK);
    CHECK(mapped);
}

void partition_init(const struct hv_handoff *handoff)
{
    CHECK(handoff->magic == HV_HANDOFF_MAGIC);
    CHECK(handoff->processor_count > 0 && handoff->processor_count <= HV_MAX_PROCESSORS);
    CHECK(handoff->ram_count <= HV_MAX_RAM_RANGES && handoff->window_count <= HV_MAX_WINDOWS);
    partition.boot = *handoff;
    log_set_level(handoff->log_level);
    page_pool_init(&partition.pool, region_pointer(hpa(handoff->pool_base)), hpa(handoff->pool_base),
                   handoff->pool_size / PAGE_SIZE);
    clock_init();
    mtrr_read(&machine_mtrr);
    for (enum vtl vtl = VTL0; vtl < VTL_COUNT; vtl++) {
        CHECK(slat_init(&partition.slat[vtl], vendor->slat(), &partition.pool));
        partition.slat[vtl].memory_at = vendor->slat()->replaces_mtrrs ? machine_memory_at : NULL;
        map_everything(&partition.slat[vtl], vtl);
    }
    guarded_init();
}
