/*
 * The few static ACPI tables this kernel reads (ACPI specification, "System
 * Description Tables"). A machine without ACPI is legal: everything is then
 * empty. The parsing functions work on plain memory and run on a host too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acpi_header {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char oem_id[6];
    char oem_table_id[8];
    uint32_t oem_revision;
    uint32_t creator_id;
    uint32_t creator_revision;
};
_Static_assert(sizeof(struct acpi_header) == 36, "ACPI, DESCRIPTION_HEADER");

struct acpi_power {
    uint16_t pm1a_control; /* I/O port; 0 when unknown */
    uint8_t s5_type;
    int s3_type;           /* -1 when the tables know no S3 */
};

/* Walks the tables from the root pointer (physical = virtual); 0 means no ACPI. */
void acpi_init(uint64_t rsdp);

const struct acpi_power *acpi_power_control(void);

/* Does the firmware describe a TPM 2.0 (table "TPM2")? */
bool acpi_has_tpm(void);

/* APIC ids of the enabled processors, as the MADT lists them; 0 without one. */
uint32_t acpi_processors(uint32_t *apic_ids, uint32_t capacity);

/* The sum of all bytes of a table must be zero. */
int acpi_checksum_ok(const void *table, size_t size);

/* Enabled processors of a MADT of the given size; ids beyond capacity are counted out. */
uint32_t acpi_parse_madt(const uint8_t *madt, size_t size, uint32_t *apic_ids, uint32_t capacity);

/* SLP_TYPa of the package \_S3 or \_S5 in AML, by its digit; -1 when there is none. */
int acpi_parse_sleep(const uint8_t *aml, size_t size, char state);
