/* The parts of ELF-64 the loader reads (System V ABI, "Object Files"; AMD64 supplement, "Relocation"). */
#pragma once

#include <stdint.h>

#define ELF_TYPE_DYN      3u
#define ELF_MACHINE_AMD64 62u

enum elf_segment_type {
    ELF_PT_LOAD = 1,
    ELF_PT_DYNAMIC = 2,
    ELF_PT_INTERP = 3,
    ELF_PT_NOTE = 4,
    ELF_PT_TLS = 7,
    ELF_PT_GNU_STACK = 0x6474E551,
};

enum elf_segment_flags { ELF_PF_X = 1, ELF_PF_W = 2, ELF_PF_R = 4 };

enum elf_dynamic_tag {
    ELF_DT_NULL = 0,
    ELF_DT_NEEDED = 1,
    ELF_DT_PLTRELSZ = 2,
    ELF_DT_RELA = 7,
    ELF_DT_RELASZ = 8,
    ELF_DT_RELAENT = 9,
    ELF_DT_INIT = 12,
    ELF_DT_FINI = 13,
    ELF_DT_REL = 17,
    ELF_DT_TEXTREL = 22,
    ELF_DT_JMPREL = 23,
    ELF_DT_INIT_ARRAY = 25,
    ELF_DT_FINI_ARRAY = 26,
    ELF_DT_RELRSZ = 35,
    ELF_DT_RELR = 36,
};

#define ELF_R_AMD64_RELATIVE 8u

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_size, program_entry_size, program_count;
    uint16_t section_entry_size, section_count, section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "ELF-64 file header");

struct elf_program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF-64 program header");

struct elf_dynamic {
    int64_t tag;
    uint64_t value;
};

struct elf_rela {
    uint64_t offset, info;
    int64_t addend;
};
_Static_assert(sizeof(struct elf_rela) == 24, "ELF-64 relocation with addend");
