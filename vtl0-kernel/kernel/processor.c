#include <vtl0/processor.h>

#include <vtl0/interrupts.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/panic.h>
#include <vtl0/x86.h>

#define STACK_PAGES        8u
#define INTERRUPT_STACK_PAGES 2u

#define DESCRIPTOR_KERNEL_CODE UINT64_C(0x00AF9B000000FFFF)
#define DESCRIPTOR_KERNEL_DATA UINT64_C(0x00CF93000000FFFF)
#define DESCRIPTOR_USER_DATA   UINT64_C(0x00CFF3000000FFFF)
#define DESCRIPTOR_USER_CODE   UINT64_C(0x00AFFB000000FFFF)
#define DESCRIPTOR_TSS         UINT64_C(0x0000890000000000)

#define CPUID_7_EBX_SMEP (1u << 7)
#define CPUID_7_EBX_SMAP (1u << 20)
#define CPUID_7_ECX_UMIP (1u << 2)

static struct processor *processors[MAX_PROCESSORS];
static uint32_t count;

extern char syscall_entry[];

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

uint32_t processor_count(void)
{
    return count;
}

struct processor *processor_at(uint32_t index)
{
    return index < count ? processors[index] : NULL;
}

static void set_tss_descriptor(struct processor *processor)
{
    uint64_t base = (uint64_t)(uintptr_t)&processor->tss;

    processor->gdt[SELECTOR_TSS / 8] = DESCRIPTOR_TSS | (sizeof(struct task_state) - 1) | ((base & 0xFFFFFF) << 16) |
                                       ((base >> 24 & 0xFF) << 56);
    processor->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

static void fill_tables(struct processor *processor)
{
    processor->gdt[SELECTOR_KERNEL_CODE / 8] = DESCRIPTOR_KERNEL_CODE;
    processor->gdt[SELECTOR_KERNEL_DATA / 8] = DESCRIPTOR_KERNEL_DATA;
    processor->gdt[SELECTOR_USER_DATA / 8] = DESCRIPTOR_USER_DATA;
    processor->gdt[SELECTOR_USER_CODE / 8] = DESCRIPTOR_USER_CODE;
    processor->tss.io_map_base = sizeof(struct task_state);
    for (unsigned i = 0; i < IST_COUNT; i++) {
        processor->tss.ist[i] = paging_new_stack(INTERRUPT_STACK_PAGES);
    }
}

static void add(uint32_t apic_id)
{
    struct processor *processor = pages_alloc((sizeof(*processor) + PAGE_SIZE - 1) / PAGE_SIZE, PAGE_SIZE);

    processor->self = processor;
    processor->index = count;
    processor->apic_id = apic_id;
    processor->stack_top = paging_new_stack(STACK_PAGES);
    processor->frame = page_alloc();
    processor->hypercall = page_alloc();
    fill_tables(processor);
    processors[count++] = processor;
}

void processors_init(const uint32_t *apic_ids, uint32_t id_count, uint32_t boot_apic_id)
{
    add(boot_apic_id);
    for (uint32_t i = 0; i < id_count && count < MAX_PROCESSORS; i++) {
        if (apic_ids[i] != boot_apic_id) {
            add(apic_ids[i]);
        }
    }
}

static void load_control_registers(void)
{
    struct cpuid features = cpuid(7, 0);
    uint64_t cr4 = CR4_PAE | CR4_PGE | (read_cr4() & CR4_OSFXSR);

    cr4 |= (features.ebx & CPUID_7_EBX_SMEP) != 0 ? CR4_SMEP : 0;
    cr4 |= (features.ebx & CPUID_7_EBX_SMAP) != 0 ? CR4_SMAP : 0;
    cr4 |= (features.ecx & CPUID_7_ECX_UMIP) != 0 ? CR4_UMIP : 0;
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE | EFER_NXE);
    write_cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG);
    write_cr4(cr4);
}

static void load_segments(struct processor *processor)
{
    struct table_register gdtr = { sizeof(processor->gdt) - 1, (uint64_t)(uintptr_t)processor->gdt };

    set_tss_descriptor(processor); /* anew each time: loading it sets its busy bit */
    __asm__ volatile("lgdt %0" : : "m"(gdtr));
    __asm__ volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:"
                     : : "i"(SELECTOR_KERNEL_CODE) : "rax", "memory");
    __asm__ volatile("movl %0, %%ds; movl %0, %%es; movl %0, %%ss; movl %1, %%fs; movl %1, %%gs"
                     : : "r"(SELECTOR_KERNEL_DATA), "r"(0u));
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
    __asm__ volatile("lldt %w0" : : "r"(0u));
}

static void load_syscall_registers(struct processor *processor)
{
    wrmsr(MSR_FS_BASE, 0);
    wrmsr(MSR_GS_BASE, (uint64_t)(uintptr_t)processor);
    wrmsr(MSR_KERNEL_GS_BASE, 0);
    wrmsr(MSR_STAR, ((uint64_t)SELECTOR_USER_BASE << 48) | ((uint64_t)SELECTOR_KERNEL_CODE << 32));
    wrmsr(MSR_LSTAR, (uint64_t)(uintptr_t)syscall_entry);
    wrmsr(MSR_CSTAR, 0);
    wrmsr(MSR_SFMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC);
}

void processor_load(struct processor *processor)
{
    load_control_registers();
    load_segments(processor);
    load_syscall_registers(processor);
    interrupts_load();
}
