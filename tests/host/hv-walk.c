#include <setjmp.h>
#include <stdarg.h>

#include "hv-walk.h"

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t bit(unsigned number)
{
    return UINT64_C(1) << number;
}

/* Every entry down to (and with) last was read once, the others never. */
static void expect_reads(const struct path *path, unsigned last)
{
    for (unsigned i = 0; i < path->levels; i++) {
        assert_int_equal(path->entries[i].reads, i <= last);
    }
}

/* Walks with mask flipped in one entry of the path. */
static void expect_flipped(const struct path *path, struct walk_context context, unsigned level, uint64_t mask,
                           enum walk_result expected)
{
    struct path copy = *path;
    gpa_t out = gpa(~UINT64_C(0));

    copy.entries[level].value ^= mask;
    assert_int_equal(path_walk(&copy, context, &out), expected);
    if (expected == WALK_OK) {
        assert_int_equal(out.value, path->expected);
    }
    expect_reads(&copy, expected == WALK_OK || expected == WALK_DENIED ? path->levels - 1 : level);
}

static void test_translates(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        print_message("%s\n", paths[i].name);
        for (unsigned access = 0; access < 4; access++) {
            struct walk_context context = path_context(&paths[i]);
            context.user = (access & 1) != 0;
            context.fetch = (access & 2) != 0;
            expect_flipped(&paths[i], context, 0, 0, WALK_OK);
            context.cr0 |= bit(16); /* WP: not for reads */
            expect_flipped(&paths[i], context, 0, 0, WALK_OK);
        }
    }
}

/* What one flipped bit of an entry does to a supervisor's data access. */
static void check_bit(const struct path *path, unsigned level, unsigned number)
{
    const struct entry *entry = &path->entries[level];

    if ((entry->where & bit(number)) != 0) {
        return;
    }
    enum walk_result expected = WALK_OK;
    if (bit(number) == BIT_P) {
        expected = WALK_NOT_PRESENT;
    } else if ((entry->reserved & bit(number)) != 0) {
        expected = WALK_RESERVED;
    }
    expect_flipped(path, path_context(path), level, bit(number), expected);
}

static void test_every_bit_of_every_entry(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        print_message("%s\n", paths[i].name);
        for (unsigned level = 0; level < paths[i].levels; level++) {
            for (unsigned number = 0; number < paths[i].entry_size * 8; number++) {
                check_bit(&paths[i], level, number);
            }
        }
    }
}

/* The address bits of the leaf go to the result, one to one (PSE-36 apart, which has a path of its own). */
static void test_every_address_bit_of_the_leaf(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        const struct path *path = &paths[i];
        const struct entry *leaf = &path->entries[path->levels - 1];
        for (unsigned number = 22; number < path->entry_size * 8; number++) {
            if ((leaf->where & bit(number)) != 0) {
                struct path copy = *path;
                gpa_t out;
                copy.entries[path->levels - 1].value ^= bit(number);
                assert_int_equal(path_walk(&copy, path_context(path), &out), WALK_OK);
                assert_int_equal(out.value, path->expected ^ bit(number));
            }
        }
    }
}

static void test_absent_wins_over_reserved(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (unsigned level = 0; level < paths[i].levels; level++) {
            uint64_t mask = BIT_P | paths[i].entries[level].reserved;
            expect_flipped(&paths[i], path_context(&paths[i]), level, mask, WALK_NOT_PRESENT);
        }
    }
}

static void test_unreadable_tables(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (unsigned level = 0; level < paths[i].levels; level++) {
            struct path copy = paths[i];
            gpa_t out;
            copy.entries[level].unreadable = true;
            assert_int_equal(path_walk(&copy, path_context(&copy), &out), WALK_UNREADABLE);
            expect_reads(&copy, level);
        }
    }
}

static void test_user_bit(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (unsigned level = 0; level < paths[i].levels; level++) {
            if (paths[i].entries[level].no_rights) {
                continue;
            }
            struct walk_context context = path_context(&paths[i]);
            expect_flipped(&paths[i], context, level, BIT_U, WALK_OK);
            context.user = true;
            expect_flipped(&paths[i], context, level, BIT_U, WALK_DENIED);
            context.fetch = true;
            expect_flipped(&paths[i], context, level, BIT_U, WALK_DENIED);
        }
    }
}

static void test_smep(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        struct walk_context context = path_context(&paths[i]);
        context.cr4 |= CR4_SMEP;
        expect_flipped(&paths[i], context, 0, 0, WALK_OK); /* no fetch */
        context.fetch = true;
        expect_flipped(&paths[i], context, 0, 0, WALK_DENIED);
        for (unsigned level = 0; level < paths[i].levels; level++) {
            if (!paths[i].entries[level].no_rights) { /* one level without U makes a supervisor page */
                expect_flipped(&paths[i], context, level, BIT_U, WALK_OK);
            }
        }
        context.user = true;
        expect_flipped(&paths[i], context, 0, 0, WALK_OK);
    }
}

static void test_no_execute(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (unsigned level = 0; level < paths[i].levels; level++) {
            if (paths[i].entry_size != 8 || paths[i].entries[level].no_rights) {
                continue;
            }
            struct walk_context context = path_context(&paths[i]);
            expect_flipped(&paths[i], context, level, BIT_NX, WALK_OK);
            context.fetch = true;
            expect_flipped(&paths[i], context, level, BIT_NX, WALK_DENIED);
            context.user = true;
            expect_flipped(&paths[i], context, level, BIT_NX, WALK_DENIED);
            context.efer &= ~EFER_NXE;
            expect_flipped(&paths[i], context, level, 0, WALK_OK);
            expect_flipped(&paths[i], context, level, BIT_NX, WALK_RESERVED);
            context.fetch = false;
            expect_flipped(&paths[i], context, level, BIT_NX, WALK_RESERVED);
        }
    }
}

/* Rights are judged last: what is absent or malformed further down comes first. */
static void test_rights_come_last(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        unsigned leaf = paths[i].levels - 1;
        struct path path = paths[i];
        struct walk_context context = path_context(&path);

        context.user = true;
        for (unsigned level = 0; level <= leaf; level++) {
            path.entries[level].value &= path.entries[level].no_rights ? ~UINT64_C(0) : ~BIT_U;
        }
        expect_flipped(&path, context, leaf, 0, WALK_DENIED);
        expect_flipped(&path, context, leaf, BIT_P, WALK_NOT_PRESENT);
        if (path.entries[leaf].reserved != 0) {
            expect_flipped(&path, context, leaf, path.entries[leaf].reserved, WALK_RESERVED);
        }
    }
}

static bool read_nothing(void *self, gpa_t address, void *to, size_t size)
{
    (void)self, (void)address, (void)to, (void)size;
    fail_msg("a table was read");
    return false;
}

static const struct walk_reader no_tables = { .read = read_nothing };

static void test_paging_off(void **state)
{
    static const struct { uint64_t linear, expected; } rows[] = {
        { 0, 0 }, { 0xFFFF0, 0xFFFF0 }, { 0x10FFEF, 0x10FFEF }, { 0xFFFFFFFF, 0xFFFFFFFF },
        { UINT64_C(0x100000000), 0 }, { UINT64_C(0xFFFFFFFFFFFFFFF0), 0xFFFFFFF0 },
    };
    struct walk_context context = { .cr3 = 0x1000, .cr4 = CR4_PAE | CR4_SMEP, .user = true, .fetch = true };

    (void)state;
    for (unsigned i = 0; i < 2 * LENGTH(rows); i++) {
        gpa_t out;
        context.cr0 = i % 2; /* real mode; protected mode without paging */
        assert_int_equal(walk_translate(&context, &no_tables, gva(rows[i / 2].linear), &out), WALK_OK);
        assert_int_equal(out.value, rows[i / 2].expected);
    }
}

static void test_non_canonical(void **state)
{
    static const struct { uint64_t cr4, linear; } rows[] = {
        { CR4_PAE, UINT64_C(0x0000800000000000) },
        { CR4_PAE, UINT64_C(0xFFFF7FFFFFFFFFFF) },
        { CR4_PAE, UINT64_C(0x8000000000000000) },
        { CR4_PAE, UINT64_C(0x7FFFFFFFFFFFFFFF) },
        { CR4_PAE, UINT64_C(0x0001000000000000) },
        { CR4_PAE, UINT64_C(0xFF123456789ABCDE) },
        { CR4_PAE | CR4_LA57, UINT64_C(0x0100000000000000) },
        { CR4_PAE | CR4_LA57, UINT64_C(0xFEFFFFFFFFFFFFFF) },
        { CR4_PAE | CR4_LA57, UINT64_C(0x8000000000000000) },
    };

    (void)state;
    for (unsigned i = 0; i < LENGTH(rows); i++) {
        struct walk_context context = { .cr0 = CR0_PG | 1, .cr4 = rows[i].cr4, .efer = EFER_LMA };
        gpa_t out;
        assert_int_equal(walk_translate(&context, &no_tables, gva(rows[i].linear), &out), WALK_NOT_PRESENT);
    }
}

static bool read_absent(void *self, gpa_t address, void *to, size_t size)
{
    (void)address;
    ++*(unsigned *)self;
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = 0;
    }
    return true;
}

/* The ends of the canonical halves get as far as the tables. */
static void test_canonical_ends(void **state)
{
    static const struct { uint64_t cr4, linear; } rows[] = {
        { CR4_PAE, 0 },
        { CR4_PAE, UINT64_C(0x00007FFFFFFFFFFF) },
        { CR4_PAE, UINT64_C(0xFFFF800000000000) },
        { CR4_PAE, UINT64_MAX },
        { CR4_PAE | CR4_LA57, UINT64_C(0x00FFFFFFFFFFFFFF) },
        { CR4_PAE | CR4_LA57, UINT64_C(0xFF00000000000000) },
    };

    (void)state;
    for (unsigned i = 0; i < LENGTH(rows); i++) {
        struct walk_context context = { .cr0 = CR0_PG | 1, .cr4 = rows[i].cr4, .efer = EFER_LMA };
        unsigned reads = 0;
        struct walk_reader reader = { .read = read_absent, .self = &reads };
        gpa_t out;
        assert_int_equal(walk_translate(&context, &reader, gva(rows[i].linear), &out), WALK_NOT_PRESENT);
        assert_int_equal(reads, 1);
    }
}

/* W over all levels: it binds user mode always, a supervisor where CR0.WP is set, and no fetch and no exempt access. */
static void test_write(void **state)
{
    static const struct { uint64_t cr0, clear; bool user, exempt; enum walk_result expected; } rows[] = {
        { CR0_PG | 1, BIT_W, true, false, WALK_DENIED }, { CR0_PG | 1, BIT_W, false, false, WALK_OK },
        { CR0_PG | 1 | CR0_WP, BIT_W, false, false, WALK_DENIED }, { CR0_PG | 1 | CR0_WP, BIT_W, true, true, WALK_OK },
        { CR0_PG | 1 | CR0_WP, 0, true, false, WALK_OK }, { CR0_PG | 1 | CR0_WP, BIT_U | BIT_W, true, true, WALK_OK },
        { CR0_PG | 1 | CR0_WP, BIT_U, true, false, WALK_DENIED },
    };

    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
            for (unsigned level = 0; level < paths[i].levels; level++) {
                struct path path = paths[i];
                struct walk_context context = path_context(&path);
                bool without = path.entries[level].no_rights;
                gpa_t out;

                context.cr0 = rows[n].cr0;
                context.write = true;
                context.user = rows[n].user;
                context.exempt = rows[n].exempt;
                path.entries[level].value &= without ? ~UINT64_C(0) : ~rows[n].clear;
                assert_int_equal(path_walk(&path, context, &out), without ? WALK_OK : rows[n].expected);
            }
        }
    }
}

/* SMAP: a supervisor's data access to a user page, where it is on and asked about. */
static void test_smap(void **state)
{
    (void)state;
    for (unsigned i = 0; i < path_count; i++) {
        for (unsigned bits = 0; bits < 16; bits++) {
            struct path path = paths[i];
            struct walk_context context = path_context(&path);
            bool denied = (bits & 15) == 3;
            gpa_t out;

            context.smap = (bits & 1) != 0;
            context.cr4 |= (bits & 2) != 0 ? CR4_SMAP : 0;
            context.user = (bits & 4) != 0;
            context.fetch = (bits & 8) != 0;
            assert_int_equal(path_walk(&path, context, &out), denied ? WALK_DENIED : WALK_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_smap),
        cmocka_unit_test(test_translates),
        cmocka_unit_test(test_every_bit_of_every_entry),
        cmocka_unit_test(test_every_address_bit_of_the_leaf),
        cmocka_unit_test(test_absent_wins_over_reserved),
        cmocka_unit_test(test_unreadable_tables),
        cmocka_unit_test(test_user_bit),
        cmocka_unit_test(test_smep),
        cmocka_unit_test(test_no_execute),
        cmocka_unit_test(test_rights_come_last),
        cmocka_unit_test(test_paging_off),
        cmocka_unit_test(test_non_canonical),
        cmocka_unit_test(test_canonical_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
