/*
 * One path for each shape of table, with the masks written down from the
 * manual's figures (AMD APM vol. 2, "Legacy-Mode Page Translation" and
 * "Long-Mode Page Translation"), not taken from the code under test.
 */
#include "hv-walk.h"

#define BITS(last, first) ((~UINT64_C(0) << (first)) & (~UINT64_C(0) >> (63 - (last))))

#define LONG_MODE .cr4 = CR4_PAE, .efer = EFER_LMA | EFER_NXE, .entry_size = 8
#define LONG_MODE_5 .cr4 = CR4_PAE | CR4_LA57, .efer = EFER_LMA | EFER_NXE, .entry_size = 8
#define PAE_MODE  .cr4 = CR4_PAE, .efer = EFER_NXE, .entry_size = 8
#define LEGACY    .entry_size = 4

#define ENTRY(address_, value_, reserved_, where_) \
    { .address = (address_), .value = (value_), .reserved = (reserved_), .where = (where_) }

/* Long mode: PML5E and PML4E, PDPE and PDE that name a table, leaves. */
#define TOP(address_, value_)   ENTRY(address_, value_, BIT_PS, BITS(51, 12))
#define TABLE(address_, value_) ENTRY(address_, value_, 0, BITS(51, 12) | BIT_PS)
#define PAGE_4K(address_, value_) ENTRY(address_, value_, 0, BITS(51, 12))
#define PAGE_2M(address_, value_) ENTRY(address_, value_, BITS(20, 13), BITS(51, 21) | BIT_PS)
#define PAGE_1G(address_, value_) ENTRY(address_, value_, BITS(29, 13), BITS(51, 30) | BIT_PS)

/* PAE: four top entries without rights, of which bit 5 passes for QEMU's sake, then 62-52 reserved. */
#define PAE_TOP(address_, value_) \
    { .address = (address_), .value = (value_), .reserved = BITS(2, 1) | BITS(8, 6) | BITS(63, 52), \
      .where = BITS(51, 12), .no_rights = true }
#define PAE_TABLE(address_, value_)   ENTRY(address_, value_, BITS(62, 52), BITS(51, 12) | BIT_PS)
#define PAE_PAGE_4K(address_, value_) ENTRY(address_, value_, BITS(62, 52), BITS(51, 12))
#define PAE_PAGE_2M(address_, value_) ENTRY(address_, value_, BITS(62, 52) | BITS(20, 13), BITS(51, 21) | BIT_PS)

const struct path paths[] = {
    { .name = "32-bit, 4 KiB", LEGACY, .cr3 = 0x12345018, .linear = 0xC0403123, .expected = 0x89ABC123, .levels = 2,
      .entries = {
          ENTRY(0x12345C04, 0xABCDE0E7, 0, BITS(31, 12)), /* PS set: ignored without CR4.PSE */
          ENTRY(0xABCDE00C, 0x89ABC067, 0, BITS(31, 12)),
      } },
    { .name = "32-bit, 4 KiB, PSE on", LEGACY, .cr4 = CR4_PSE, .cr3 = 0xFFFFF000, .linear = 0xFFFFFFFF, .expected = 0xFFF,
      .levels = 2,
      .entries = {
          ENTRY(0xFFFFFFFC, 0xABCDE067, 0, BITS(31, 12) | BIT_PS),
          ENTRY(0xABCDEFFC, 0x00000067, 0, BITS(31, 12)),
      } },
    { .name = "32-bit, 4 MiB", LEGACY, .cr4 = CR4_PSE, .cr3 = 0x12345000, .linear = 0xC0403123, .expected = 0x80003123,
      .levels = 1,
      .entries = { ENTRY(0x12345C04, 0x800010E7, BITS(21, 21), BITS(31, 22) | BITS(20, 13) | BIT_PS) } },
    { .name = "32-bit, 4 MiB above 4 GiB", LEGACY, .cr4 = CR4_PSE, .cr3 = 0x12345000, .linear = 0xC07FFFFF,
      .expected = UINT64_C(0xA5803FFFFF), .levels = 1,
      .entries = { ENTRY(0x12345C04, 0x8014A0E7, BITS(21, 21), BITS(31, 22) | BITS(20, 13) | BIT_PS) } },
    { .name = "PAE, 4 KiB", PAE_MODE, .cr3 = 0x12345038, .linear = 0xC0403123, .expected = UINT64_C(0x1123456123), .levels = 3,
      .entries = {
          PAE_TOP(0x12345038, UINT64_C(0x56789AE19)),
          PAE_TABLE(UINT64_C(0x56789A010), UINT64_C(0xABCDEF067)),
          PAE_PAGE_4K(UINT64_C(0xABCDEF018), UINT64_C(0x11234560E7)), /* bit 7 is PAT */
      } },
    { .name = "PAE, 2 MiB", PAE_MODE, .cr3 = UINT64_C(0xFFFFFFFF00000FFF), .linear = UINT64_C(0x5800FFFFF),
      .expected = UINT64_C(0x11234FFFFF), .levels = 2,
      .entries = {
          PAE_TOP(0xFF0, UINT64_C(0x56789A001)),
          PAE_PAGE_2M(UINT64_C(0x56789A000), UINT64_C(0x11234010E7)),
      } },
    { .name = "4-level, 4 KiB", LONG_MODE, .cr3 = UINT64_C(0x8000012345678FFF), .linear = UINT64_C(0xFFFF812345678ABC),
      .expected = UINT64_C(0xFEDCBA9876ABC), .levels = 4,
      .entries = {
          TOP(UINT64_C(0x12345678810), UINT64_C(0x7FF000056789A067)),
          TABLE(UINT64_C(0x56789A468), UINT64_C(0x123456789067)),
          TABLE(UINT64_C(0x123456789158), UINT64_C(0xFFFFFFFFFF067)),
          PAGE_4K(UINT64_C(0xFFFFFFFFFF3C0), UINT64_C(0x7F0FEDCBA98761E7)),
      } },
    { .name = "4-level, 2 MiB", LONG_MODE, .cr3 = 0x1000, .linear = UINT64_C(0x00007123456789AB),
      .expected = UINT64_C(0xFEDCBA98789AB), .levels = 3,
      .entries = {
          TOP(0x1710, 0x2067),
          TABLE(0x2468, 0x3067),
          PAGE_2M(0x3158, UINT64_C(0xFEDCBA98010E7)),
      } },
    { .name = "4-level, 1 GiB", LONG_MODE, .cr3 = 0, .linear = UINT64_C(0x00007123456789AB),
      .expected = UINT64_C(0xFEDCB856789AB), .levels = 2,
      .entries = {
          TOP(0x710, 0x2067),
          PAGE_1G(0x2468, UINT64_C(0xFEDCB800010E7)),
      } },
    { .name = "4-level, 32-bit address", LONG_MODE, .cr3 = 0x1000, .linear = 0x40201003, .expected = 0x5003, .levels = 4,
      .entries = {
          TOP(0x1000, 0x2007), TABLE(0x2008, 0x3007), TABLE(0x3008, 0x4007), PAGE_4K(0x4008, 0x5007),
      } },
    { .name = "5-level, 4 KiB", LONG_MODE_5, .cr3 = 0x1000, .linear = UINT64_C(0xFF123456789ABCDE),
      .expected = 0x6CDE, .levels = 5,
      .entries = {
          TOP(0x1890, 0x2067), TOP(0x2340, 0x3067), TABLE(0x3AC8, 0x4067), TABLE(0x4E20, 0x5067), PAGE_4K(0x5D58, 0x60E7),
      } },
    { .name = "5-level, 1 GiB", LONG_MODE_5, .cr3 = 0x1000, .linear = UINT64_C(0x00007123456789AB),
      .expected = 0xC56789AB, .levels = 3,
      .entries = {
          TOP(0x1000, 0x2067), TOP(0x2710, 0x3067), PAGE_1G(0x3468, 0xC00000E7),
      } },
};

const unsigned path_count = sizeof(paths) / sizeof(paths[0]);
