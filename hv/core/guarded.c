#include <hv/guarded.h>

#include <hv/apic.h>
#include <hv/check.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/interrupt_sources.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/pci.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>

static bool write_apic(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value);

/* Which pages each row guards is known at launch; 0 = this machine has none. */
static struct guarded_pages {
    gpa_t page;
    uint64_t size;
    bool (*write)(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value);
} pages[4];

/* False: refused, #GP(0). Only aligned 32-bit writes exist on the APIC page. */
static bool write_apic(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value)
{
    return size == 4 && (offset & 0xF) == 0 && apic_write(cpu, offset, (uint32_t)value);
}

static void guard(struct guarded_pages *row, uint64_t page, uint64_t size,
                  bool (*write)(struct cpu *, uint32_t, uint8_t, uint64_t))
{
    row->page = gpa(page);
    row->size = size;
    row->write = write;
    CHECK(slat_map(&partition.slat[VTL0], row->page, size, SLAT_R, SLAT_UNCACHED));
    CHECK(slat_map(&partition.slat[VTL1], row->page, size, SLAT_NONE, SLAT_UNCACHED));
}

void guarded_init(void)
{
    uint64_t ecam = partition.boot.ecam_base;

    if (!mutant_is(MUTANT_APIC_WRITABLE)) {
        guard(&pages[0], partition.boot.apic_base, PAGE_SIZE, write_apic);
        /* A store to the rest of the megabyte is an MSI of any mode, INIT and SMI among them. */
        CHECK(slat_map(&partition.slat[VTL0], gpa(partition.boot.apic_base + PAGE_SIZE), SIZE_1M - PAGE_SIZE, SLAT_NONE,
                       SLAT_UNCACHED));
    }
    guard(&pages[1], IOAPIC_ADDRESS, PAGE_SIZE, ioapic_write);
    guard(&pages[2], HPET_ADDRESS, PAGE_SIZE, hpet_write);
    if (ecam != 0) {
        guard(&pages[3], ecam, (uint64_t)partition.boot.ecam_buses << 20, pci_ecam_write);
    }
}

static const struct guarded_pages *find_pages(gpa_t address)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (pages[i].page.value != 0 && address.value - pages[i].page.value < pages[i].size) {
            return &pages[i];
        }
    }
    return NULL;
}

bool guarded_overlaps(gpa_t base, uint64_t size)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (pages[i].page.value != 0 && base.value < pages[i].page.value + pages[i].size && pages[i].page.value < base.value + size) {
            return true;
        }
    }
    return false;
}

/* Only the local APIC's page is ever hidden. Loads of 32 bits, which is all the architecture promises. */
static void load(struct cpu *cpu, const struct insn *insn, uint32_t offset)
{
    if (insn->size != 4 || (offset & 0xF) != 0 || insn->reg == RSP) {
        inject_gp(cpu);
        return;
    }
    cpu->gpr[insn->reg] = apic_vtl0_read(cpu, offset);
    instruction_advance(cpu, insn->length);
}

void guarded_hide_apic(struct cpu *cpu)
{
    bool visible;

    spin_lock(&partition.slat_lock);
    visible = pages[0].page.value != 0 && slat_get_rights(&partition.slat[VTL0], pages[0].page) != SLAT_NONE;
    if (visible) {
        CHECK(slat_map(&partition.slat[VTL0], pages[0].page, PAGE_SIZE, SLAT_NONE, SLAT_UNCACHED));
    }
    spin_unlock(&partition.slat_lock);
    if (visible) {
        vendor->flush(cpu, VTL0);
        shootdown_vtl0(cpu);
    }
}

bool guarded_access(struct cpu *cpu, gpa_t address)
{
    const struct guarded_pages *row = find_pages(address);
    uint32_t offset, old = 0;
    struct insn insn;

    if (row == NULL) {
        return false;
    }
    offset = (uint32_t)(address.value - row->page.value);
    if (!instruction_decode(cpu, &insn)) {
        return true; /* the bytes changed since the exit: enter again */
    }
    if (insn.kind == INSN_LOAD && row->write == write_apic) {
        load(cpu, &insn, offset);
        return true;
    }
    if (insn.kind == INSN_EXCHANGE && insn.size == 4 && row->write == write_apic && insn.reg != RSP) {
        old = apic_vtl0_read(cpu, offset & ~0xFu);
    } else if (insn.kind != INSN_STORE) {
        inject_gp(cpu);
        return true;
    }
    if (!row->write(cpu, offset, insn.size, instruction_source(cpu, &insn))) {
        inject_gp(cpu);
        return true;
    }
    if (insn.kind == INSN_EXCHANGE) {
        cpu->gpr[insn.reg] = old;
    }
    instruction_advance(cpu, insn.length);
    return true;
}
