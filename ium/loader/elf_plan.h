/*
 * From an ELF file's headers to what is to be mapped where. Pure: no system
 * call, no memory but the arguments, so that every check runs on the build
 * machine too. The file is signed, but a signature is no proof of sanity.
 */
#pragma once

#include <stdint.h>

#include "elf.h"

#define ELF_MAX_PROGRAM_HEADERS 16u
#define ELF_MAX_SEGMENTS        8u

/* Why an image was refused; also the loader's exit code, so that the log names it. */
enum elf_error {
    ELF_OK = 0,
    ELF_TOO_SMALL = 1,        /* file shorter than its header */
    ELF_BAD_HEADER = 2,       /* not a 64-bit little-endian AMD64 ELF of version 1 */
    ELF_NOT_PIE = 3,          /* not position independent */
    ELF_BAD_TABLE = 4,        /* program headers: entry size, count or place */
    ELF_BAD_SEGMENT = 5,      /* size, place in the file, alignment or address */
    ELF_BAD_RIGHTS = 6,       /* unreadable, writable and executable, unknown bits, executable stack */
    ELF_OVERLAP = 7,          /* segments not ascending and apart */
    ELF_UNSUPPORTED = 8,      /* interpreter, thread-local storage, too many segments, none */
    ELF_BAD_ENTRY = 9,        /* entry not in an executable segment */
    ELF_BAD_DYNAMIC = 10,     /* dynamic section misplaced, or asking for more than relative relocations */
    ELF_BAD_RELOCATION = 11,  /* type, place or value of a relocation */
    ELF_READ_FAILED = 12,     /* the secure kernel refused a read, a mapping or a right (loader only) */
    ELF_MAP_FAILED = 13,
    ELF_PROTECT_FAILED = 14,
    ELF_START_FAILED = 15,
    ELF_BAD_NOTE = 16,        /* the manifest's note: none, two, of another size, or not what was signed */
    ELF_STACK_SMASHED = 17,   /* the loader itself wrote over its stack (loader only) */
};

/* One PT_LOAD. Addresses count from the image's base. */
struct elf_segment {
    uint64_t address;     /* page aligned */
    uint64_t size;        /* whole pages */
    uint64_t file_offset;
    uint64_t file_size;   /* at most size; the rest is zero */
    uint32_t rights;      /* enum ium_rights */
};

struct elf_plan {
    uint32_t count;
    struct elf_segment segments[ELF_MAX_SEGMENTS]; /* ascending, apart, all below IUM_IMAGE_MAX_SIZE */
    uint64_t entry;
    uint64_t dynamic;      /* inside one segment's bytes from the file; dynamic_size 0: none */
    uint64_t dynamic_size;
    uint64_t note_offset;  /* in the file: one struct elf_note */
    uint32_t note_count;
};

/* Checks the file header of a file of file_size bytes. On ELF_OK the program headers it names are inside the file. */
enum elf_error elf_check_header(const struct elf_header *header, uint64_t file_size);

/* One step of elf_make_plan, for a tool that tells every fault: takes one program header into *plan. */
enum elf_error elf_add_program(const struct elf_program_header *program, uint64_t file_size, struct elf_plan *plan);

/* What only the whole can tell: is there a segment and the entry in an executable one; is the dynamic section in the file? */
enum elf_error elf_check_entry(const struct elf_plan *plan);
enum elf_error elf_check_dynamic(const struct elf_plan *plan);

/* Checks the count = header->program_count program headers of a header that passed, and fills *plan. */
enum elf_error elf_make_plan(const struct elf_header *header, const struct elf_program_header *programs,
                             uint64_t file_size, struct elf_plan *plan);
