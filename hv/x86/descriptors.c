#include <hv/descriptors.h>

#include <hv/layout.h>
#include <hv/x86.h>

#include <lib/string.h>

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack; /* IST index */
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct gate) == 16, "APM vol. 2, Long-Mode Interrupt Control Transfers");

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

#define GATE_INTERRUPT 0x8E
#define STUB_SIZE      16u
#define IST_NONE       0u
#define IST_NMI        1u
#define IST_FAULT      2u
#define TSS_IST1       0x24

extern const uint8_t exception_stubs[], interrupt_stubs[];
static struct gate exception_table[32], interrupt_table[256];
const struct table_pointer exception_table_pointer = { sizeof(exception_table) - 1, (uint64_t)exception_table };
const struct table_pointer interrupt_table_pointer = { sizeof(interrupt_table) - 1, (uint64_t)interrupt_table };

static uint8_t stack_of(unsigned vector)
{
    if (vector == 1) {
        return IST_NONE; /* exceptions.S: TR may still be a guest's */
    }
    return vector == 2 ? IST_NMI : IST_FAULT;
}

static void set_gate(struct gate *table, unsigned vector, const uint8_t *stubs, uint8_t stack)
{
    uint64_t stub = (uint64_t)stubs + vector * (uint64_t)STUB_SIZE;

    table[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .selector = HV_SELECTOR_CODE,
        .stack = stack,
        .type = GATE_INTERRUPT,
        .offset_middle = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

static void set_task_descriptor(uint64_t *at, uint64_t base, uint64_t limit)
{
    at[0] = (limit & 0xFFFF) | (base & 0xFFFFFF) << 16 | UINT64_C(0x89) << 40 | (base >> 24 & 0xFF) << 56;
    at[1] = base >> 32;
}

static void set_task_stacks(struct cpu *cpu)
{
    uint64_t stacks = HV_VA_STACKS + cpu->vp_index * HV_STACK_STRIDE;
    uint64_t ist[2] = {
        stacks + HV_STACK_NMI_BASE + HV_STACK_NMI_SIZE,
        stacks + HV_STACK_FAULT_BASE + HV_STACK_FAULT_SIZE,
    };

    memset(cpu->task_state, 0, sizeof(cpu->task_state));
    memcpy(cpu->task_state + TSS_IST1, ist, sizeof(ist));
}

static void load_segments(const struct table_pointer *gdt, const struct table_pointer *idt)
{
    __asm__ volatile("lgdt %0\n\t"
                     "lidt %1\n\t"
                     "mov %2, %%ds\n\tmov %2, %%es\n\tmov %2, %%ss\n\t"
                     "mov %3, %%fs\n\tmov %3, %%gs\n\t"
                     "push %4\n\tlea 1f(%%rip), %%rax\n\tpush %%rax\n\tlretq\n1:\n\t"
                     "ltr %w5"
                     :
                     : "m"(*gdt), "m"(*idt), "r"(HV_SELECTOR_DATA), "r"(0), "r"((uint64_t)HV_SELECTOR_CODE),
                       "r"(HV_SELECTOR_TASK)
                     : "rax", "memory");
}

void descriptors_load(struct cpu *cpu)
{
    struct table_pointer gdt = { sizeof(cpu->descriptor_table) - 1, (uint64_t)cpu->descriptor_table };

    for (unsigned vector = 0; vector < 256; vector++) {
        if (vector < 32) {
            set_gate(exception_table, vector, exception_stubs, stack_of(vector));
        }
        /* On the stack that runs: VTL0 may choose vector 2, and an NMI in its handler must not find the same stack. */
        set_gate(interrupt_table, vector, interrupt_stubs, IST_NONE);
    }
    cpu->descriptor_table[0] = 0;
    cpu->descriptor_table[HV_SELECTOR_CODE / 8] = UINT64_C(0x00AF9B000000FFFF);
    cpu->descriptor_table[HV_SELECTOR_DATA / 8] = UINT64_C(0x00CF93000000FFFF);
    set_task_stacks(cpu);
    set_task_descriptor(&cpu->descriptor_table[HV_SELECTOR_TASK / 8], (uint64_t)cpu->task_state, sizeof(cpu->task_state) - 1);
    load_segments(&gdt, &exception_table_pointer);
    cpu->self = cpu;
    wrmsr(MSR_GS_BASE, (uint64_t)cpu);
}
