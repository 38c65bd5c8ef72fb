/* What the tests of the guest walk share. */
#pragma once

#include <hv/walk.h>

#define PATH_LEVELS 5u

#define CR0_WP    (UINT64_C(1) << 16)
#define CR0_PG    (UINT64_C(1) << 31)
#define CR4_PSE   (UINT64_C(1) << 4)
#define CR4_PAE   (UINT64_C(1) << 5)
#define CR4_LA57  (UINT64_C(1) << 12)
#define CR4_SMEP  (UINT64_C(1) << 20)
#define CR4_SMAP  (UINT64_C(1) << 21)
#define EFER_LMA  (UINT64_C(1) << 10)
#define EFER_NXE  (UINT64_C(1) << 11)

#define BIT_P   UINT64_C(0x01)
#define BIT_W   UINT64_C(0x02)
#define BIT_U   UINT64_C(0x04)
#define BIT_PS  UINT64_C(0x80)
#define BIT_NX  (UINT64_C(1) << 63)

/* One table entry on the way, and what the manual says of its bits. */
struct entry {
    uint64_t address;
    uint64_t value;     /* present, user, writable, executable */
    uint64_t reserved;  /* bits that must be zero */
    uint64_t where;     /* bits that say where the walk goes on */
    bool no_rights;     /* the entry has no U bit */
    bool unreadable;
    unsigned reads;     /* so far */
};

/* A translation that succeeds. */
struct path {
    const char *name;
    uint64_t cr3, cr4, efer;
    uint64_t linear, expected;
    unsigned levels;
    unsigned entry_size;
    struct entry entries[PATH_LEVELS]; /* from the top */
};

extern const struct path paths[];
extern const unsigned path_count;

/*
 * Walks over a copy of the path's entries: the only memory there is. The
 * first read of an entry turns it into something else; reads of anything else,
 * of another size or without alignment fail the test.
 */
enum walk_result path_walk(struct path *path, struct walk_context context, gpa_t *out);

/* The context for a path: paging on, a supervisor's data access. */
struct walk_context path_context(const struct path *path);
