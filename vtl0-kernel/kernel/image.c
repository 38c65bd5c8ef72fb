#include <vtl0/image.h>

#include <vtl0/paging.h>
#include <vtl0/x86.h>

/* Symbols of vtl0.lds. */
extern char image_text_start[], image_rodata_start[], image_data_start[], image_end[];

static struct image_section sections[IMAGE_SECTIONS];

const struct image_section *image_sections(uint64_t image_base)
{
    uint64_t text = (uint64_t)(uintptr_t)image_text_start;
    uint64_t rodata = (uint64_t)(uintptr_t)image_rodata_start;
    uint64_t data = (uint64_t)(uintptr_t)image_data_start;
    uint64_t end = (uint64_t)(uintptr_t)image_end;

    sections[0] = (struct image_section){ .start = image_base, .end = text, .rights = MAP_READ };
    sections[1] = (struct image_section){ .start = text, .end = rodata, .rights = MAP_READ_EXECUTE };
    sections[2] = (struct image_section){ .start = rodata, .end = data, .rights = MAP_READ };
    sections[3] = (struct image_section){ .start = data, .end = end, .rights = MAP_READ_WRITE };
    return sections;
}
