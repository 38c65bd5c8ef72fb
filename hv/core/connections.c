/* HvCallPostMessage: there are no ports, so every connection is unknown. */
#include <hv/hypercalls.h>

uint16_t call_post_message(const struct hv_input_post_message *input)
{
    if (input->type == 0 || input->type > HV_MESSAGE_TYPE_GUEST_MAX || input->size > sizeof(input->payload)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return HV_STATUS_INVALID_CONNECTION_ID;
}
