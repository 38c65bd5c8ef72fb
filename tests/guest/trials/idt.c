#include "idt.h"

#include <lib/string.h>

#include "apic.h"
#include "bench.h"
#include "guest.h"

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern char host_stubs[];
extern char vtl0_stubs[];
extern char vtl1_stubs[];
extern uint64_t gdt[];

void host_trap(struct trap_frame *frame);
void vtl0_trap(struct trap_frame *frame);
void vtl1_trap(struct trap_frame *frame);

struct traps host_traps[2];
struct traps vtl0_traps;
struct traps vtl1_traps;
struct idt_gate host_idt[256] __attribute__((aligned(4096)));
struct idt_gate vtl0_idt[256] __attribute__((aligned(4096)));
struct idt_gate vtl1_idt[256] __attribute__((aligned(4096)));

static struct tss tss[2] __attribute__((aligned(256)));
static char nmi_stacks[2][16384] __attribute__((aligned(16)));

static void build(struct idt_gate *idt, const char *stubs, uint64_t nmi_ist)
{
    for (unsigned i = 0; i < 256; i++) {
        uint64_t at = (uint64_t)(uintptr_t)stubs + i * 16u;

        idt[i].low = (at & 0xFFFF) | 0x08u << 16 | 0x8E0000000000u | (at & 0xFFFF0000) << 32;
        idt[i].high = at >> 32;
    }
    idt[2].low |= nmi_ist << 32;
}

void idt_build(void)
{
    build(host_idt, host_stubs, 1);
    build(vtl0_idt, vtl0_stubs, 0);
    build(vtl1_idt, vtl1_stubs, 0);
}

void idt_load(unsigned processor)
{
    uint64_t at = (uint64_t)(uintptr_t)&tss[processor];
    struct table_pointer pointer = { .limit = sizeof(host_idt) - 1, .base = (uint64_t)(uintptr_t)host_idt };
    uint16_t selector = (uint16_t)(0x20 + processor * 16);

    tss[processor].ist[0] = (uint64_t)(uintptr_t)(nmi_stacks[processor] + sizeof(nmi_stacks[0]));
    tss[processor].io_map = sizeof(struct tss);
    gdt[selector / 8u] = (sizeof(struct tss) - 1) | (at & 0xFFFFFF) << 16 | 0x890000000000u | (at & 0xFF000000) << 32;
    gdt[selector / 8u + 1] = at >> 32;
    __asm__ volatile("lidt %0" : : "m"(pointer));
    __asm__ volatile("ltr %0" : : "r"(selector));
}

void traps_clear(struct traps *traps)
{
    memset(traps, 0, sizeof(*traps));
}

static void note(struct traps *traps, struct trap_frame *frame)
{
    uint8_t vector = (uint8_t)frame->vector;

    traps->last_rip[vector] = frame->rip;
    traps->last_error[vector] = frame->error;
    if (vector >= 32) {
        traps->isr_seen = apic_vector_bit(APIC_ISR, vector);
    }
    traps->count[vector]++;
    if (traps->hook) {
        traps->hook(frame);
    }
}

void host_trap(struct trap_frame *frame)
{
    note(&host_traps[apic_read(APIC_ID) >> 24 & 1], frame);
    if (frame->vector >= 32) {
        apic_write(APIC_EOI, 0);
    } else if (frame->vector != 2) {
        fact("host", "exception %lu error %lx at %lx", frame->vector, frame->error, frame->rip);
        bench_end("host exception");
    }
}

static void guest_trap(struct traps *traps, struct trap_frame *frame)
{
    note(traps, frame);
    if (frame->vector < 32) {
        frame->rip = traps->resume_rip ? traps->resume_rip : frame->rip;
    } else if (traps->eoi_through_exit) {
        guest_write32(APIC_BASE + APIC_EOI, 0);
    } else if (!traps->no_eoi) {
        apic_write(APIC_EOI, 0);
    }
}

void vtl0_trap(struct trap_frame *frame)
{
    guest_trap(&vtl0_traps, frame);
}

void vtl1_trap(struct trap_frame *frame)
{
    guest_trap(&vtl1_traps, frame);
}
