/*
 * A process's addresses: what is mapped where, and copies in and out that
 * trust nothing the process says. Under kernel_lock; the copies need the
 * process's tables in CR3.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/process.h>

/* One past the last address ring 3 may use: the lower canonical half without its last page. */
#define USER_LIMIT UINT64_C(0x00007FFFFFFFF000)

/* Lies [address, address + size) in one mapping that has all of rights? size 0 is never inside. Pure. */
bool user_range_ok(const struct process *process, uint64_t address, uint64_t size, uint32_t rights);

/*
 * Maps zeroed pages at [base, base + size), both page aligned, inside ring
 * 3's half and free of other mappings. rights are what the mapping ends up
 * with; its pages have just these. False: bad range, no slot or no memory;
 * then nothing stays mapped.
 */
bool user_map(struct process *process, uint64_t base, uint64_t size, uint32_t rights);

/* Changes the rights of one whole mapping, found by its exact base and size, on this processor's TLB too. False: no such mapping. */
bool user_protect(struct process *process, uint64_t base, uint64_t size, uint32_t rights);

/* Takes a whole mapping away and wipes its pages. False: no such mapping. */
bool user_unmap(struct process *process, uint64_t base, uint64_t size);

/* Copies; the whole range must be in one mapping with the right to read or write. False: bad address, nothing known of *to. */
bool user_copy_in(const struct process *process, void *to, uint64_t from, uint64_t size);
bool user_copy_out(const struct process *process, uint64_t to, const void *from, uint64_t size);

/* Writes into a mapping whatever its rights are for ring 3: for the kernel's own filling of new pages. */
bool user_fill(const struct process *process, uint64_t to, const void *from, uint64_t size);
