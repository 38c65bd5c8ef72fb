/*
 * Entries of extended page tables (SDM vol. 3C, "EPT Translation Mechanism"):
 * bits 2:0 read, write, execute and, with mode-based execute control, 10
 * execute from user-mode addresses (else ignored); in a leaf 5:3 the memory type, in a large
 * page's entry bit 7 is set. Rights without R do not occur, so no entry is
 * ever misconfigured by them.
 *
 * Accessed and dirty (bits 8, 9) are set from the start, as in npt.c: the
 * processor then never writes to an entry. The flags are on (EPTP bit 6) not
 * for their own sake, but because a guest's table walk is then a write, to be
 * refused where VTL0 may only read ("Accessed and Dirty Flags for EPT").
 */
#include <hv/ept.h>

#include <hv/mutant.h>

#define EPT_LOW_RIGHTS UINT64_C(0x07) /* R, W, KX */
#define EPT_USER_X     UINT64_C(0x400)
#define EPT_RIGHTS     (EPT_LOW_RIGHTS | EPT_USER_X)
#define EPT_TYPE_SHIFT 3
#define EPT_TYPE_MASK  (UINT64_C(7) << EPT_TYPE_SHIFT)
#define EPT_LARGE      UINT64_C(0x80)
#define EPT_ACCESSED   UINT64_C(0x100)
#define EPT_DIRTY      UINT64_C(0x200)
#define EPT_ADDRESS    UINT64_C(0x000FFFFFFFFFF000)

_Static_assert(SLAT_R == 1 && SLAT_W == 2 && SLAT_KX == 4, "these rights are the entry's low bits");

static uint64_t ept_table(hpa_t table)
{
    return table.value | EPT_RIGHTS | EPT_ACCESSED;
}

static uint64_t bits_of(unsigned rights)
{
    return (rights & EPT_LOW_RIGHTS) | ((rights & SLAT_UX) != 0 ? EPT_USER_X : 0);
}

static uint64_t ept_leaf(hpa_t page, unsigned level, unsigned rights, enum slat_memory memory)
{
    if (mutant_is(MUTANT_EPT_MISCONFIGURED) && rights == SLAT_R) {
        rights = SLAT_W;
    }
    return page.value | bits_of(rights) | (uint64_t)memory << EPT_TYPE_SHIFT | (level > 1 ? EPT_LARGE : 0)
        | EPT_ACCESSED | EPT_DIRTY;
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
    return (unsigned)(entry & EPT_LOW_RIGHTS) | ((entry & EPT_USER_X) != 0 ? (unsigned)SLAT_UX : 0);
}

static enum slat_memory ept_memory(uint64_t entry)
{
    return (enum slat_memory)((entry & EPT_TYPE_MASK) >> EPT_TYPE_SHIFT);
}

#define EPT_FORMAT(level, by_mode)    \
    {                                 \
        .table = ept_table,           \
        .leaf = ept_leaf,             \
        .is_present = ept_is_present, \
        .is_leaf = ept_is_leaf,       \
        .address = ept_address,       \
        .rights = ept_rights,         \
        .memory = ept_memory,         \
        .largest_level = (level),     \
        .mode_based = (by_mode),      \
        .replaces_mtrrs = true,       \
    }

const struct slat_format *ept_format(bool pages_1g, bool mode_based)
{
    static const struct slat_format formats[2][2] = {
        { EPT_FORMAT(2, false), EPT_FORMAT(2, true) }, { EPT_FORMAT(3, false), EPT_FORMAT(3, true) },
    };

    return &formats[pages_1g][mode_based];
}
