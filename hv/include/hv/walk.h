/*
 * Translation of a guest's linear address through the guest's own page tables
 * (real mode, 32-bit, PAE, 4- and 5-level), for fetching instruction bytes and
 * for HvCallTranslateVirtualAddress.
 * Reads each table entry once, through the reader, which applies the rights
 * of the VTL on whose behalf it reads; sets no accessed or dirty bits, but can
 * say which entries it used.
 */
#pragma once

#include <hv/types.h>

/* The entries that a successful translation used, from the top; none without paging. */
#define WALK_MAX_LEVELS 5u
struct walk_trail {
    unsigned count;
    size_t entry_size;
    struct {
        gpa_t at;
        uint64_t value;
        bool has_accessed; /* PAE's top entries have no such flag */
    } entries[WALK_MAX_LEVELS];
};

struct walk_context {
    uint64_t cr0, cr3, cr4, efer;
    bool user;    /* access at CPL 3 */
    bool fetch;   /* instruction fetch: NX and SMEP apply */
    bool write;   /* W applies, to a supervisor where CR0.WP is set */
    bool smap;    /* a supervisor's data access to a user page is denied where CR4.SMAP is set */
    bool exempt;  /* no rights of the guest's tables apply */
    struct walk_trail *trail; /* NULL: nobody asks */
};

/* Reads size bytes (4 or 8, naturally aligned) at address into to. False: not readable. */
struct walk_reader {
    bool (*read)(void *self, gpa_t address, void *to, size_t size);
    void *self;
};

enum walk_result {
    WALK_OK = 0,
    WALK_NOT_PRESENT,    /* an entry is not present, or the address is not canonical */
    WALK_DENIED,         /* rights in the guest's tables forbid it */
    WALK_RESERVED,       /* reserved bit set in an entry */
    WALK_UNREADABLE,     /* a table lies where the reader may not read */
};

enum walk_result walk_translate(const struct walk_context *context, const struct walk_reader *reader, gva_t address, gpa_t *out);
