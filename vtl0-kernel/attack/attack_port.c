/* I/O ports that reach memory, other consoles or the machine's sleep. */
#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/acpi.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define SYSTEM_CONTROL_A 0x92u
#define A20_ON           0x02u
#define BIT_20           (1u << 20)

#define SLEEP_ENABLE     (1u << 13)
#define SLEEP_TYPE_SHIFT 10
#define SLEEP_POLLS      10000u

/*
 * A mebibyte whose addresses have bit 20 clear, and the next one. Without A20 the processor finds none of the kernel that lies
 * at an odd mebibyte, so all that it needs meanwhile is here: page tables that map 4 GiB one to one, and the code.
 */
struct a20_bench {
    union {
        struct {
            volatile uint64_t word;
            uint8_t code[PAGE_SIZE - sizeof(uint64_t)];
            uint64_t pml4[512], pdpt[512], directory[4][512];
        };
        uint8_t low[BIT_20];
    };
    volatile uint64_t high[BIT_20 / sizeof(uint64_t)];
};
_Static_assert(offsetof(struct a20_bench, high) == BIT_20 && offsetof(struct a20_bench, pml4) == PAGE_SIZE, "mebibytes and pages");

extern const uint8_t attack_a20_code[], attack_a20_code_end[]; /* attack_a20_code.S */

static void fill_bench(struct a20_bench *bench)
{
    const uint64_t rights = PTE_PRESENT | PTE_WRITE;

    memcpy(bench->code, attack_a20_code, (size_t)(attack_a20_code_end - attack_a20_code));
    bench->pml4[0] = (uint64_t)(uintptr_t)bench->pdpt | rights;
    for (uint64_t i = 0; i < 4; i++) {
        bench->pdpt[i] = (uint64_t)(uintptr_t)bench->directory[i] | rights;
        for (uint64_t j = 0; j < 512; j++) {
            bench->directory[i][j] = (i * 512 + j) * LARGE_PAGE_SIZE | rights | PTE_LARGE;
        }
    }
    bench->word = 1;
    bench->high[0] = 2;
}

/*
 * The A20 gate masks bit 20 of the physical address behind the second-level
 * tables, so that a page of VTL0's would answer with the content of one 1 MiB
 * below it.
 */
void attack_a20(const struct attack *attack, struct attack_result *result)
{
    static struct a20_bench *bench; /* the pool has no way back for two MiB */
    uint64_t (*code)(const volatile uint64_t *word, uint64_t off, uint64_t on_again);
    uint8_t before = inb(SYSTEM_CONTROL_A);
    bool on;
    uint64_t seen;

    (void)attack;
    bench = bench != NULL ? bench : pages_alloc(sizeof(*bench) / PAGE_SIZE, sizeof(*bench));
    code = (uint64_t (*)(const volatile uint64_t *, uint64_t, uint64_t))(uintptr_t)bench->code;
    fill_bench(bench);
    on = interrupts_save();
    write_cr3((uint64_t)(uintptr_t)bench->pml4);
    seen = code(bench->high, before & ~(A20_ON | 1u), before & 0xFEu); /* bit 0 is a reset */
    write_cr3(paging_kernel_root());
    interrupts_restore(on);
    result->outcome = seen == 2 ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "port92-before=%x", (unsigned)before);
}

/* A port of another trust level's console: natively a register, to VTL0 an empty bus. attack->number: the port. */
void attack_hidden_port(const struct attack *attack, struct attack_result *result)
{
    uint8_t seen = inb((uint16_t)attack->number);

    result->rip_advanced = true;
    result->outcome = seen == 0xFF ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "read=%x", (unsigned)seen);
}

/*
 * Suspend to RAM: whoever wakes the machine owns what is in its memory. The
 * machine going on is the refusal; otherwise there is no next line.
 */
void attack_sleep(const struct attack *attack, struct attack_result *result)
{
    const struct acpi_power *power = acpi_power_control();
    uint16_t value;

    (void)attack;
    result->rip_advanced = true;
    if (power->pm1a_control == 0 || power->s3_type < 0) {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, "no-s3-in-the-tables");
        return;
    }
    value = (uint16_t)(power->s3_type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE);
    outw(power->pm1a_control, (uint16_t)(value & ~SLEEP_ENABLE));
    outw(power->pm1a_control, value);
    for (unsigned i = 0; i < SLEEP_POLLS; i++) {
        (void)inb(power->pm1a_control);
    }
    result->outcome = OUTCOME_REFUSED;
    attack_detail(result, "still-awake");
}
