/*
 * Second-level address translation: one table per VTL, guest-physical to
 * system-physical, identity, four levels, with rights per 4 KiB page. The
 * entry encoding is the vendor's (hv/npt.h, hv/ept.h); the walks, splits
 * and rights are here. Callers hold the SLAT lock; flushing other processors'
 * translations is the caller's business (hv/shootdown.h).
 *
 * Legal rights are none, R, RW, RX, RWX, and with mode-based execution UX in
 * place of X (TLFS, "Memory Access Protections").
 */
#pragma once

#include <hv/page_pool.h>

/* The bits of HvCallModifyVtlProtectionMask: KX is execution from supervisor-mode addresses, UX from user-mode ones. */
enum slat_rights {
    SLAT_NONE = 0, SLAT_R = 1, SLAT_W = 2, SLAT_KX = 4, SLAT_UX = 8,
    SLAT_X = SLAT_KX | SLAT_UX, SLAT_RW = SLAT_R | SLAT_W, SLAT_RX = SLAT_R | SLAT_X, SLAT_RWX = SLAT_RW | SLAT_X,
};
/* Memory types, encoded as the MTRRs and EPT entries encode them. */
enum slat_memory {
    SLAT_UNCACHED = 0, SLAT_WRITE_COMBINING = 1, SLAT_WRITE_THROUGH = 4, SLAT_WRITE_PROTECTED = 5, SLAT_WRITE_BACK = 6,
};

/* How a vendor writes entries. level: 1 = 4 KiB, 2 = 2 MiB, 3 = 1 GiB, 4 = top. */
struct slat_format {
    uint64_t (*table)(hpa_t table);
    uint64_t (*leaf)(hpa_t page, unsigned level, unsigned rights, enum slat_memory memory); /* rights != none */
    bool (*is_present)(uint64_t entry);
    bool (*is_leaf)(uint64_t entry, unsigned level);
    hpa_t (*address)(uint64_t entry);
    unsigned (*rights)(uint64_t entry);
    enum slat_memory (*memory)(uint64_t entry);
    unsigned largest_level; /* 3 where 1 GiB pages exist, else 2 */
    bool mode_based;        /* KX and UX can differ */
    bool replaces_mtrrs;    /* leaves decide the memory type alone; else the machine's MTRRs go on doing so */
};

struct slat {
    const struct slat_format *format;
    struct page_pool *pool;
    uint64_t *root;
    enum slat_memory (*memory_at)(gpa_t page); /* the type of RAM that gets its first rights again; NULL: write-back */
};

/* Takes the root page from the pool. False when the pool is empty. */
bool slat_init(struct slat *slat, const struct slat_format *format, struct page_pool *pool);

/* The value for nCR3 or the EPT pointer's address field. */
hpa_t slat_root_address(const struct slat *slat);

/*
 * Identity-maps [base, base + size), both page aligned, below 2^48, with the
 * largest pages that fit, replacing what was there; SLAT_NONE unmaps. False
 * when the pool ran empty or the range is bad: what was mapped by then stays.
 */
bool slat_map(struct slat *slat, gpa_t base, uint64_t size, unsigned rights, enum slat_memory memory);

/*
 * Changes the rights of the mapped or once mapped RAM page that holds address
 * (splitting a large page where needed), keeping its memory type. A page
 * without rights is a zero entry. Cannot run out of memory when the pool was
 * sized by F2. False: pool empty (nothing changed).
 */
bool slat_set_rights(struct slat *slat, gpa_t address, unsigned rights);

/* The entry that decides about address, and its level: for whoever has to say what is wrong with it. */
uint64_t slat_entry(const struct slat *slat, gpa_t address, unsigned *level);

/* The rights of the page that holds address; SLAT_NONE where nothing is mapped. */
unsigned slat_get_rights(const struct slat *slat, gpa_t address);
