/*
 * Nested page tables have the layout of long mode's tables (AMD APM vol. 2,
 * "Long-Mode Page Translation"); the processor walks them as user accesses
 * ("Nested Paging": "Nested versus Guest Page Faults, Fault Ordering"), so U
 * is set in every entry.
 */
#include <hv/npt.h>

#define NPT_PRESENT   UINT64_C(0x01)
#define NPT_WRITE     UINT64_C(0x02)
#define NPT_USER      UINT64_C(0x04)
#define NPT_PWT       UINT64_C(0x08)
#define NPT_PCD       UINT64_C(0x10)
#define NPT_ACCESSED  UINT64_C(0x20)
#define NPT_DIRTY     UINT64_C(0x40)
#define NPT_LARGE     UINT64_C(0x80)
#define NPT_NX        (UINT64_C(1) << 63)
#define NPT_ADDRESS   UINT64_C(0x000FFFFFFFFFF000)

#define NPT_UNCACHED  (NPT_PCD | NPT_PWT)

/*
 * Accessed and dirty are set from the start: nobody here reads them, and a
 * processor that has nothing to set never writes to an entry, so it cannot
 * race with a change of rights.
 */
#define NPT_TABLE     (NPT_PRESENT | NPT_WRITE | NPT_USER | NPT_ACCESSED)
#define NPT_LEAF      (NPT_PRESENT | NPT_USER | NPT_ACCESSED | NPT_DIRTY)

static uint64_t npt_table(hpa_t table)
{
    return table.value | NPT_TABLE;
}

static uint64_t npt_leaf(hpa_t page, unsigned level, unsigned rights, enum slat_memory memory)
{
    uint64_t entry = page.value | NPT_LEAF;

    entry |= (rights & SLAT_W) != 0 ? NPT_WRITE : 0;
    entry |= (rights & SLAT_X) != 0 ? 0 : NPT_NX;
    entry |= memory == SLAT_UNCACHED ? NPT_UNCACHED : 0; /* all other types are the MTRRs' business */
    entry |= level > 1 ? NPT_LARGE : 0;
    return entry;
}

static bool npt_is_present(uint64_t entry)
{
    return (entry & NPT_PRESENT) != 0;
}

/* In a 4 KiB entry the bit of LARGE is PAT's (never set here). */
static bool npt_is_leaf(uint64_t entry, unsigned level)
{
    return level == 1 || (entry & NPT_LARGE) != 0;
}

static hpa_t npt_address(uint64_t entry)
{
    return hpa(entry & NPT_ADDRESS);
}

static unsigned npt_rights(uint64_t entry)
{
    unsigned rights = (entry & NPT_PRESENT) != 0 ? SLAT_R : SLAT_NONE;

    if (rights == SLAT_NONE) {
        return rights;
    }
    rights |= (entry & NPT_WRITE) != 0 ? SLAT_W : 0;
    rights |= (entry & NPT_NX) != 0 ? 0 : SLAT_X;
    return rights;
}

static enum slat_memory npt_memory(uint64_t entry)
{
    return (entry & NPT_UNCACHED) == NPT_UNCACHED ? SLAT_UNCACHED : SLAT_WRITE_BACK;
}

#define NPT_FORMAT(level)            \
    {                                \
        .table = npt_table,          \
        .leaf = npt_leaf,            \
        .is_present = npt_is_present,\
        .is_leaf = npt_is_leaf,      \
        .address = npt_address,      \
        .rights = npt_rights,        \
        .memory = npt_memory,        \
        .largest_level = (level),    \
    }

const struct slat_format *npt_format(bool pages_1g)
{
    static const struct slat_format formats[2] = { NPT_FORMAT(2), NPT_FORMAT(3) };

    return &formats[pages_1g];
}
