/* The IUM loader's ELF checks: one good image, one defect at a time, and random damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <abi/ium.h>

#include "elf_note.h"
#include "elf_plan.h"
#include "elf_relocate.h"

#define FILE_SIZE UINT64_C(0x4000)
#define BASE      IUM_IMAGE_BASE

/* text at 0, constants with the dynamic section at 0x1000, data at 0x3000 with more memory than file. */
struct image {
    struct elf_header header;
    struct elf_program_header programs[ELF_MAX_PROGRAM_HEADERS];
};

static struct image good(void)
{
    return (struct image){
        .header = {
            .ident = { 0x7F, 'E', 'L', 'F', 2, 1, 1 },
            .type = ELF_TYPE_DYN, .machine = ELF_MACHINE_AMD64, .version = 1, .entry = 0x80,
            .program_offset = 64, .header_size = 64, .program_entry_size = 56, .program_count = 6,
        },
        .programs = {
            { ELF_PT_LOAD, ELF_PF_R | ELF_PF_X, 0x1000, 0, 0, 0x900, 0x900, 4096 },
            { ELF_PT_LOAD, ELF_PF_R, 0x2000, 0x1000, 0, 0x1200, 0x1200, 4096 },
            { ELF_PT_LOAD, ELF_PF_R | ELF_PF_W, 0x3800, 0x3000, 0, 0x800, 0x2345, 4096 },
            { ELF_PT_DYNAMIC, ELF_PF_R, 0x2100, 0x1100, 0, 0x60, 0x60, 8 },
            { ELF_PT_GNU_STACK, ELF_PF_R | ELF_PF_W, 0, 0, 0, 0, 0, 8 },
            { ELF_PT_NOTE, ELF_PF_R, 0x2300, 0x1300, 0, sizeof(struct elf_note), sizeof(struct elf_note), 4 },
        },
    };
}

static enum elf_error check(const struct image *image)
{
    struct elf_plan plan;
    enum elf_error error = elf_check_header(&image->header, FILE_SIZE);

    return error == ELF_OK ? elf_make_plan(&image->header, image->programs, FILE_SIZE, &plan) : error;
}

static void a_good_image_is_planned(void **state)
{
    struct image image = good();
    struct elf_plan plan;

    (void)state;
    assert_int_equal(check(&image), ELF_OK);
    assert_int_equal(elf_make_plan(&image.header, image.programs, FILE_SIZE, &plan), ELF_OK);
    assert_int_equal(plan.count, 3);
    assert_int_equal(plan.entry, 0x80);
    assert_int_equal(plan.segments[0].rights, IUM_READ | IUM_EXECUTE);
    assert_int_equal(plan.segments[1].rights, IUM_READ);
    assert_int_equal(plan.segments[1].size, 0x2000);
    assert_int_equal(plan.segments[2].rights, IUM_READ | IUM_WRITE);
    assert_int_equal(plan.segments[2].address, 0x3000);
    assert_int_equal(plan.segments[2].size, 0x3000);
    assert_int_equal(plan.segments[2].file_size, 0x800);
    assert_int_equal(plan.dynamic, 0x1100);
    assert_int_equal(plan.dynamic_size, 0x60);
    assert_int_equal(plan.note_offset, 0x2300);
}

#define EXPECT(error, field, value)         \
    do {                                    \
        struct image image = good();        \
                                            \
        image.field = (value);              \
        assert_int_equal(check(&image), error); \
    } while (0)

static void header_fields(void **state)
{
    (void)state;
    EXPECT(ELF_BAD_HEADER, header.ident[0], 0);
    EXPECT(ELF_BAD_HEADER, header.ident[4], 1);
    EXPECT(ELF_BAD_HEADER, header.ident[5], 2);
    EXPECT(ELF_BAD_HEADER, header.ident[6], 0);
    EXPECT(ELF_BAD_HEADER, header.ident[7], 9);
    EXPECT(ELF_BAD_HEADER, header.machine, 3);
    EXPECT(ELF_BAD_HEADER, header.version, 0);
    EXPECT(ELF_BAD_HEADER, header.header_size, 52);
    EXPECT(ELF_NOT_PIE, header.type, 2);
    EXPECT(ELF_NOT_PIE, header.type, 1);
    EXPECT(ELF_BAD_TABLE, header.program_entry_size, 32);
    EXPECT(ELF_BAD_TABLE, header.program_count, 0);
    EXPECT(ELF_BAD_TABLE, header.program_count, 17);
    EXPECT(ELF_BAD_TABLE, header.program_count, 0xFFFF);
    EXPECT(ELF_BAD_TABLE, header.program_offset, FILE_SIZE - 6 * 56 + 1);
    EXPECT(ELF_BAD_TABLE, header.program_offset, FILE_SIZE + 1);
    EXPECT(ELF_BAD_TABLE, header.program_offset, UINT64_MAX);
    EXPECT(ELF_OK, header.program_offset, FILE_SIZE - 6 * 56);
}

static void segment_fields(void **state)
{
    (void)state;
    EXPECT(ELF_BAD_SEGMENT, programs[0].memory_size, 0);
    EXPECT(ELF_BAD_SEGMENT, programs[0].file_size, 0x901);
    EXPECT(ELF_BAD_SEGMENT, programs[2].offset, FILE_SIZE - 0x800 + 1);
    EXPECT(ELF_BAD_SEGMENT, programs[2].offset, UINT64_MAX);
    EXPECT(ELF_BAD_SEGMENT, programs[2].file_size, UINT64_MAX);
    EXPECT(ELF_BAD_SEGMENT, programs[2].memory_size, UINT64_MAX);
    EXPECT(ELF_BAD_SEGMENT, programs[2].memory_size, IUM_IMAGE_MAX_SIZE - 0x3000 + 1);
    EXPECT(ELF_OK, programs[2].memory_size, IUM_IMAGE_MAX_SIZE - 0x3000);
    EXPECT(ELF_BAD_SEGMENT, programs[2].address, 0x3010);
    EXPECT(ELF_BAD_SEGMENT, programs[2].address, IUM_IMAGE_MAX_SIZE);
    EXPECT(ELF_BAD_SEGMENT, programs[2].address, UINT64_MAX & ~UINT64_C(0xFFF));
    EXPECT(ELF_OVERLAP, programs[2].address, 0x2000);
    EXPECT(ELF_OVERLAP, programs[2].address, 0);
    EXPECT(ELF_OVERLAP, programs[1].memory_size, 0x2001);
    EXPECT(ELF_BAD_RIGHTS, programs[0].flags, 7);
    EXPECT(ELF_BAD_RIGHTS, programs[0].flags, ELF_PF_X);
    EXPECT(ELF_BAD_RIGHTS, programs[1].flags, 0);
    EXPECT(ELF_BAD_RIGHTS, programs[1].flags, ELF_PF_W | ELF_PF_X);
    EXPECT(ELF_BAD_RIGHTS, programs[1].flags, ELF_PF_R | 0x100000);
    EXPECT(ELF_BAD_RIGHTS, programs[4].flags, 7);
}

static void whole_image(void **state)
{
    struct image image = good();

    (void)state;
    EXPECT(ELF_BAD_ENTRY, header.entry, 0x1000);
    EXPECT(ELF_BAD_ENTRY, header.entry, 0x6000);
    EXPECT(ELF_BAD_ENTRY, header.entry, UINT64_MAX);
    EXPECT(ELF_UNSUPPORTED, programs[4].type, ELF_PT_INTERP);
    EXPECT(ELF_UNSUPPORTED, programs[4].type, ELF_PT_TLS);
    EXPECT(ELF_BAD_DYNAMIC, programs[4].type, ELF_PT_DYNAMIC);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].memory_size, 0);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].memory_size, 0x58);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].memory_size, 0x1110);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].memory_size, UINT64_MAX & ~UINT64_C(0xF));
    EXPECT(ELF_BAD_DYNAMIC, programs[3].address, 0x1104);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].address, 0x10000000);
    EXPECT(ELF_BAD_DYNAMIC, programs[3].address, UINT64_MAX & ~UINT64_C(7));
    EXPECT(ELF_BAD_NOTE, programs[5].type, 0);
    EXPECT(ELF_BAD_NOTE, programs[4].type, ELF_PT_NOTE);
    EXPECT(ELF_BAD_NOTE, programs[5].file_size, sizeof(struct elf_note) - 1);
    EXPECT(ELF_BAD_NOTE, programs[5].file_size, sizeof(struct elf_note) + 1);
    EXPECT(ELF_BAD_NOTE, programs[5].offset, FILE_SIZE - sizeof(struct elf_note) + 1);
    EXPECT(ELF_BAD_NOTE, programs[5].offset, UINT64_MAX);
    EXPECT(ELF_OK, programs[5].offset, FILE_SIZE - sizeof(struct elf_note));
    for (unsigned i = 0; i < 3; i++) {
        image.programs[i].type = 0;
    }
    assert_int_equal(check(&image), ELF_UNSUPPORTED);
}

static void too_many_segments(void **state)
{
    struct elf_program_header programs[ELF_MAX_PROGRAM_HEADERS];
    struct image image = good();
    struct elf_plan plan;

    (void)state;
    programs[0] = image.programs[5];
    for (unsigned i = 0; i < ELF_MAX_SEGMENTS + 1; i++) {
        programs[i + 1] = (struct elf_program_header){ ELF_PT_LOAD, ELF_PF_R | ELF_PF_X, 0, i * 0x1000, 0, 0x100, 0x1000, 1 };
    }
    image.header.program_count = ELF_MAX_SEGMENTS + 1;
    assert_int_equal(elf_make_plan(&image.header, programs, FILE_SIZE, &plan), ELF_OK);
    image.header.program_count = ELF_MAX_SEGMENTS + 2;
    assert_int_equal(elf_make_plan(&image.header, programs, FILE_SIZE, &plan), ELF_UNSUPPORTED);
}

/* Every byte of a note and of a header counts, but for the payload's size, which the note cannot know. */
static void the_note_is_the_header(void **state)
{
    const size_t size_at = offsetof(struct elf_note, description) + offsetof(struct signed_image_header, payload_size);
    struct signed_image_header header = { .kind = SIGNED_IMAGE_TRUSTLET, .name = "note", .syscalls = 0x83 };
    struct elf_note note = { 8, sizeof(header), SIGNED_IMAGE_NOTE_TYPE, SIGNED_IMAGE_NOTE_NAME, { 0 } };

    (void)state;
    memcpy(note.description, &header, sizeof(header));
    header.payload_size = FILE_SIZE;
    assert_int_equal(elf_check_note(&note, &header), ELF_OK);
    for (size_t i = 0; i < sizeof(note); i++) {
        ((uint8_t *)&note)[i] ^= 1;
        assert_int_equal(elf_check_note(&note, &header), ELF_BAD_NOTE);
        ((uint8_t *)&note)[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof(header); i++) {
        ((uint8_t *)&header)[i] ^= 1;
        assert_int_equal(elf_check_note(&note, &header),
                         i + offsetof(struct elf_note, description) - size_at < 8 ? ELF_OK : ELF_BAD_NOTE);
        ((uint8_t *)&header)[i] ^= 1;
    }
}

/* A planned image in memory: segments alone are mapped; a byte outside them is poisoned by the allocation's end. */
struct loaded {
    struct elf_plan plan;
    uint8_t *memory;
    struct elf_dynamic *dynamic;
    struct elf_rela *rela;
};

static struct loaded load(void)
{
    struct image image = good();
    struct loaded loaded;

    assert_int_equal(elf_make_plan(&image.header, image.programs, FILE_SIZE, &loaded.plan), ELF_OK);
    loaded.memory = calloc(1, 0x6000);
    assert_non_null(loaded.memory);
    loaded.dynamic = (struct elf_dynamic *)(loaded.memory + 0x1100);
    loaded.rela = (struct elf_rela *)(loaded.memory + 0x1400);
    loaded.dynamic[0] = (struct elf_dynamic){ ELF_DT_RELA, 0x1400 };
    loaded.dynamic[1] = (struct elf_dynamic){ ELF_DT_RELASZ, 2 * sizeof(struct elf_rela) };
    loaded.dynamic[2] = (struct elf_dynamic){ ELF_DT_RELAENT, sizeof(struct elf_rela) };
    loaded.rela[0] = (struct elf_rela){ 0x3008, ELF_R_AMD64_RELATIVE, 0x80 };
    loaded.rela[1] = (struct elf_rela){ 0x2FF8, ELF_R_AMD64_RELATIVE, 0x3000 };
    return loaded;
}

static void relocations_are_applied(void **state)
{
    struct loaded loaded = load();
    uint64_t value;

    (void)state;
    assert_int_equal(elf_relocate(&loaded.plan, loaded.memory, BASE), ELF_OK);
    memcpy(&value, loaded.memory + 0x3008, 8);
    assert_int_equal(value, BASE + 0x80);
    memcpy(&value, loaded.memory + 0x2FF8, 8);
    assert_int_equal(value, BASE + 0x3000);
    free(loaded.memory);
}

#define EXPECT_RELOCATION(error, field, wrong)                                    \
    do {                                                                          \
        struct loaded loaded = load();                                            \
                                                                                  \
        loaded.field = (wrong);                                                   \
        assert_int_equal(elf_relocate(&loaded.plan, loaded.memory, BASE), error); \
        free(loaded.memory);                                                      \
    } while (0)

static void relocation_fields(void **state)
{
    (void)state;
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].info, 1);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].info, UINT64_C(1) << 32 | 8);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].offset, 0x100); /* executable */
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].offset, 0x2FFC); /* across two segments */
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].offset, 0x5FFC);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].offset, 0x6000);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].offset, UINT64_MAX - 3);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].addend, -1);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].addend, (int64_t)IUM_IMAGE_MAX_SIZE + 1);
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, rela[1].addend, INT64_MIN);
}

static void dynamic_fields(void **state)
{
    static const int64_t refused[] = {
        ELF_DT_NEEDED, ELF_DT_PLTRELSZ, ELF_DT_INIT, ELF_DT_FINI, ELF_DT_REL, ELF_DT_TEXTREL, ELF_DT_JMPREL,
        ELF_DT_INIT_ARRAY, ELF_DT_FINI_ARRAY, ELF_DT_RELR, ELF_DT_RELRSZ,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[3].tag, refused[i]);
    }
    EXPECT_RELOCATION(ELF_OK, dynamic[3].tag, 5);
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[2].value, 16);
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[1].value, 25);
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[1].value, UINT64_MAX - UINT64_MAX % 24);
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[0].value, 0x2FF0);
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[0].value, 0xFE8); /* across two segments */
    EXPECT_RELOCATION(ELF_BAD_RELOCATION, dynamic[0].value, 0x900); /* zeros: no relocation of that type */
    EXPECT_RELOCATION(ELF_BAD_DYNAMIC, dynamic[0].value, UINT64_MAX);
    EXPECT_RELOCATION(ELF_OK, dynamic[1].value, 0);
}

/* A relocation that rewrites the table it is in must not get past the checks of the next one. */
static void a_table_that_rewrites_itself(void **state)
{
    struct loaded loaded = load();

    (void)state;
    loaded.rela[0].offset = 0x1400 + sizeof(struct elf_rela); /* the second entry's offset becomes BASE + 0x80 */
    assert_int_equal(elf_relocate(&loaded.plan, loaded.memory, BASE), ELF_BAD_RELOCATION);
    free(loaded.memory);
}

/* Whatever is accepted keeps the plan's promises; ASan watches every access. */
static void random_damage(void **state)
{
    unsigned accepted = 0;

    (void)state;
    srandom(11);
    for (unsigned i = 0; i < 200000; i++) {
        struct image image = good();
        struct elf_plan plan;
        uint8_t *bytes = (uint8_t *)&image;

        for (unsigned n = (unsigned)random() % 3; n < 3; n++) {
            bytes[(size_t)random() % sizeof(image)] = (uint8_t)(random() % 4 == 0 ? random() : random() % 8);
        }
        if (elf_check_header(&image.header, FILE_SIZE) != ELF_OK ||
            elf_make_plan(&image.header, image.programs, FILE_SIZE, &plan) != ELF_OK) {
            continue;
        }
        accepted++;
        for (unsigned n = 0; n < plan.count; n++) {
            const struct elf_segment *segment = &plan.segments[n];

            assert_true(segment->address + segment->size <= IUM_IMAGE_MAX_SIZE && segment->size != 0);
            assert_true(segment->file_size <= segment->size && segment->file_offset + segment->file_size <= FILE_SIZE);
            assert_true(n == 0 || segment->address >= segment[-1].address + segment[-1].size);
            assert_true((segment->rights & 6) != 6 && (segment->rights & 1) != 0);
        }
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_image_is_planned),
        cmocka_unit_test(header_fields),
        cmocka_unit_test(segment_fields),
        cmocka_unit_test(whole_image),
        cmocka_unit_test(too_many_segments),
        cmocka_unit_test(the_note_is_the_header),
        cmocka_unit_test(relocations_are_applied),
        cmocka_unit_test(relocation_fields),
        cmocka_unit_test(dynamic_fields),
        cmocka_unit_test(a_table_that_rewrites_itself),
        cmocka_unit_test(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
