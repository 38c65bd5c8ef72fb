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

/* Rights in one step under the lock; VTL1's decisions of the meantime win. */
static bool place(struct cpu *cpu, gpa_t page)
{
    struct partition_vtl *vtl = &partition.vtl[cpu->active];
    bool placed;

    spin_lock(&partition.slat_lock);
    placed = slat_get_rights(&partition.slat[cpu->active], page) == SLAT_RWX
        && slat_set_rights(&partition.slat[cpu->active], page, SLAT_RX);
    if (placed) {
        vtl->overlay_page = page;
        vtl->overlay_placed = true;
        vtl->overlay_claimed = false;
    }
    spin_unlock(&partition.slat_lock);
    return placed;
}

static bool lift(struct cpu *cpu, gpa_t page)
{
    struct partition_vtl *vtl = &partition.vtl[cpu->active];
    bool lifted;

    spin_lock(&partition.slat_lock);
    lifted = vtl->overlay_placed && !vtl->overlay_claimed && vtl->overlay_page.value == page.value
        && slat_set_rights(&partition.slat[cpu->active], page, SLAT_RWX);
    vtl->overlay_placed = false;
    spin_unlock(&partition.slat_lock);
    return lifted;
}

void overlay_claim(gpa_t page)
{
    struct partition_vtl *vtl = &partition.vtl[VTL0];

    if (vtl->overlay_placed && vtl->overlay_page.value == page.value) {
        vtl->overlay_claimed = true;
    }
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

bool overlay_may_place(struct cpu *cpu, gpa_t page)
{
    return partition_is_ram(page) && rights_of(cpu, page) == SLAT_RWX;
}

bool overlay_place_code(struct cpu *cpu, gpa_t page)
{
    size_t size = HYPERCALL_PAGE_SIZE;

    if (!overlay_may_place(cpu, page) || !write_page(cpu, page, vendor->hypercall_page, size, 0xCC) || !place(cpu, page)) {
        return false;
    }
    vendor->flush(cpu, cpu->active);
    shootdown_vtl0(cpu);
    return true;
}

void overlay_remove_code(struct cpu *cpu, gpa_t page)
{
    if (lift(cpu, page)) {
        vendor->flush(cpu, cpu->active);
        write_page(cpu, page, vendor->hypercall_page, 0, 0);
    }
}

bool overlay_check_data(struct cpu *cpu, gpa_t page)
{
    return partition_is_ram(page) && (rights_of(cpu, page) & SLAT_RW) == SLAT_RW;
}
