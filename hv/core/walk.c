/*
 * AMD APM vol. 2, "Page Translation and Protection". Where processors differ
 * in what they reserve, the laxer rule is taken: the guest's own processor has
 * already judged the access that led here, and what is found at the end is
 * checked against the second-level rights in any case.
 *
 * An entry that is not present ends the walk before a reserved bit in it
 * counts; rights are judged at the leaf, over all levels.
 */
#include <hv/walk.h>

#define CR0_WP    (UINT64_C(1) << 16)
#define CR0_PG    (UINT64_C(1) << 31)
#define CR4_PSE   (UINT64_C(1) << 4)
#define CR4_PAE   (UINT64_C(1) << 5)
#define CR4_LA57  (UINT64_C(1) << 12)
#define CR4_SMEP  (UINT64_C(1) << 20)
#define CR4_SMAP  (UINT64_C(1) << 21)
#define EFER_LMA  (UINT64_C(1) << 10)
#define EFER_NXE  (UINT64_C(1) << 11)

#define PTE_PRESENT  (UINT64_C(1) << 0)
#define PTE_WRITE    (UINT64_C(1) << 1)
#define PTE_USER     (UINT64_C(1) << 2)
#define PTE_LARGE    (UINT64_C(1) << 7)
#define PTE_NX       (UINT64_C(1) << 63)
#define PTE_ADDRESS  UINT64_C(0x000FFFFFFFFFF000)

/* Bits first..last. */
#define BITS(last, first) ((~UINT64_C(0) << (first)) & (~UINT64_C(0) >> (63 - (last))))

struct level {
    unsigned shift;          /* of the linear address: the lowest bit of the index */
    unsigned index_bits;
    bool may_be_page;        /* LARGE makes the entry a leaf */
    bool has_no_rights;      /* PAE's top entries have no U/S bit */
    uint64_t table_reserved; /* must be zero in an entry that names a table ... */
    uint64_t page_reserved;  /* ... and in a leaf */
};

struct mode {
    const struct level *levels; /* from the top */
    unsigned level_count;
    unsigned entry_size;
    unsigned linear_bits;       /* 32: no index takes the rest; else the rest must be copies of the top bit */
    uint64_t root_mask;         /* of CR3 */
};

#define LEVEL_4K_LONG  { .shift = 12, .index_bits = 9 }
#define LEVEL_2M_LONG  { .shift = 21, .index_bits = 9, .may_be_page = true, .page_reserved = BITS(20, 13) }
#define LEVEL_1G_LONG  { .shift = 30, .index_bits = 9, .may_be_page = true, .page_reserved = BITS(29, 13) }

static const struct level long_levels[] = {
    { .shift = 48, .index_bits = 9, .table_reserved = PTE_LARGE },
    { .shift = 39, .index_bits = 9, .table_reserved = PTE_LARGE },
    LEVEL_1G_LONG,
    LEVEL_2M_LONG,
    LEVEL_4K_LONG,
};

/* Bit 5 of the top entries is reserved as well, but QEMU 7.2 marks them accessed there. */
static const struct level pae_levels[] = {
    { .shift = 30, .index_bits = 2, .has_no_rights = true, .table_reserved = BITS(2, 1) | BITS(8, 6) | BITS(63, 52) },
    { .shift = 21, .index_bits = 9, .may_be_page = true,
      .table_reserved = BITS(62, 52), .page_reserved = BITS(62, 52) | BITS(20, 13) },
    { .shift = 12, .index_bits = 9, .page_reserved = BITS(62, 52) },
};

static const struct level legacy_levels[] = {
    { .shift = 22, .index_bits = 10 },
    { .shift = 12, .index_bits = 10 },
};

static const struct level legacy_pse_levels[] = {
    { .shift = 22, .index_bits = 10, .may_be_page = true, .page_reserved = BITS(21, 21) },
    { .shift = 12, .index_bits = 10 },
};

static const struct mode mode_5_level = { long_levels, 5, 8, 57, PTE_ADDRESS };
static const struct mode mode_4_level = { long_levels + 1, 4, 8, 48, PTE_ADDRESS };
static const struct mode mode_pae = { pae_levels, 3, 8, 32, BITS(31, 5) };
static const struct mode mode_legacy = { legacy_levels, 2, 4, 32, BITS(31, 12) };
static const struct mode mode_legacy_pse = { legacy_pse_levels, 2, 4, 32, BITS(31, 12) };

static const struct mode *paging_mode(const struct walk_context *context)
{
    if ((context->efer & EFER_LMA) != 0) {
        return (context->cr4 & CR4_LA57) != 0 ? &mode_5_level : &mode_4_level;
    }
    if ((context->cr4 & CR4_PAE) != 0) {
        return &mode_pae;
    }
    return (context->cr4 & CR4_PSE) != 0 ? &mode_legacy_pse : &mode_legacy;
}

static bool is_canonical(const struct mode *mode, uint64_t linear)
{
    unsigned above = 64 - mode->linear_bits;

    return (uint64_t)((int64_t)(linear << above) >> above) == linear;
}

static bool is_leaf(const struct mode *mode, unsigned depth, uint64_t entry)
{
    return depth + 1 == mode->level_count || (mode->levels[depth].may_be_page && (entry & PTE_LARGE) != 0);
}

static bool has_reserved_bit(const struct walk_context *context, const struct level *level, uint64_t entry, bool leaf)
{
    uint64_t reserved = leaf ? level->page_reserved : level->table_reserved;

    if ((context->efer & EFER_NXE) == 0) {
        reserved |= PTE_NX; /* four-byte entries never have it */
    }
    return (entry & reserved) != 0;
}

/* What all levels together allow. */
struct rights {
    bool user, write, no_execute;
};

static bool is_data_denied(const struct walk_context *context, const struct rights *rights)
{
    if (context->write && !rights->write && (context->user || (context->cr0 & CR0_WP) != 0)) {
        return true;
    }
    return !context->user && rights->user && context->smap && (context->cr4 & CR4_SMAP) != 0;
}

static bool is_denied(const struct walk_context *context, const struct rights *rights)
{
    if (context->exempt) {
        return false;
    }
    if (context->user && !rights->user) {
        return true;
    }
    if (!context->fetch) {
        return is_data_denied(context, rights);
    }
    return rights->no_execute || (!context->user && rights->user && (context->cr4 & CR4_SMEP) != 0);
}

static uint64_t page_base(const struct mode *mode, const struct level *level, uint64_t entry)
{
    uint64_t base = entry & PTE_ADDRESS & (~UINT64_C(0) << level->shift);

    if (mode->entry_size == 4 && level->may_be_page) {
        base |= (entry & BITS(20, 13)) << 19; /* PSE-36: bits 39-32 of the address */
    }
    return base;
}

static uint64_t entry_address(const struct mode *mode, const struct level *level, uint64_t table, uint64_t linear)
{
    uint64_t index = (linear >> level->shift) & ((UINT64_C(1) << level->index_bits) - 1);

    return table + index * mode->entry_size;
}

static void keep(struct walk_trail *trail, const struct mode *mode, unsigned depth, uint64_t at, uint64_t entry)
{
    if (trail != NULL) {
        trail->count = depth + 1;
        trail->entry_size = mode->entry_size;
        trail->entries[depth].at = gpa(at);
        trail->entries[depth].value = entry;
        trail->entries[depth].has_accessed = !mode->levels[depth].has_no_rights;
    }
}

static enum walk_result walk_tables(const struct walk_context *context, const struct walk_reader *reader,
                                    const struct mode *mode, uint64_t linear, gpa_t *out)
{
    uint64_t table = context->cr3 & mode->root_mask;
    struct rights rights = { .user = true, .write = true };

    for (unsigned depth = 0;; depth++) {
        const struct level *level = &mode->levels[depth];
        uint64_t at = entry_address(mode, level, table, linear), entry = 0;

        if (!reader->read(reader->self, gpa(at), &entry, mode->entry_size)) {
            return WALK_UNREADABLE;
        }
        keep(context->trail, mode, depth, at, entry);
        if ((entry & PTE_PRESENT) == 0) {
            return WALK_NOT_PRESENT;
        }
        bool leaf = is_leaf(mode, depth, entry);
        if (has_reserved_bit(context, level, entry, leaf)) {
            return WALK_RESERVED;
        }
        rights.user = rights.user && (level->has_no_rights || (entry & PTE_USER) != 0);
        rights.write = rights.write && (level->has_no_rights || (entry & PTE_WRITE) != 0);
        rights.no_execute = rights.no_execute || (entry & PTE_NX) != 0;
        if (leaf && is_denied(context, &rights)) {
            return WALK_DENIED;
        }
        if (leaf) {
            *out = gpa(page_base(mode, level, entry) | (linear & ~(~UINT64_C(0) << level->shift)));
            return WALK_OK;
        }
        table = entry & PTE_ADDRESS;
    }
}

enum walk_result walk_translate(const struct walk_context *context, const struct walk_reader *reader, gva_t address,
                                gpa_t *out)
{
    const struct mode *mode = paging_mode(context);

    *out = gpa(0);
    if (context->trail != NULL) {
        context->trail->count = 0;
    }
    if ((context->cr0 & CR0_PG) == 0) {
        *out = gpa((uint32_t)address.value);
        return WALK_OK;
    }
    if (mode->linear_bits > 32 && !is_canonical(mode, address.value)) {
        return WALK_NOT_PRESENT;
    }
    return walk_tables(context, reader, mode, address.value, out);
}
