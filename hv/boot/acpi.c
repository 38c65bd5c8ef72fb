#include "acpi.h"

#include "log.h"

#include <lib/string.h>

/* ACPI Specification, "System Description Table Header". */
struct table_header {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    uint8_t rest[26];
} __attribute__((packed));
_Static_assert(sizeof(struct table_header) == 36, "ACPI table header");

#define RSDP_REVISION 15u
#define RSDP_RSDT     16u
#define RSDP_XSDT     24u

#define FADT_PM1A_EVT_BLK 56u
#define FADT_PM1A_CNT_BLK 64u
#define FADT_PM1B_CNT_BLK 68u

#define MCFG_ENTRIES    44u
#define MCFG_ENTRY_SIZE 16u

#define MADT_ENTRIES        44u
#define MADT_LOCAL_APIC     0u
#define MADT_LOCAL_X2APIC   9u
#define MADT_ENABLED        1u

static const EFI_GUID acpi_guids[] = { ACPI_20_TABLE_GUID, ACPI_TABLE_GUID };

static uint64_t read_le(const void *from, unsigned size)
{
    uint64_t value = 0;

    memcpy(&value, from, size);
    return value;
}

static bool table_valid(const struct table_header *table)
{
    const uint8_t *bytes = (const uint8_t *)table;
    uint8_t sum = 0;

    if (table == NULL || table->length < sizeof(*table)) {
        return false;
    }
    for (uint32_t i = 0; i < table->length; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    return sum == 0;
}

/* The XSDT where there is one, else the RSDT; entry_size tells which. */
static const struct table_header *find_root(unsigned *entry_size)
{
    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *rsdp = firmware_configuration_table(&acpi_guids[i]);
        uint64_t xsdt;

        if (rsdp == NULL) {
            continue;
        }
        xsdt = rsdp[RSDP_REVISION] >= 2 ? read_le(rsdp + RSDP_XSDT, 8) : 0;
        *entry_size = xsdt != 0 ? 8 : 4;
        return (const struct table_header *)(uintptr_t)(xsdt != 0 ? xsdt : read_le(rsdp + RSDP_RSDT, 4));
    }
    return NULL;
}

static const uint8_t *find_table(const char *signature)
{
    unsigned entry_size;
    const struct table_header *root = find_root(&entry_size);

    if (!table_valid(root)) {
        return NULL;
    }
    for (uint32_t at = sizeof(*root); at + entry_size <= root->length; at += entry_size) {
        const struct table_header *table =
            (const struct table_header *)(uintptr_t)read_le((const uint8_t *)root + at, entry_size);

        if (table_valid(table) && memcmp(table->signature, signature, 4) == 0) {
            return (const uint8_t *)table;
        }
    }
    return NULL;
}

static uint32_t table_length(const uint8_t *table)
{
    return ((const struct table_header *)table)->length;
}

static void read_fadt(const uint8_t *fadt, struct acpi_facts *facts)
{
    if (fadt == NULL || table_length(fadt) < FADT_PM1B_CNT_BLK + 4) {
        return;
    }
    facts->pm_block = (uint16_t)read_le(fadt + FADT_PM1A_EVT_BLK, 4);
    facts->pm1a_control_port = (uint16_t)read_le(fadt + FADT_PM1A_CNT_BLK, 4);
    facts->pm1b_control_port = (uint16_t)read_le(fadt + FADT_PM1B_CNT_BLK, 4);
}

static void read_mcfg(const uint8_t *mcfg, struct acpi_facts *facts)
{
    for (uint32_t at = MCFG_ENTRIES; mcfg != NULL && at + MCFG_ENTRY_SIZE <= table_length(mcfg); at += MCFG_ENTRY_SIZE) {
        uint16_t segment = (uint16_t)read_le(mcfg + at + 8, 2);

        if (segment == 0 && mcfg[at + 10] == 0) { /* first bus 0 */
            facts->ecam_base = read_le(mcfg + at, 8);
            facts->ecam_buses = mcfg[at + 11] + 1u;
        }
    }
}

static bool processor_known(const struct processors *processors, uint64_t apic_id)
{
    for (uint32_t i = 0; i < processors->count; i++) {
        if (processors->apic_ids[i] == apic_id) {
            return true;
        }
    }
    log_error("processor with local APIC id 0x%lx: in the MADT, but the firmware's MP services do not know it", apic_id);
    return false;
}

static bool check_madt_entry(const uint8_t *entry, const struct processors *processors)
{
    if (entry[0] == MADT_LOCAL_APIC && entry[1] >= 8 && (read_le(entry + 4, 4) & MADT_ENABLED) != 0) {
        return processor_known(processors, entry[3]);
    }
    if (entry[0] == MADT_LOCAL_X2APIC && entry[1] >= 16 && (read_le(entry + 8, 4) & MADT_ENABLED) != 0) {
        return processor_known(processors, read_le(entry + 4, 4));
    }
    return true;
}

static bool check_madt(const uint8_t *madt, const struct processors *processors)
{
    uint32_t at = MADT_ENTRIES;

    while (madt != NULL && at + 2 <= table_length(madt)) {
        uint8_t size = madt[at + 1];

        if (size < 2 || at + size > table_length(madt)) {
            return true;
        }
        if (!check_madt_entry(madt + at, processors)) {
            return false;
        }
        at += size;
    }
    return true;
}

bool acpi_read(const struct processors *processors, struct acpi_facts *facts)
{
    *facts = (struct acpi_facts){ 0 };
    read_fadt(find_table("FACP"), facts);
    read_mcfg(find_table("MCFG"), facts);
    return check_madt(find_table("APIC"), processors);
}
