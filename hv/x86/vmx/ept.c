/*
 * Entries of extended page tables (SDM vol. 3C, "EPT Translation Mechanism"):
 * bits 2:0 read, write, execute; in a leaf 5:3 the memory type, in a large
 * page's entry bit 7 is set. Accessed and dirty flags stay off (EPTP bit 6).
 * Rights without R do not occur, so no entry is ever misconfigured by them.
 */
#include <hv/ept.h>

#define EPT_RIGHTS     UINT64_C(0x07)
#define EPT_TYPE_SHIFT 3
#define EPT_TYPE_MASK  (UINT64_C(7) << EPT_TYPE_SHIFT)
#define EPT_LARGE      UINT64_C(0x80)
#define EPT_ADDRESS    UINT64_C(0x000FFFFFFFFFF000)

#define TYPE_UNCACHED   UINT64_C(0)
#define TYPE_WRITE_BACK UINT64_C(6)

_Static_assert(SLAT_R == 1 && SLAT_W == 2 && SLAT_X == 4, "rights are the entry's low bits");

static uint64_t ept_table(hpa_t table)
{
    return table.value | EPT_RIGHTS;
}

static uint64_t ept_leaf(hpa_t page, unsigned level, unsigned rights, enum slat_memory memory)
{
    uint64_t type = memory == SLAT_UNCACHED ? TYPE_UNCACHED : TYPE_WRITE_BACK;

    return page.value | (rights & EPT_RIGHTS) | type << EPT_TYPE_SHIFT | (level > 1 ? EPT_LARGE : 0);
}

static bool ept_is_present(uint64_t entry)
{
    return (entry & EPT_RIGHTS) != 0;
}

static bool ept_is_leaf(uint64_t entry, unsigned level)
{
    return level == 1 || (entry & EPT_LARGE) != 0;
}

static hpa_t ept_address(uint64_t entry)
{
    return hpa(entry & EPT_ADDRESS);
}

static unsigned ept_rights(uint64_t entry)
{
    return (unsigned)(entry & EPT_RIGHTS);
}

static enum slat_memory ept_memory(uint64_t entry)
{
    return (entry & EPT_TYPE_MASK) == TYPE_UNCACHED << EPT_TYPE_SHIFT ? SLAT_UNCACHED : SLAT_WRITE_BACK;
}

#define EPT_FORMAT(level)             \
    {                                 \
        .table = ept_table,           \
        .leaf = ept_leaf,             \
        .is_present = ept_is_present, \
        .is_leaf = ept_is_leaf,       \
        .address = ept_address,       \
        .rights = ept_rights,         \
        .memory = ept_memory,         \
        .largest_level = (level),     \
        .devices = SLAT_UNCACHED,     \
    }

const struct slat_format *ept_format(bool pages_1g)
{
    static const struct slat_format formats[2] = { EPT_FORMAT(2), EPT_FORMAT(3) };

    return &formats[pages_1g];
}
