/*
 * PCI configuration space (hv/pci.h). Refused are the host bridge's and the
 * LPC bridge's own registers, which could move or re-route memory under the
 * second-level tables (attacks.md MEM-12); interrupt messages are
 * pci_messages.c's. Everything else is a device of VTL0's.
 */
#include <hv/pci.h>

#include <hv/guest_memory.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/ports.h>
#include <hv/spinlock.h>
#include <hv/x86.h>

#define CONFIG_ADDRESS 0xCF8u
#define CONFIG_DATA    0xCFCu
#define CONFIG_ENABLE  0x80000000u

/*
 * What an address is made of ("Configuration Mechanism #1"). QEMU adds bits 1:0 to the port's, and AMD's bits 27:24 are more of the
 * register's number: with them an access would go elsewhere than where it was judged.
 */
#define CONFIG_BITS    0x80FFFFFCu

/* A filter reads before it writes, and the CF8h latch belongs to the machine: its last value and what follows are one unit. */
static struct spinlock config_lock = SPINLOCK_INIT;
static uint32_t config_address;

struct config_range {
    uint8_t device, function;
    uint16_t first, last;
};

static const struct config_range refused[] = {
    { 0x00, 0, 0x40, 0xFFF }, /* host bridge: PCIEXBAR, PAM, SMRAM, TSEG, TOLUD, REMAP */
    { 0x1F, 0, 0x40, 0x5F },  /* LPC bridge: PMBASE, ACPI_CNTL, GPIO base */
    { 0x1F, 0, 0xD0, 0xFFF }, /* LPC bridge: firmware hub decode, BIOS_CNTL, RCBA */
};

static bool is_refused(const struct pci_register *at)
{
    for (size_t i = 0; at->bus == 0 && !mutant_is(MUTANT_CHIPSET_OPEN) && i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (refused[i].device == at->device && refused[i].function == at->function && at->offset >= refused[i].first
            && at->offset <= refused[i].last) {
            return true;
        }
    }
    return false;
}

static uint32_t port_address(const struct pci_register *function, unsigned offset)
{
    return CONFIG_ENABLE | function->bus << 16 | function->device << 11 | function->function << 8 | (offset & 0xFC);
}

/* The latch is put back: VTL0 may read by it next. */
static uint32_t read_by_ports(uint32_t address)
{
    uint32_t before = in32(CONFIG_ADDRESS), value;

    out32(CONFIG_ADDRESS, address);
    value = in32(CONFIG_DATA);
    out32(CONFIG_ADDRESS, before);
    return value;
}

uint32_t pci_read(struct cpu *cpu, const struct pci_register *function, unsigned offset)
{
    uint64_t place = function->bus << 20 | function->device << 15 | function->function << 12 | (offset & 0xFFC);

    if (partition.boot.ecam_base != 0 && function->bus < partition.boot.ecam_buses) {
        return device_read(cpu, gpa(partition.boot.ecam_base + place));
    }
    return read_by_ports(port_address(function, offset));
}

static bool filter(struct cpu *cpu, const struct pci_register *at, uint8_t size, uint32_t *value)
{
    return !is_refused(at) && pci_message_filter(cpu, at, size, value);
}

/* What an access to CFCh to CFFh means by the latch as it is. False: nothing that a device would see. */
static bool latched(uint16_t port, uint8_t size, struct pci_register *at)
{
    uint32_t address = config_address;

    *at = (struct pci_register){ .bus = address >> 16 & 0xFF, .device = address >> 11 & 0x1F, .function = address >> 8 & 7,
                                 .offset = (address & 0xFC) + (port & 3u) };
    return port >= CONFIG_DATA && (address & CONFIG_ENABLE) != 0 && (port & 3u) + size <= 4;
}

void pci_port_write(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value)
{
    struct pci_register at;

    spin_lock(&config_lock);
    if (port == CONFIG_ADDRESS && size == 4) {
        config_address = mutant_is(MUTANT_CONFIG_LATCH_OPEN) ? value : value & CONFIG_BITS;
        out32(port, config_address);
    } else if (latched(port, size, &at) && filter(cpu, &at, size, &value)) {
        out32(CONFIG_ADDRESS, config_address);
        port_out(port, size, value);
    }
    spin_unlock(&config_lock);
}

uint32_t pci_port_read(struct cpu *cpu, uint16_t port, uint8_t size)
{
    struct pci_register at;
    uint32_t value;

    spin_lock(&config_lock);
    value = port_in(port, size);
    if (latched(port, size, &at)) {
        value = pci_message_hide(cpu, &at, value);
    }
    spin_unlock(&config_lock);
    return value;
}

bool pci_ecam_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value)
{
    struct pci_register at = { .bus = offset >> 20, .device = offset >> 15 & 0x1F, .function = offset >> 12 & 7,
                               .offset = offset & 0xFFF };
    uint32_t filtered = (uint32_t)value;

    if (size > 4 || (offset & (size - 1u)) != 0) {
        return false;
    }
    spin_lock(&config_lock);
    if (filter(cpu, &at, size, &filtered)) {
        device_write(cpu, gpa(partition.boot.ecam_base + offset), size, filtered);
    }
    spin_unlock(&config_lock);
    return true;
}
