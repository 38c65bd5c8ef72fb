#include "gates.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/ium.h>
#include <elf_note.h>
#include <elf_relocate.h>

#include "image.h"

#define PAGE_BYTES 4096u

struct elf_file {
    const uint8_t *data;
    uint64_t size;
    struct elf_header header;
    struct elf_plan plan;
};

static void failed(struct gate_failures *failures, const char *gate, const char *text, ...) __attribute__((format(printf, 3, 4)));

static void failed(struct gate_failures *failures, const char *gate, const char *text, ...)
{
    struct gate_failure *failure = &failures->failures[failures->count];
    va_list arguments;

    if (failures->count == GATES_MAX) {
        return;
    }
    failure->gate = gate;
    va_start(arguments, text);
    vsnprintf(failure->text, sizeof(failure->text), text, arguments);
    va_end(arguments);
    failures->count++;
}

static const char *elf_text(enum elf_error error)
{
    static const char *const texts[] = {
        [ELF_TOO_SMALL] = "the file is shorter than an ELF header",
        [ELF_BAD_HEADER] = "not a 64-bit little-endian AMD64 ELF file of version 1",
        [ELF_NOT_PIE] = "not position independent",
        [ELF_BAD_TABLE] = "program headers of another size, too many, or outside the file",
        [ELF_BAD_SEGMENT] = "size, place in the file, alignment or address is out of range",
        [ELF_BAD_RIGHTS] = "unreadable, writable and executable at once (W^X), unknown rights, or an executable stack",
        [ELF_OVERLAP] = "segments do not ascend or overlap",
        [ELF_UNSUPPORTED] = "an interpreter, thread-local storage, too many segments or none",
        [ELF_BAD_ENTRY] = "the entry is not in an executable segment",
        [ELF_BAD_DYNAMIC] = "the dynamic section is misplaced or asks for more than relative relocations",
        [ELF_BAD_RELOCATION] = "a relocation of another type, in executable code, or out of range",
        [ELF_BAD_NOTE] = "the manifest's note: none, two, of another size, or not what was signed",
    };

    return error < sizeof(texts) / sizeof(texts[0]) && texts[error] != NULL ? texts[error] : "unknown";
}

/* --- the container --- */

static void check_signer(const struct buffer *file, const struct gate_rules *rules, struct gate_failures *failures)
{
    const size_t signed_at = sizeof(struct signed_image_signature);
    struct signed_image_signature block = image_block(file);
    uint8_t hash[SIGNED_IMAGE_HASH_SIZE];

    if (!signed_image_block_ok(&block)) {
        failed(failures, "block", "the signature block is malformed or of an unknown algorithm (%" PRIu32 ")", block.algorithm);
        return;
    }
    signed_image_key_hash(&block, hash);
    if (rules->owner != NULL && memcmp(hash, rules->owner->key_hash, sizeof(hash)) != 0) {
        failed(failures, "key", "signed by another key than the owner's");
    }
    if (!signed_image_signature_ok(&block, file->data + signed_at, file->size - signed_at)) {
        failed(failures, "signature", "the signature does not match the file, or the public key is none");
    }
}

static void check_ranges(const struct signed_image_header *header, struct gate_failures *failures)
{
    if (header->heap_pages > IUM_MAX_HEAP_PAGES) {
        failed(failures, "header", "heap_pages: more than %u", IUM_MAX_HEAP_PAGES);
    }
    if (header->stack_pages > IUM_MAX_STACK_PAGES) {
        failed(failures, "header", "stack_pages: more than %u", IUM_MAX_STACK_PAGES);
    }
}

static void check_header(const struct signed_image_header *header, uint64_t payload_size, const struct gate_rules *rules,
                         struct gate_failures *failures)
{
    uint32_t faults = signed_image_header_faults(header, payload_size);

    for (uint32_t fault = 1; fault != SIGNED_IMAGE_FAULT_END; fault <<= 1) {
        if ((faults & fault) != 0) {
            failed(failures, "header", "%s", signed_image_fault_text((enum signed_image_fault)fault));
        }
    }
    check_ranges(header, failures);
    if (header->kind != SIGNED_IMAGE_TRUSTLET) {
        failed(failures, "kind", "not signed as a trustlet");
    }
    if (header->security_version < rules->floor) {
        failed(failures, "floor", "security_version: %" PRIu32 ", below the floor of %" PRIu32, header->security_version,
               rules->floor);
    }
}

/* --- the ELF file --- */

static bool read_elf(struct elf_file *elf, struct gate_failures *failures)
{
    enum elf_error error = ELF_TOO_SMALL;

    if (elf->size >= sizeof(elf->header)) {
        memcpy(&elf->header, elf->data, sizeof(elf->header));
        error = elf_check_header(&elf->header, elf->size);
    }
    if (error != ELF_OK) {
        failed(failures, "elf", "%s", elf_text(error));
    }
    return error == ELF_OK;
}

/* As elf_make_plan, but goes on behind a failure. */
static void check_programs(struct elf_file *elf, struct gate_failures *failures)
{
    elf->plan = (struct elf_plan){ .entry = elf->header.entry };
    for (unsigned i = 0; i < elf->header.program_count; i++) {
        struct elf_program_header program;
        enum elf_error error;

        memcpy(&program, elf->data + elf->header.program_offset + i * sizeof(program), sizeof(program));
        error = elf_add_program(&program, elf->size, &elf->plan);
        if (error != ELF_OK) {
            failed(failures, error == ELF_BAD_NOTE ? "note" : "elf", "program header %u: %s", i, elf_text(error));
        }
    }
}

static void check_whole(const struct elf_file *elf, struct gate_failures *failures)
{
    enum elf_error entry = elf_check_entry(&elf->plan), dynamic = elf_check_dynamic(&elf->plan);

    if (entry != ELF_OK) {
        failed(failures, "elf", "%s", elf_text(entry));
    }
    if (dynamic != ELF_OK) {
        failed(failures, "elf", "%s", elf_text(dynamic));
    }
    if (elf->plan.note_count == 0) {
        failed(failures, "note", "there is no manifest in the ELF file");
    }
}

static void check_note(const struct elf_file *elf, const struct signed_image_header *header, struct gate_failures *failures)
{
    struct elf_note note;

    if (elf->plan.note_count != 0) {
        memcpy(&note, elf->data + elf->plan.note_offset, sizeof(note));
        if (elf_check_note(&note, header) != ELF_OK) {
            failed(failures, "note", "the manifest in the ELF file is not the one that was signed");
        }
    }
}

/* Loads the image at no address in particular and relocates it, as the loader does. */
static void check_relocations(const struct elf_file *elf, struct gate_failures *failures)
{
    uint8_t *memory = calloc(1, IUM_IMAGE_MAX_SIZE);
    enum elf_error error = ELF_OK;

    if (memory == NULL) {
        fail("no memory");
    }
    for (uint32_t i = 0; i < elf->plan.count; i++) {
        const struct elf_segment *segment = &elf->plan.segments[i];

        memcpy(memory + segment->address, elf->data + segment->file_offset, segment->file_size);
    }
    if (elf->plan.dynamic_size != 0) {
        error = elf_relocate(&elf->plan, memory, IUM_IMAGE_BASE);
    }
    if (error != ELF_OK) {
        failed(failures, "relocation", "%s", elf_text(error));
    }
    free(memory);
}

/* All that is mapped when the image starts, as the secure kernel counts it. */
static void check_quota(const struct elf_file *elf, const struct signed_image_header *header, struct gate_failures *failures)
{
    uint64_t pages = IUM_THREAD_PAGES + header->heap_pages +
                     (uint64_t)ium_stack_count(header->syscalls, header->max_sessions) * header->stack_pages;

    for (uint32_t i = 0; i < elf->plan.count; i++) {
        pages += elf->plan.segments[i].size / PAGE_BYTES;
    }
    if (header->page_quota != 0 && pages > header->page_quota) {
        failed(failures, "quota", "page_quota: %" PRIu32 ", but image, heap, stacks and the first thread take %" PRIu64,
               header->page_quota, pages);
    }
}

static void check_elf(const struct buffer *file, const struct signed_image_header *header, struct gate_failures *failures)
{
    struct elf_file elf = { .data = file->data + SIGNED_IMAGE_PAYLOAD_OFFSET, .size = file->size - SIGNED_IMAGE_PAYLOAD_OFFSET };

    if (!read_elf(&elf, failures)) {
        return;
    }
    check_programs(&elf, failures);
    check_whole(&elf, failures);
    check_note(&elf, header, failures);
    check_quota(&elf, header, failures);
    /* A dynamic section that is not inside a segment cannot be followed. */
    if (elf_check_dynamic(&elf.plan) == ELF_OK) {
        check_relocations(&elf, failures);
    }
}

void gates_check(const struct buffer *file, const struct gate_rules *rules, struct gate_failures *failures)
{
    struct signed_image_header header;

    failures->count = 0;
    if (file->size <= SIGNED_IMAGE_PAYLOAD_OFFSET || file->size > SIGNED_IMAGE_MAX_SIZE) {
        failed(failures, "size", "%zu bytes are not the size of a signed image (more than %zu, at most %u)", file->size,
               SIGNED_IMAGE_PAYLOAD_OFFSET, SIGNED_IMAGE_MAX_SIZE);
        return;
    }
    check_signer(file, rules, failures);
    header = image_header(file);
    check_header(&header, file->size - SIGNED_IMAGE_PAYLOAD_OFFSET, rules, failures);
    check_elf(file, &header, failures);
}
