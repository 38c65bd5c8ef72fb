#include <vtl0/acpi.h>

#include <lib/string.h>
#include <vtl0/console.h>

#define RSDP_V1_SIZE       20u
#define RSDP_REVISION      15u
#define RSDP_RSDT          16u
#define RSDP_XSDT          24u
#define FADT_DSDT          40u
#define FADT_PM1A_CONTROL  64u
#define MAX_TABLE_SIZE     (16u << 20)

static struct acpi_power power;
static const struct acpi_header *madt;
static bool has_tpm;

const struct acpi_power *acpi_power_control(void)
{
    return &power;
}

bool acpi_has_tpm(void)
{
    return has_tpm;
}

uint32_t acpi_processors(uint32_t *apic_ids, uint32_t capacity)
{
    return madt != NULL ? acpi_parse_madt((const uint8_t *)madt, madt->length, apic_ids, capacity) : 0;
}

/* NULL when the table is not what it should be. */
static const struct acpi_header *table_at(uint64_t address, const char *signature)
{
    const struct acpi_header *table = (const void *)(uintptr_t)address;

    if (address == 0 || (signature != NULL && memcmp(table->signature, signature, 4) != 0) ||
        table->length < sizeof(*table) || table->length > MAX_TABLE_SIZE || !acpi_checksum_ok(table, table->length)) {
        return NULL;
    }
    return table;
}

static uint64_t read_pointer(const uint8_t *at, size_t width)
{
    uint64_t value = 0;

    memcpy(&value, at, width);
    return value;
}

static void read_dsdt(uint64_t address)
{
    const struct acpi_header *dsdt = table_at(address, "DSDT");
    int type = -1;

    power.s3_type = -1;
    if (dsdt != NULL) {
        power.s3_type = acpi_parse_sleep((const uint8_t *)dsdt, dsdt->length, '3');
        type = acpi_parse_sleep((const uint8_t *)dsdt, dsdt->length, '5');
    }
    if (type < 0) {
        power.pm1a_control = 0;
        console_printf("acpi: no \\_S5 package, power-off is not possible\n");
        return;
    }
    power.s5_type = (uint8_t)type;
}

static void read_fadt(const struct acpi_header *fadt)
{
    const uint8_t *bytes = (const uint8_t *)fadt;

    if (fadt->length < FADT_PM1A_CONTROL + 4) {
        return;
    }
    power.pm1a_control = (uint16_t)read_pointer(bytes + FADT_PM1A_CONTROL, 4);
    read_dsdt(read_pointer(bytes + FADT_DSDT, 4));
}

static void read_table(uint64_t address)
{
    const struct acpi_header *table = table_at(address, NULL);

    if (table == NULL) {
        return;
    }
    if (memcmp(table->signature, "FACP", 4) == 0) {
        read_fadt(table);
    } else if (memcmp(table->signature, "APIC", 4) == 0) {
        madt = table;
    } else if (memcmp(table->signature, "TPM2", 4) == 0) {
        has_tpm = true;
    }
}

static void read_root(uint64_t address, const char *signature, size_t width)
{
    const struct acpi_header *root = table_at(address, signature);
    const uint8_t *bytes = (const uint8_t *)root;

    if (root == NULL) {
        console_printf("acpi: the %s is damaged\n", signature);
        return;
    }
    for (size_t at = sizeof(*root); at + width <= root->length; at += width) {
        read_table(read_pointer(bytes + at, width));
    }
}

void acpi_init(uint64_t rsdp)
{
    const uint8_t *bytes = (const uint8_t *)(uintptr_t)rsdp;

    if (rsdp == 0) {
        console_printf("acpi: none\n");
        return;
    }
    if (memcmp(bytes, "RSD PTR ", 8) != 0 || !acpi_checksum_ok(bytes, RSDP_V1_SIZE)) {
        console_printf("acpi: the root pointer is damaged\n");
        return;
    }
    if (bytes[RSDP_REVISION] >= 2 && read_pointer(bytes + RSDP_XSDT, 8) != 0) {
        read_root(read_pointer(bytes + RSDP_XSDT, 8), "XSDT", 8);
    } else {
        read_root(read_pointer(bytes + RSDP_RSDT, 4), "RSDT", 4);
    }
}
