/* The few facts that boot takes from ACPI tables. A machine without ACPI has none of them, and that is not an error. */
#pragma once

#include "processors.h"

struct acpi_facts {
    uint16_t pm1a_control_port;
    uint16_t pm1b_control_port;
    uint16_t pm_block; /* PM1a_EVT_BLK: on PIIX4 and ICH9 the PM block's first register */
    uint64_t ecam_base;
    uint32_t ecam_buses;
};

/*
 * Reads FADT, MCFG and MADT. False, after one error line: the MADT names an
 * enabled processor that the MP services do not know, so that it would stay
 * outside the hypervisor.
 */
bool acpi_read(const struct processors *processors, struct acpi_facts *facts);
