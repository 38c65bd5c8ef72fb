/* Accesses to the page of VTL1's local APIC, and the mapping that they need. */
#include <guest/x86.h>

#include "cpu.h"

#define APIC_ADDRESS UINT64_C(0xFEE00000)
#define LARGE_PAGE   UINT64_C(0x200000)
#define TABLE        UINT64_C(0x3)
#define UNCACHED     UINT64_C(0x9B) /* present, writable, PWT, PCD, of 2 MiB */
#define GIGABYTE     30u
#define ENTRIES      512u

struct page_answer {
    uint64_t value, fault;
};

/* raw.S; RSI is free for the fault. */
typedef struct page_answer page_form(uint64_t address, uint64_t fault, uint64_t value);
page_form page_load_32, page_store_32, page_exchange_32, page_load_8, page_load_16, page_load_64, page_store_8, page_store_64,
    page_or_32, page_store_immediate;

static page_form *const forms[] = {
    [PAGE_LOAD_32] = page_load_32, [PAGE_STORE_32] = page_store_32, [PAGE_EXCHANGE_32] = page_exchange_32,
    [PAGE_LOAD_8] = page_load_8, [PAGE_LOAD_16] = page_load_16, [PAGE_LOAD_64] = page_load_64,
    [PAGE_STORE_8] = page_store_8, [PAGE_STORE_64] = page_store_64,
    [PAGE_OR_32] = page_or_32, [PAGE_STORE_IMMEDIATE] = page_store_immediate,
};

static uint64_t pointers[ENTRIES] __attribute__((aligned(PAGE_SIZE))), directory[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* At its own address, which the loader's tables have nothing at. */
static void map(void)
{
    uint64_t *root = (uint64_t *)(VTL1_DIRECT_MAP + (read_cr3() & ~UINT64_C(0xFFF)) - boot_block.region_base);

    directory[APIC_ADDRESS / LARGE_PAGE % ENTRIES] = APIC_ADDRESS | UNCACHED;
    pointers[APIC_ADDRESS >> GIGABYTE] = address_of(directory) | TABLE;
    root[0] = address_of(pointers) | TABLE;
}

uint64_t apic_page(uint64_t form, uint64_t offset, uint64_t value, uint64_t *fault)
{
    struct page_answer answer = { 0, 0 };

    map();
    if (form < sizeof(forms) / sizeof(forms[0])) {
        answer = forms[form](APIC_ADDRESS + offset, 0, value);
    }
    *fault = answer.fault;
    return answer.value;
}
