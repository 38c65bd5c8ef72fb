/* The VTL0 kernel's reading of its ring-3 image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>

#include <vtl0/elf.h>

#define LOW   UINT64_C(0x400000000000)
#define HIGH  UINT64_C(0x400040000000)
#define BYTES 64u

struct image {
    Elf64_Ehdr file;
    Elf64_Phdr segment;
    uint8_t bytes[BYTES];
};

static struct image good_image(void)
{
    struct image image = {
        .file = {
            .e_ident = { 0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
            .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_entry = LOW + 8, .e_phoff = offsetof(struct image, segment),
            .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
        },
        .segment = {
            .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = offsetof(struct image, bytes), .p_vaddr = LOW,
            .p_filesz = BYTES, .p_memsz = 3 * BYTES,
        },
    };

    memset(image.bytes, 0xC3, BYTES);
    return image;
}

static int load(const struct image *image, struct elf_segment *segment)
{
    uint64_t entry;
    int count = elf_open((const uint8_t *)image, sizeof(*image), &entry);

    return count < 1 ? -2 : elf_segment_at((const uint8_t *)image, sizeof(*image), 0, LOW, HIGH, segment);
}

static void a_good_segment(void **state)
{
    struct image image = good_image();
    struct elf_segment segment;
    uint64_t entry = 0;

    (void)state;
    assert_int_equal(elf_open((const uint8_t *)&image, sizeof(image), &entry), 1);
    assert_int_equal(entry, LOW + 8);
    assert_int_equal(load(&image, &segment), 1);
    assert_int_equal(segment.address, LOW);
    assert_int_equal(segment.memory_size, 3 * BYTES);
    assert_int_equal(segment.file_size, BYTES);
    assert_int_equal(segment.rights, ELF_READ | ELF_EXECUTE);
    assert_ptr_equal(segment.bytes, image.bytes);
}

static void headers_that_are_refused(void **state)
{
    struct image image = good_image();
    uint64_t entry;

    (void)state;
    for (size_t size = 0; size < sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr); size++) {
        uint8_t *exact = malloc(size + 1);

        memcpy(exact, &image, size);
        assert_int_equal(elf_open(exact, size, &entry), -1);
        free(exact);
    }
    for (size_t i = 0; i < 7; i++) {
        image = good_image();
        image.file.e_ident[i] ^= 1;
        assert_int_equal(elf_open((const uint8_t *)&image, sizeof(image), &entry), -1);
    }
    image = good_image();
    image.file.e_phoff = UINT64_MAX - 8;
    assert_int_equal(elf_open((const uint8_t *)&image, sizeof(image), &entry), -1);
    image = good_image();
    image.file.e_phnum = 0xFFFF;
    assert_int_equal(elf_open((const uint8_t *)&image, sizeof(image), &entry), -1);
}

static void segments_that_are_refused(void **state)
{
    struct elf_segment segment;
    struct image rows[9];

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        rows[i] = good_image();
    }
    rows[0].segment.p_flags = PF_W | PF_X;
    rows[1].segment.p_vaddr = LOW + 1;
    rows[2].segment.p_vaddr = LOW - 4096;
    rows[3].segment.p_vaddr = HIGH;
    rows[4].segment.p_memsz = HIGH - LOW + 1;
    rows[5].segment.p_memsz = UINT64_MAX;
    rows[6].segment.p_filesz = 3 * BYTES + 1;
    rows[7].segment.p_offset = sizeof(struct image);
    rows[8].segment.p_offset = UINT64_MAX - 16;
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(load(&rows[i], &segment), -1);
    }
}

static void other_headers_are_skipped(void **state)
{
    struct elf_segment segment;
    struct image image = good_image();

    (void)state;
    image.segment.p_type = PT_GNU_STACK;
    assert_int_equal(load(&image, &segment), 0);
    image = good_image();
    image.segment.p_memsz = 0;
    assert_int_equal(load(&image, &segment), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_segment),
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(segments_that_are_refused),
        cmocka_unit_test(other_headers_are_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
