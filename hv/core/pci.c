/*
 * PCI configuration writes that could move or re-route memory under the
 * second-level tables (attacks.md MEM-12): the host bridge's and the LPC
 * bridge's own registers. Everything else is a device of VTL0's.
 */
#include <hv/guarded.h>

struct config_range {
    uint8_t device, function;
    uint16_t first, last;
};

static const struct config_range refused[] = {
    { 0x00, 0, 0x40, 0xFFF }, /* host bridge: PCIEXBAR, PAM, SMRAM, TSEG, TOLUD, REMAP */
    { 0x1F, 0, 0x40, 0x5F },  /* LPC bridge: PMBASE, ACPI_CNTL, GPIO base */
    { 0x1F, 0, 0xD0, 0xFFF }, /* LPC bridge: firmware hub decode, BIOS_CNTL, RCBA */
};

bool pci_write_allowed(unsigned bus, unsigned device, unsigned function, unsigned register_offset)
{
    if (bus != 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (refused[i].device == device && refused[i].function == function && register_offset >= refused[i].first
            && register_offset <= refused[i].last) {
            return false;
        }
    }
    return true;
}
