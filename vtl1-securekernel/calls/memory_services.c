/* The secure services that move memory between the levels. */
#include <sk/secure_call.h>

#include <lib/string.h>

#include <sk/donation.h>

#define RANGES_A_CALL (SECURE_CALL_DATA_SIZE / sizeof(struct secure_range))

static struct secure_range ranges[RANGES_A_CALL]; /* kernel_lock */

enum secure_status secure_donate_memory(const struct secure_request *request, struct secure_reply *reply)
{
    (void)reply;
    if (request->input_size % sizeof(struct secure_range) != 0) {
        return SECURE_STATUS_BAD_SIZE;
    }
    memcpy(ranges, request->input, request->input_size);
    return donation_take(ranges, request->input_size / sizeof(struct secure_range));
}

enum secure_status secure_reclaim_memory(const struct secure_request *request, struct secure_reply *reply)
{
    uint32_t capacity = reply->capacity / sizeof(struct secure_range), count;
    uint64_t wanted;

    memcpy(&wanted, request->input, sizeof(wanted));
    if (capacity == 0) {
        return SECURE_STATUS_OUTPUT_TOO_SMALL;
    }
    count = donation_return(wanted, ranges, capacity);
    return secure_reply_put(reply, ranges, count * (uint32_t)sizeof(struct secure_range));
}
