/* VTL1's private and shared processor state by number, for comparisons from VTL0. */
#include <guest/x86.h>

#include "cpu.h"

static uint64_t gdt_base(void)
{
    return read_gdt().base;
}

static uint64_t idt_base(void)
{
    return read_idt().base;
}

static uint64_t (*const readers[STATE_COUNT])(void) = {
    [STATE_CR0] = read_cr0, [STATE_CR2] = read_cr2, [STATE_CR3] = read_cr3, [STATE_CR4] = read_cr4,
    [STATE_DR0] = read_dr0, [STATE_DR1] = read_dr1, [STATE_DR2] = read_dr2, [STATE_DR3] = read_dr3, [STATE_DR7] = read_dr7,
    [STATE_RFLAGS] = read_rflags, [STATE_RSP] = read_rsp, [STATE_CS] = read_cs, [STATE_SS] = read_ss, [STATE_DS] = read_ds,
    [STATE_ES] = read_es, [STATE_FS] = read_fs, [STATE_GS] = read_gs, [STATE_TR] = read_tr, [STATE_GDT] = gdt_base,
    [STATE_IDT] = idt_base,
};

static void (*const writers[STATE_COUNT])(uint64_t) = {
    [STATE_CR0] = write_cr0, [STATE_CR2] = write_cr2, [STATE_CR3] = write_cr3, [STATE_CR4] = write_cr4,
    [STATE_DR0] = write_dr0, [STATE_DR1] = write_dr1, [STATE_DR2] = write_dr2, [STATE_DR3] = write_dr3, [STATE_DR7] = write_dr7,
};

uint64_t state_read(uint64_t which)
{
    return which < STATE_COUNT ? readers[which]() : 0;
}

void state_write(uint64_t which, uint64_t value)
{
    if (which < STATE_COUNT && writers[which] != 0) {
        writers[which](value);
    }
}
