/*
 * The hypervisor's only access to guest memory: single pages seen through
 * this processor's window slots, always with the rights that the VTL on whose
 * behalf it looks has at that moment.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/walk.h>

/* Copies size bytes, inside one page, from the guest. False: the VTL may not read the page, or it is not RAM. */
bool guest_read(struct cpu *cpu, enum vtl vtl, gpa_t from, void *to, size_t size);

/* Copies size bytes, inside one page, to the guest. False: the VTL may not write the page, or it is not RAM. */
bool guest_write(struct cpu *cpu, enum vtl vtl, gpa_t to, const void *from, size_t size);

/*
 * Puts desired into a naturally aligned word of 4 or 8 bytes if it still is *expected, in one step, as a processor sets the flags
 * of a table entry; *expected becomes what was there. False: the VTL may not read and write the page, or it is not RAM.
 */
bool guest_exchange(struct cpu *cpu, enum vtl vtl, gpa_t at, size_t size, uint64_t *expected, uint64_t desired);

/* Zeroes one page of RAM whoever owns it. For resets only: no rights are asked. */
void guest_zero_page(struct cpu *cpu, gpa_t page);

/* How the VTL translates now: a data read at its CPL. The caller says what else is asked for. */
struct walk_context guest_walk_context(const struct cpu *cpu, enum vtl vtl);

/* Translates an address of the VTL through its own tables, read with its own rights. */
enum walk_result guest_translate(struct cpu *cpu, enum vtl vtl, const struct walk_context *context, gva_t address, gpa_t *out);

/* Copies up to size bytes of instruction at RIP of the active VTL; returns how many could be read. */
size_t guest_fetch(struct cpu *cpu, uint8_t *to, size_t size);

/* Access to a device's registers on VTL0's behalf, uncached; size 1, 2, 4 or 8, naturally aligned. The caller has filtered it. */
uint32_t device_read(struct cpu *cpu, gpa_t address);
void device_write(struct cpu *cpu, gpa_t address, unsigned size, uint64_t value);
