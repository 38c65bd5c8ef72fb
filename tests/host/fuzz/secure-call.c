/* VTL1's decoder of a call frame. */
#include <stdlib.h>
#include <string.h>

#include <sk/call_decode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secure_call_frame *frame = calloc(1, sizeof(*frame));
    struct secure_request request, before;

    memcpy(frame, data, size < sizeof(*frame) ? size : sizeof(*frame));
    memset(&request, 0xA5, sizeof(request));
    before = request;
    if (secure_call_decode(frame, &request) == SECURE_STATUS_SUCCESS) {
        HOLDS(request.service == frame->service && request.session == frame->session && request.input == frame->data);
        HOLDS(request.input_size <= SECURE_CALL_DATA_SIZE && request.output_capacity <= SECURE_CALL_DATA_SIZE);
    } else {
        HOLDS(memcmp(&request, &before, sizeof(request)) == 0);
    }
    free(frame);
    return 0;
}
