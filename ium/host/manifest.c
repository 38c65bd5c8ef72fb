/* The manifest: the note of this program's own ELF file, as the IUM loader finds a trustlet's (abi/image.h). */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <ium/host.h>

#include <link.h>
#include <string.h>

#include <abi/ium.h>

#include "internal.h"

#define ALIGN4(size) (((size) + 3u) & ~(size_t)3)

static struct signed_image_header manifest;
static bool known;
static struct ium_identity pretended;
static bool pretends;

static bool take_note(const ElfW(Nhdr) *note)
{
    const char *name = (const char *)(note + 1);

    if (note->n_namesz != sizeof(SIGNED_IMAGE_NOTE_NAME) || memcmp(name, SIGNED_IMAGE_NOTE_NAME, note->n_namesz) != 0 ||
        note->n_type != SIGNED_IMAGE_NOTE_TYPE || note->n_descsz != sizeof(manifest)) {
        return false;
    }
    memcpy(&manifest, name + ALIGN4(note->n_namesz), sizeof(manifest));
    return true;
}

static bool search(const uint8_t *at, size_t size)
{
    const uint8_t *end = at + size;

    while ((size_t)(end - at) >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;

        if (take_note(note)) {
            return true;
        }
        at += sizeof(*note) + ALIGN4(note->n_namesz) + ALIGN4(note->n_descsz);
    }
    return false;
}

/* The first object dl_iterate_phdr tells of is the program. */
static int look(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (unsigned i = 0; i < info->dlpi_phnum && !known; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_NOTE) {
            known = search((const uint8_t *)(info->dlpi_addr + part->p_vaddr), part->p_memsz);
        }
    }
    return 1;
}

static void take_default(void)
{
    manifest = (struct signed_image_header){
        .name = "trustlet",
        .security_version = 1,
        .heap_pages = 64,
        .stack_pages = 8,
        .max_sessions = 8,
        .max_instances = 1,
        .syscalls = 1u << IUM_SYSCALL_EXIT | 1u << IUM_SYSCALL_LOG | 1u << IUM_SYSCALL_WAIT_CALL |
                    1u << IUM_SYSCALL_DERIVE_KEY | 1u << IUM_SYSCALL_GET_IDENTITY | 1u << IUM_SYSCALL_IS_CANCELLED |
                    1u << IUM_SYSCALL_CREATE_THREAD | 1u << IUM_SYSCALL_NORMAL_CALL | 1u << IUM_SYSCALL_GET_PLATFORM |
                    1u << IUM_SYSCALL_GET_FRESHNESS | 1u << IUM_SYSCALL_SET_FRESHNESS | 1u << IUM_SYSCALL_RESET_FRESHNESS |
                    1u << IUM_SYSCALL_GET_TIME,
    };
    known = true;
}

const struct signed_image_header *trustlet_manifest(void)
{
    if (!known) {
        dl_iterate_phdr(look, NULL);
    }
    if (!known) {
        take_default();
    }
    return &manifest;
}

void trustlet_pretend(const uint8_t identity[16], uint32_t security_version)
{
    pretends = identity != NULL;
    pretended = (struct ium_identity){ .security_version = security_version };
    if (pretends) {
        memcpy(pretended.identity, identity, sizeof(pretended.identity));
    }
}

void host_identity(struct ium_identity *identity)
{
    *identity = pretended;
    if (!pretends) {
        *identity = (struct ium_identity){ .security_version = trustlet_manifest()->security_version };
        memcpy(identity->identity, trustlet_manifest()->identity, sizeof(identity->identity));
    }
}
