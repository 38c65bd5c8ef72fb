/* The part of ACPI that is plain parsing: no address here is followed. */
#include <vtl0/acpi.h>

#include <lib/string.h>

#define MADT_FIRST_ENTRY   44u
#define MADT_LOCAL_APIC    0u
#define MADT_LOCAL_X2APIC  9u
#define MADT_ENABLED       1u

#define AML_NAME     0x08u
#define AML_BYTE     0x0Au
#define AML_PACKAGE  0x12u
#define AML_ONE      0x01u

int acpi_checksum_ok(const void *table, size_t size)
{
    const uint8_t *bytes = table;
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + bytes[i]);
    }
    return sum == 0;
}

static uint32_t read32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

/* The APIC id of an enabled processor's entry, or -1. */
static int64_t madt_processor(const uint8_t *entry, size_t length)
{
    if (entry[0] == MADT_LOCAL_APIC && length >= 8 && (read32(entry + 4) & MADT_ENABLED) != 0) {
        return entry[3];
    }
    if (entry[0] == MADT_LOCAL_X2APIC && length >= 16 && (read32(entry + 8) & MADT_ENABLED) != 0) {
        return read32(entry + 4);
    }
    return -1;
}

uint32_t acpi_parse_madt(const uint8_t *madt, size_t size, uint32_t *apic_ids, uint32_t capacity)
{
    uint32_t count = 0;

    for (size_t at = MADT_FIRST_ENTRY; at + 2 <= size;) {
        size_t length = madt[at + 1];
        int64_t id;

        if (length < 2 || length > size - at) {
            break;
        }
        id = madt_processor(madt + at, length);
        if (id >= 0 && count < capacity) {
            apic_ids[count++] = (uint32_t)id;
        }
        at += length;
    }
    return count;
}

/* Value of an AML byte constant, ZeroOp or OneOp at at; -1 for anything else. */
static int aml_small_constant(const uint8_t *aml, size_t size, size_t at)
{
    if (at >= size) {
        return -1;
    }
    if (aml[at] == AML_BYTE) {
        return at + 1 < size ? aml[at + 1] : -1;
    }
    return aml[at] <= AML_ONE ? aml[at] : -1;
}

/* at is behind the name: PackageOp, PkgLength (1 to 4 bytes), NumElements, then SLP_TYPa. */
static int sleep_type_at(const uint8_t *aml, size_t size, size_t at)
{
    if (at + 1 >= size || aml[at] != AML_PACKAGE) {
        return -1;
    }
    return aml_small_constant(aml, size, at + 3 + (aml[at + 1] >> 6));
}

int acpi_parse_sleep(const uint8_t *aml, size_t size, char state)
{
    const char name[4] = { '_', 'S', state, '_' };

    for (size_t at = 1; at + 4 <= size; at++) {
        int type;

        if (memcmp(aml + at, name, sizeof(name)) != 0) {
            continue;
        }
        if (aml[at - 1] != AML_NAME && aml[at - 1] != '\\') {
            continue;
        }
        type = sleep_type_at(aml, size, at + 4);
        if (type >= 0) {
            return type & 7;
        }
    }
    return -1;
}
