/* Where a processor lands that VTL0 starts by hand: trampoline.S, copied below 1 MiB. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* At offset 8 of the trampoline's page, written by the started processor. */
struct landing {
    volatile uint32_t starts;     /* how often somebody came in at the page's first byte */
    volatile uint32_t interface;  /* CPUID 40000001h EAX there */
    volatile uint32_t vendor;     /* CPUID 40000000h EBX there */
    volatile uint32_t apic_id;
    volatile uint32_t beats;      /* goes on as long as the processor runs */
};

extern const uint8_t trampoline[], trampoline_end[];
