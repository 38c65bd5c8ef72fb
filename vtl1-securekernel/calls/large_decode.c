#include <sk/large_call.h>

#include <stdbool.h>

#include <lib/string.h>

uint32_t large_call_pages(uint32_t size)
{
    return (uint32_t)(page_align_up(size) >> PAGE_SHIFT);
}

/* The ranges have just as many pages as size bytes need. */
static bool take_pages(const uint8_t *ranges, uint32_t count, uint32_t size, gpa_t pages[SECURE_LARGE_PAGES])
{
    uint64_t left = large_call_pages(size);

    for (uint32_t i = 0; i < count; i++) {
        struct secure_range range;

        memcpy(&range, ranges + i * sizeof(range), sizeof(range));
        if (range.pages == 0 || range.pages > left) {
            return false;
        }
        left -= range.pages;
        for (uint64_t page = 0; page < range.pages; page++) {
            *pages++ = gpa(range.gpa + page * PAGE_SIZE);
        }
    }
    return left == 0;
}

static bool sizes_ok(const struct secure_invoke_large *header, uint32_t input_size)
{
    uint64_t ranges = (uint64_t)header->input_ranges + header->output_ranges;

    return header->input_size <= SECURE_LARGE_MAX && header->output_capacity <= SECURE_LARGE_MAX &&
           input_size == sizeof(*header) + ranges * sizeof(struct secure_range);
}

enum secure_status large_call_decode(const struct secure_request *request, struct large_call *out)
{
    const uint8_t *ranges = request->input + sizeof(out->header);
    struct large_call call = { 0 };

    memcpy(&call.header, request->input, sizeof(call.header));
    if (!sizes_ok(&call.header, request->input_size)) {
        return SECURE_STATUS_BAD_SIZE;
    }
    if (call.header.reserved != 0) {
        return SECURE_STATUS_RESERVED_NOT_ZERO;
    }
    if (!take_pages(ranges, call.header.input_ranges, call.header.input_size, call.input) ||
        !take_pages(ranges + call.header.input_ranges * sizeof(struct secure_range), call.header.output_ranges,
                    call.header.output_capacity, call.output)) {
        return SECURE_STATUS_BAD_MEMORY;
    }
    *out = call;
    return SECURE_STATUS_SUCCESS;
}
