#include <sk/vtl0_memory.h>

#include <sk/copy.h>
#include <sk/cpu.h>
#include <sk/page_table.h>
#include <sk/x86.h>

static uint8_t *open_window(struct cpu *cpu, gpa_t page, uint64_t rights)
{
    *cpu->window_entry = page.value | rights;
    invlpg(cpu->window);
    return (uint8_t *)cpu->window;
}

/* The window's address is this processor's alone, so its own TLB is the only one that can know it. */
static void close_window(struct cpu *cpu)
{
    *cpu->window_entry = 0;
    invlpg(cpu->window);
}

bool vtl0_read_page(gpa_t page, void *to)
{
    struct cpu *cpu = this_cpu();
    uint64_t left = copy_fallible(to, open_window(cpu, page, PAGE_WINDOW_RO), PAGE_SIZE);

    close_window(cpu);
    return left == 0;
}

bool vtl0_write(gpa_t page, uint64_t offset, const void *from, uint64_t size)
{
    struct cpu *cpu = this_cpu();
    uint64_t left = copy_fallible(open_window(cpu, page, PAGE_WINDOW_RW) + offset, from, size);

    close_window(cpu);
    return left == 0;
}
