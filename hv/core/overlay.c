#include <hv/overlay.h>

#include <hv/guest_memory.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>

#include <lib/string.h>

static unsigned rights_of(const struct cpu *cpu, gpa_t page)
{
    unsigned rights;

    spin_lock(&partition.slat_lock);
    rights = slat_get_rights(&partition.slat[cpu->active], page);
    spin_unlock(&partition.slat_lock);
    return rights;
}

/* from -> to in one step under the lock; VTL1's decisions of the meantime win. */
static bool change_rights(struct cpu *cpu, gpa_t page, unsigned from, unsigned to)
{
    bool changed;

    spin_lock(&partition.slat_lock);
    changed = slat_get_rights(&partition.slat[cpu->active], page) == from
        && slat_set_rights(&partition.slat[cpu->active], page, to);
    spin_unlock(&partition.slat_lock);
    if (changed) {
        vendor->flush(cpu, cpu->active);
        shootdown_vtl0(cpu);
    }
    return changed;
}

static bool write_page(struct cpu *cpu, gpa_t page, const uint8_t *code, size_t size, uint8_t filler)
{
    uint8_t chunk[256];

    for (size_t at = 0; at < PAGE_SIZE; at += sizeof(chunk)) {
        memset(chunk, filler, sizeof(chunk));
        if (at == 0) {
            memcpy(chunk, code, size);
        }
        if (!guest_write(cpu, cpu->active, gpa(page.value + at), chunk, sizeof(chunk))) {
            return false;
        }
    }
    return true;
}

bool overlay_place_code(struct cpu *cpu, gpa_t page)
{
    size_t size = (size_t)(hypercall_page_code_end - hypercall_page_code);

    return partition_is_ram(page) && rights_of(cpu, page) == SLAT_RWX && write_page(cpu, page, hypercall_page_code, size, 0xCC)
        && change_rights(cpu, page, SLAT_RWX, SLAT_RX);
}

void overlay_remove_code(struct cpu *cpu, gpa_t page)
{
    if (change_rights(cpu, page, SLAT_RX, SLAT_RWX)) {
        write_page(cpu, page, hypercall_page_code, 0, 0);
    }
}

bool overlay_check_data(struct cpu *cpu, gpa_t page)
{
    return partition_is_ram(page) && (rights_of(cpu, page) & SLAT_RW) == SLAT_RW;
}
