#include "inspect.h"

#include <stdio.h>
#include <string.h>

#include "image.h"
#include "report.h"
#include "words.h"

static void show_hex(const char *name, const uint8_t *bytes, size_t size)
{
    char text[2 * SIGNED_IMAGE_MAX_PUBLIC_KEY + 1];

    hex_print(bytes, size, text);
    report_text(name, text);
}

static void show_uuid(const char *name, const uint8_t uuid[16])
{
    char text[UUID_TEXT_SIZE];

    uuid_print(uuid, text);
    report_text(name, text);
}

static void show_signer(const struct buffer *file)
{
    struct signed_image_signature block = image_block(file);
    size_t key_size = signed_image_key_size(block.algorithm);
    uint8_t hash[SIGNED_IMAGE_HASH_SIZE];

    report_text("algorithm", algorithm_name(block.algorithm));
    show_hex("public_key", block.public_key, key_size);
    if (key_size != 0) {
        signed_image_key_hash(&block, hash);
        show_hex("key_hash", hash, sizeof(hash));
    }
    signed_image_measure(file->data, file->size, hash);
    show_hex("measurement", hash, sizeof(hash));
}

static void show_syscalls(uint64_t mask)
{
    report_list_begin("syscalls");
    for (unsigned i = 0; i < 64; i++) {
        char number[8];

        if ((mask >> i & 1) != 0) {
            snprintf(number, sizeof(number), "%u", i);
            report_item(syscall_name(i) != NULL ? syscall_name(i) : number);
        }
    }
    report_list_end();
}

static void show_limits(const struct signed_image_header *header)
{
    report_number("heap_pages", header->heap_pages);
    report_number("stack_pages", header->stack_pages);
    report_number("max_sessions", header->max_sessions);
    report_number("max_instances", header->max_instances);
    report_number("page_quota", header->page_quota);
    report_number("handle_quota", header->handle_quota);
    report_number("call_time", header->call_time);
    show_syscalls(header->syscalls);
    show_hex("policy", header->policy, sizeof(header->policy));
}

static void show_header(const struct signed_image_header *header)
{
    char name[sizeof(header->name) + 1] = { 0 };

    memcpy(name, header->name, sizeof(header->name));
    report_text("kind", kind_name(header->kind));
    report_text("name", name);
    show_uuid("identity", header->identity);
    show_uuid("family", header->family);
    report_number("security_version", header->security_version);
    report_number("flags", header->flags);
    report_flag("debug", (header->flags & SIGNED_IMAGE_DEBUG) != 0);
    report_number("payload_size", header->payload_size);
    if (header->kind == SIGNED_IMAGE_TRUSTLET) {
        show_limits(header);
    }
}

void inspect_image(const char *path, const struct buffer *file, bool json)
{
    struct signed_image_header header;

    if (file->size < SIGNED_IMAGE_PAYLOAD_OFFSET) {
        fail("%s: too short for a signed image", path);
    }
    header = image_header(file);
    if (header.magic != SIGNED_IMAGE_MAGIC) {
        fail("%s: not a signed image", path);
    }
    report_begin(json);
    show_header(&header);
    show_signer(file);
    report_text("signature", "not checked by inspect");
    report_end();
}
