#include <hv/overlay.h>

#include <hv/clock.h>
#include <hv/guest_memory.h>
#include <hv/hypercalls.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>

#include <lib/string.h>

static unsigned rights_of(enum vtl vtl, gpa_t page)
{
    unsigned rights;

    spin_lock(&partition.slat_lock);
    rights = slat_get_rights(&partition.slat[vtl], page);
    spin_unlock(&partition.slat_lock);
    return rights;
}

/* Code must be executable, too. */
static bool suffices(enum overlay which, unsigned rights)
{
    unsigned needed = which == OVERLAY_CODE ? SLAT_RWX : SLAT_RW;

    return (rights & needed) == needed;
}

/* Rights in one step under the lock; VTL1's decisions of the meantime win. */
static bool place(enum vtl vtl, enum overlay which, gpa_t page)
{
    struct slat *slat = &partition.slat[vtl];
    unsigned rights;
    bool placed;

    spin_lock(&partition.slat_lock);
    rights = slat_get_rights(slat, page);
    placed = suffices(which, rights) && slat_set_rights(slat, page, rights & ~(unsigned)SLAT_W);
    if (placed) {
        partition.vtl[vtl].overlays[which] = (struct overlay_place){ .page = page, .placed = true };
    }
    spin_unlock(&partition.slat_lock);
    return placed;
}

static bool lift(enum vtl vtl, enum overlay which, gpa_t page)
{
    struct overlay_place *overlay = &partition.vtl[vtl].overlays[which];
    struct slat *slat = &partition.slat[vtl];
    bool lifted;

    spin_lock(&partition.slat_lock);
    lifted = overlay->placed && !overlay->claimed && overlay->page.value == page.value
        && slat_set_rights(slat, page, slat_get_rights(slat, page) | SLAT_W);
    overlay->placed = false;
    spin_unlock(&partition.slat_lock);
    return lifted;
}

void overlay_claim(gpa_t page)
{
    for (unsigned i = 0; i < OVERLAY_COUNT; i++) {
        struct overlay_place *overlay = &partition.vtl[VTL0].overlays[i];

        overlay->claimed = overlay->claimed || (overlay->placed && overlay->page.value == page.value);
    }
}

void overlay_claim_all(void)
{
    for (unsigned i = 0; i < OVERLAY_COUNT; i++) {
        partition.vtl[VTL0].overlays[i].claimed = true;
    }
}

bool overlay_is(enum vtl vtl, gpa_t page)
{
    bool is = false;

    spin_lock(&partition.slat_lock);
    for (unsigned i = 0; i < OVERLAY_COUNT; i++) {
        const struct overlay_place *overlay = &partition.vtl[vtl].overlays[i];

        is = is || (overlay->placed && overlay->page.value == page.value);
    }
    spin_unlock(&partition.slat_lock);
    return is;
}

bool overlay_denies_write(const struct cpu *cpu, gpa_t page)
{
    bool denies = false;

    spin_lock(&partition.slat_lock);
    for (unsigned i = 0; i < OVERLAY_COUNT; i++) {
        const struct overlay_place *overlay = &partition.vtl[cpu->active].overlays[i];

        denies = denies || (overlay->placed && !overlay->claimed && overlay->page.value == page.value);
    }
    spin_unlock(&partition.slat_lock);
    return denies;
}

static bool write_page(struct cpu *cpu, enum vtl vtl, gpa_t page, const void *content, size_t size, uint8_t filler)
{
    uint8_t chunk[256];

    atomic_fetch_add(&partition.overlays_written, 1);
    for (size_t at = 0; at < PAGE_SIZE; at += sizeof(chunk)) {
        memset(chunk, filler, sizeof(chunk));
        if (at == 0 && size != 0) {
            memcpy(chunk, content, size);
        }
        if (!guest_write(cpu, vtl, gpa(page.value + at), chunk, sizeof(chunk))) {
            return false;
        }
    }
    return true;
}

static bool write_content(struct cpu *cpu, enum vtl vtl, enum overlay which, gpa_t page)
{
    struct hv_reference_tsc_page tsc;

    if (which == OVERLAY_CODE) {
        return write_page(cpu, vtl, page, vendor->hypercall_page, HYPERCALL_PAGE_SIZE, 0xCC);
    }
    tsc = clock_page();
    return write_page(cpu, vtl, page, &tsc, sizeof(tsc), 0);
}

bool overlay_may_place(enum vtl vtl, enum overlay which, gpa_t page)
{
    return partition_is_ram(page) && suffices(which, rights_of(vtl, page));
}

bool overlay_place(struct cpu *cpu, enum vtl vtl, enum overlay which, gpa_t page)
{
    if (!overlay_may_place(vtl, which, page) || !write_content(cpu, vtl, which, page) || !place(vtl, which, page)) {
        return false;
    }
    vendor->flush(cpu, vtl);
    shootdown_vtl0(cpu);
    return true;
}

void overlay_remove(struct cpu *cpu, enum vtl vtl, enum overlay which, gpa_t page)
{
    if (lift(vtl, which, page)) {
        vendor->flush(cpu, vtl);
        write_page(cpu, vtl, page, NULL, 0, 0);
    }
}

bool overlay_check_data(enum vtl vtl, gpa_t page)
{
    return mutant_is(MUTANT_OVERLAY_UNCHECKED) || (partition_is_ram(page) && (rights_of(vtl, page) & SLAT_RW) == SLAT_RW);
}
