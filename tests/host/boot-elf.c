#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <elf_image.h>

#include <cmocka.h>

#define BASE  UINT64_C(0xFFFFFFFF80000000)
#define LIMIT UINT64_C(0x400000)
#define SIZE  0x3000u

/* A valid file of two segments, built by offsets of the ELF specification, not by the parser's structs. */
struct sample {
    uint8_t file[SIZE];
    uint64_t size;
};

static void put(struct sample *sample, size_t at, uint64_t value, size_t bytes)
{
    memcpy(sample->file + at, &value, bytes);
}

static void put_program(struct sample *sample, unsigned index, uint32_t flags, uint64_t offset, uint64_t address, uint64_t file_size,
                        uint64_t memory_size)
{
    size_t at = 64 + 56 * index;

    put(sample, at, 1, 4);
    put(sample, at + 4, flags, 4);
    put(sample, at + 8, offset, 8);
    put(sample, at + 16, address, 8);
    put(sample, at + 32, file_size, 8);
    put(sample, at + 40, memory_size, 8);
}

static void make(struct sample *sample)
{
    memset(sample, 0, sizeof(*sample));
    sample->size = SIZE;
    memcpy(sample->file, "\x7F" "ELF\x02\x01\x01", 7);
    put(sample, 16, 2, 2);            /* ET_EXEC */
    put(sample, 18, 62, 2);           /* EM_X86_64 */
    put(sample, 20, 1, 4);
    put(sample, 24, BASE + 0x10, 8);  /* entry */
    put(sample, 32, 64, 8);           /* program headers */
    put(sample, 54, 56, 2);
    put(sample, 56, 2, 2);
    put_program(sample, 0, 5, 0x1000, BASE, 0x800, 0x800);
    put_program(sample, 1, 6, 0x2000, BASE + 0x1000, 0x100, 0x2345);
    memset(sample->file + 0x1000, 0xC1, 0x800);
    memset(sample->file + 0x2000, 0xDA, 0x100);
}

/* Parses a heap copy of exactly sample->size bytes, so that ASan sees a read behind it. */
static const char *parse(const struct sample *sample, struct elf_image *image)
{
    uint8_t *copy = malloc(sample->size > 0 ? sample->size : 1);
    const char *problem;

    memcpy(copy, sample->file, sample->size);
    problem = elf_image_parse(copy, sample->size, BASE, LIMIT, image);
    if (problem == NULL) {
        uint8_t *memory = calloc(1, image->size);

        elf_image_copy(image, memory);
        free(memory);
    }
    free(copy);
    return problem;
}

static void test_good(void **state)
{
    static uint8_t memory[0x4000];
    struct sample sample;
    struct elf_image image;

    (void)state;
    make(&sample);
    assert_null(elf_image_parse(sample.file, sample.size, BASE, LIMIT, &image));
    assert_int_equal(image.entry, BASE + 0x10);
    assert_int_equal(image.size, 0x4000);
    assert_int_equal(image.segment_count, 2);
    assert_true(image.segments[0].executable && !image.segments[0].writable);
    assert_true(!image.segments[1].executable && image.segments[1].writable);
    elf_image_copy(&image, memory);
    assert_int_equal(memory[0x7FF], 0xC1);
    assert_int_equal(memory[0x800], 0);
    assert_int_equal(memory[0x10FF], 0xDA);
    assert_int_equal(memory[0x1100], 0);
}

/* One field of the valid file changed. */
struct damage {
    size_t at;
    uint64_t value;
    size_t bytes;
    const char *problem;
};

#define PROGRAM(n, field) (64 + 56 * (n) + (field))

static const struct damage damages[] = {
    { 0, 0, 1, "not a 64-bit little-endian ELF file" },
    { 4, 1, 1, "not a 64-bit little-endian ELF file" },
    { 5, 2, 1, "not a 64-bit little-endian ELF file" },
    { 16, 3, 2, "not an x86-64 executable at a fixed address" },
    { 18, 40, 2, "not an x86-64 executable at a fixed address" },
    { 54, 32, 2, "bad program header table" },
    { 56, 0, 2, "bad program header table" },
    { 56, 33, 2, "bad program header table" },
    { 32, SIZE, 8, "program header table outside the file" },
    { 32, UINT64_MAX - 7, 8, "program header table outside the file" },
    { 24, BASE + 0x800, 8, "the entry point is not in an executable segment" },
    { 24, BASE + 0x1000, 8, "the entry point is not in an executable segment" },
    { 24, 0, 8, "the entry point is not in an executable segment" },
    { PROGRAM(0, 4), 7, 4, "a segment is writable and executable" },
    { PROGRAM(0, 40), 0x7FF, 8, "bad segment size" },
    { PROGRAM(1, 40), 0, 8, "bad segment size" },
    { PROGRAM(1, 8), SIZE - 0xFF, 8, "a segment lies outside the file" },
    { PROGRAM(1, 8), UINT64_MAX, 8, "a segment lies outside the file" },
    { PROGRAM(1, 16), BASE - 0x1000, 8, "a segment lies outside its address range" },
    { PROGRAM(1, 16), BASE + LIMIT - 0x2000, 8, "a segment lies outside its address range" },
    { PROGRAM(1, 16), UINT64_MAX - 0xFFF, 8, "a segment lies outside its address range" },
    { PROGRAM(1, 40), UINT64_MAX, 8, "a segment lies outside its address range" },
    { PROGRAM(1, 16), BASE + 0xF00, 8, "segments are not ascending on pages of their own" },
    { PROGRAM(1, 16), BASE, 8, "segments are not ascending on pages of their own" },
    { PROGRAM(1, 0), 2, 4, "dynamic linking or thread-local storage" },
    { PROGRAM(1, 0), 3, 4, "dynamic linking or thread-local storage" },
    { PROGRAM(1, 0), 7, 4, "dynamic linking or thread-local storage" },
};

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct sample sample;
        struct elf_image image;
        const char *problem;

        make(&sample);
        put(&sample, damages[i].at, damages[i].value, damages[i].bytes);
        problem = parse(&sample, &image);
        assert_non_null(problem);
        assert_string_equal(problem, damages[i].problem);
    }
}

static void test_truncated(void **state)
{
    struct sample sample;
    struct elf_image image;

    (void)state;
    make(&sample);
    for (sample.size = 0; sample.size < 0x2100; sample.size++) {
        assert_non_null(parse(&sample, &image));
    }
    assert_null(parse(&sample, &image));
}

static void test_too_many_segments(void **state)
{
    struct sample sample;
    struct elf_image image;

    (void)state;
    make(&sample);
    put(&sample, 56, ELF_MAX_SEGMENTS + 1, 2);
    for (unsigned i = 0; i <= ELF_MAX_SEGMENTS; i++) {
        put_program(&sample, i, i == 0 ? 5 : 4, 0x1000, BASE + i * 0x1000, 0x20, 0x20);
    }
    assert_string_equal(parse(&sample, &image), "too many segments");
    put(&sample, 56, ELF_MAX_SEGMENTS, 2);
    assert_null(parse(&sample, &image));
}

static void test_random_headers(void **state)
{
    unsigned accepted = 0;

    (void)state;
    srand(11);
    for (unsigned i = 0; i < 100000; i++) {
        struct sample sample;
        struct elf_image image;

        make(&sample);
        for (unsigned changes = 1 + (unsigned)rand() % 3; changes > 0; changes--) {
            put(&sample, (size_t)rand() % 176, (uint64_t)(rand() % 256), 1);
        }
        accepted += parse(&sample, &image) == NULL;
    }
    assert_true(accepted > 0 && accepted < 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),      cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_too_many_segments),
        cmocka_unit_test(test_random_headers),
    };

    return cmocka_run_group_tests_name("boot-elf", tests, NULL, NULL);
}
