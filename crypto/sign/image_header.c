#include <crypto/signed_image.h>

#include "bytes.h"

/* The name is printed in logs: terminated, and nothing hidden behind the terminator. */
static bool name_is_padded_text(const char name[32])
{
    size_t length = 0;

    while (length < 32 && name[length] >= ' ' && name[length] <= '~') {
        length++;
    }
    return length > 0 && length < 32 && all_zero(name + length, 32 - length);
}

static uint32_t fault_if(bool wrong, enum signed_image_fault fault)
{
    return wrong ? fault : 0;
}

static uint32_t limit_faults(const struct signed_image_header *header)
{
    const size_t limits = offsetof(struct signed_image_header, heap_pages);
    const size_t end = offsetof(struct signed_image_header, reserved);

    if (header->kind == SIGNED_IMAGE_TRUSTLET) {
        return fault_if(header->stack_pages == 0, SIGNED_IMAGE_FAULT_STACK) |
               fault_if(header->max_sessions == 0, SIGNED_IMAGE_FAULT_SESSIONS) |
               fault_if(header->max_instances == 0, SIGNED_IMAGE_FAULT_INSTANCES);
    }
    return fault_if(!all_zero((const uint8_t *)header + limits, end - limits), SIGNED_IMAGE_FAULT_LIMITS);
}

uint32_t signed_image_header_faults(const struct signed_image_header *header, uint64_t payload_size)
{
    return fault_if(header->magic != SIGNED_IMAGE_MAGIC, SIGNED_IMAGE_FAULT_MAGIC) |
           fault_if(header->header_size != sizeof(*header), SIGNED_IMAGE_FAULT_HEADER_SIZE) |
           fault_if(header->kind != SIGNED_IMAGE_SECURE_KERNEL && header->kind != SIGNED_IMAGE_TRUSTLET,
                    SIGNED_IMAGE_FAULT_KIND) |
           fault_if(header->payload_size != payload_size, SIGNED_IMAGE_FAULT_PAYLOAD_SIZE) |
           fault_if((header->flags & ~SIGNED_IMAGE_KNOWN_FLAGS) != 0, SIGNED_IMAGE_FAULT_FLAGS) |
           fault_if(all_zero(header->identity, sizeof(header->identity)), SIGNED_IMAGE_FAULT_IDENTITY) |
           fault_if(!name_is_padded_text(header->name), SIGNED_IMAGE_FAULT_NAME) |
           fault_if(!all_zero(header->reserved, sizeof(header->reserved)), SIGNED_IMAGE_FAULT_RESERVED) |
           limit_faults(header);
}

const char *signed_image_fault_text(enum signed_image_fault fault)
{
    switch (fault) {
    case SIGNED_IMAGE_FAULT_MAGIC:
        return "magic: not that of a signed image, version 2";
    case SIGNED_IMAGE_FAULT_HEADER_SIZE:
        return "header_size: not that of this version";
    case SIGNED_IMAGE_FAULT_KIND:
        return "kind: neither secure kernel nor trustlet";
    case SIGNED_IMAGE_FAULT_PAYLOAD_SIZE:
        return "payload_size: not the number of bytes behind the header";
    case SIGNED_IMAGE_FAULT_FLAGS:
        return "flags: unknown bits are set";
    case SIGNED_IMAGE_FAULT_IDENTITY:
        return "identity: zero";
    case SIGNED_IMAGE_FAULT_NAME:
        return "name: not 1 to 31 printable characters, padded with zeros";
    case SIGNED_IMAGE_FAULT_STACK:
        return "stack_pages: zero";
    case SIGNED_IMAGE_FAULT_SESSIONS:
        return "max_sessions: zero";
    case SIGNED_IMAGE_FAULT_INSTANCES:
        return "max_instances: zero";
    case SIGNED_IMAGE_FAULT_LIMITS:
        return "kind: a secure kernel has no trustlet's limits";
    case SIGNED_IMAGE_FAULT_RESERVED:
        return "reserved: not zero";
    case SIGNED_IMAGE_FAULT_END:
        break;
    }
    return "unknown fault";
}
