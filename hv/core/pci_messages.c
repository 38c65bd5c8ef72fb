/*
 * Interrupt messages of PCI functions (attacks.md INT-03). A message is a
 * write of the device's, of any value to any address: as INIT, SMI or NMI it
 * would reach a processor past the hypervisor, elsewhere it would be a write
 * to memory. MSI passes where it is an interrupt of fixed or lowest priority
 * mode. MSI-X has its messages in the device's own memory, where nothing of
 * ours looks: it is never enabled, and VTL0 does not see that it is there.
 */
#include <hv/pci.h>

#include <hv/apic_timer.h>
#include <hv/mutant.h>

/* PCI Local Bus Specification 3.0, "Configuration Space Organization", "Capabilities List", "MSI Capability and Table Structure". */
enum { CONFIG_STATUS = 0x04, CONFIG_HEADER = 0x0C, CONFIG_LIST = 0x34, CONFIG_LIST_CARDBUS = 0x14, CONFIG_FIRST = 0x40 };

#define STATUS_HAS_LIST (1u << 20)                  /* in the upper half */
#define HEADER_TYPE(v)  ((v) >> 16 & 0x7Fu)
#define HEADER_CARDBUS  2u
#define LIST_LENGTH     ((0x100u - CONFIG_FIRST) / 4) /* all there can be; more is a loop */

enum { CAPABILITY_MSI = 0x05, CAPABILITY_MSIX = 0x11 };
enum { MSI_SIZE = 0x18, MSIX_SIZE = 0x0C };

#define MSI_64_BITS   (1u << 23) /* in the first register, whose upper half is message control */
#define MSIX_ENABLE   (1u << 31)
#define MESSAGE_MODE(v)   ((v) >> 8 & 7u)
#define MESSAGE_VECTOR(v) ((v) & 0xFFu)
#define MODE_LOWEST   1u

/*
 * SDM vol. 3, "Message Address Register Format": the megabyte of interrupts, bits 11:4 reserved: QEMU takes what is there for a register
 * of the local APIC. 0 is how it begins and ends.
 */
#define ADDRESS_IS_HARMLESS(v) ((v) == 0 || ((v) & 0xFFF00FF0) == 0xFEE00000)

struct capability {
    unsigned id, at;
    uint32_t first; /* its first register */
};

static unsigned size_of(unsigned id)
{
    return id == CAPABILITY_MSI ? MSI_SIZE : id == CAPABILITY_MSIX ? MSIX_SIZE : 0;
}

static unsigned list_of(struct cpu *cpu, const struct pci_register *at)
{
    bool cardbus;

    if ((pci_read(cpu, at, CONFIG_STATUS) & STATUS_HAS_LIST) == 0) {
        return 0;
    }
    cardbus = HEADER_TYPE(pci_read(cpu, at, CONFIG_HEADER)) == HEADER_CARDBUS;
    return pci_read(cpu, at, cardbus ? CONFIG_LIST_CARDBUS : CONFIG_LIST) & 0xFC;
}

/* The capability for messages that the register belongs to: the last one that begins below it, since MSI can be shorter. */
static bool find(struct cpu *cpu, const struct pci_register *at, struct capability *found)
{
    unsigned next = at->offset >= CONFIG_FIRST && at->offset < 0x100 ? list_of(cpu, at) : 0;

    *found = (struct capability){ .at = 0 };
    for (unsigned i = 0; i < LIST_LENGTH && next >= CONFIG_FIRST; i++) {
        uint32_t first = pci_read(cpu, at, next);

        if (at->offset >= next && at->offset < next + size_of(first & 0xFF) && next > found->at) {
            *found = (struct capability){ .id = first & 0xFF, .at = next, .first = first };
        }
        next = first >> 8 & 0xFC;
    }
    return found->at != 0;
}

/* The bits of its 32-bit register that an access has. */
static uint32_t mask_of(const struct pci_register *at, uint8_t size)
{
    return (uint32_t)(UINT64_MAX >> (64 - 8 * size)) << 8 * (at->offset & 3);
}

/* An MSI register as it would be. */
static bool is_harmless(const struct capability *msi, unsigned offset, uint32_t value)
{
    bool is_wide = (msi->first & MSI_64_BITS) != 0;
    unsigned mode = MESSAGE_MODE(value);

    switch (offset - msi->at) {
    case 4: return ADDRESS_IS_HARMLESS(value);
    case 8:
        if (is_wide) {
            return value == 0;
        }
        break;
    case 0xC:
        if (is_wide) {
            break;
        }
        return true; /* which messages are masked */
    default: return true;
    }
    return mode <= MODE_LOWEST && MESSAGE_VECTOR(value) != APIC_TIMER_VECTOR;
}

bool pci_message_filter(struct cpu *cpu, const struct pci_register *at, uint8_t size, uint32_t *value)
{
    unsigned shift = 8 * (at->offset & 3);
    uint32_t mask = mask_of(at, size);
    struct capability found;

    if (mutant_is(MUTANT_MESSAGES_OPEN) || !find(cpu, at, &found)) {
        return true;
    }
    if (found.id == CAPABILITY_MSIX) {
        *value &= at->offset - found.at < 4 ? ~(MSIX_ENABLE >> shift) : UINT32_MAX;
        return true;
    }
    return is_harmless(&found, at->offset & ~3u, (pci_read(cpu, at, at->offset) & ~mask) | (*value << shift & mask));
}

/* The id is the first byte of its register: it is in every access that begins there. */
uint32_t pci_message_hide(struct cpu *cpu, const struct pci_register *at, uint32_t value)
{
    struct capability found;

    if (mutant_is(MUTANT_MESSAGES_OPEN) || (at->offset & 3) != 0 || !find(cpu, at, &found)) {
        return value;
    }
    return found.id == CAPABILITY_MSIX && at->offset == found.at ? value & ~UINT32_C(0xFF) : value;
}
