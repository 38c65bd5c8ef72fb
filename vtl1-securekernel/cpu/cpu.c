#include <sk/cpu.h>

#include <lib/string.h>

#include <abi/boot_block.h>

#include <sk/kernel_space.h>
#include <sk/mutant.h>
#include <sk/page_alloc.h>
#include <sk/trap.h>
#include <sk/x86.h>

_Static_assert(offsetof(struct cpu, kernel_rsp) == CPU_KERNEL_RSP, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct cpu, context) == CPU_CONTEXT, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct cpu, user_rsp) == CPU_USER_RSP, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct cpu, vtl_return) == CPU_VTL_RETURN, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct cpu, tss) + offsetof(struct tss, rsp0) == CPU_TSS_RSP0, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct user_context, rsp) == CONTEXT_RSP, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct user_context, r15) == CONTEXT_R15, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct user_context, rip) == CONTEXT_RIP, "sk/cpu_offsets.h");
_Static_assert(offsetof(struct user_context, rflags) == CONTEXT_RFLAGS, "sk/cpu_offsets.h");

#define SEGMENT_KERNEL_CODE UINT64_C(0x00AF9B000000FFFF)
#define SEGMENT_KERNEL_DATA UINT64_C(0x00CF93000000FFFF)
#define SEGMENT_USER_DATA   UINT64_C(0x00CFF3000000FFFF)
#define SEGMENT_USER_CODE   UINT64_C(0x00AFFB000000FFFF)
#define SEGMENT_USER_CODE32 UINT64_C(0x00CFFB000000FFFF)
#define SELECTOR_UNUSED     0x18
#define SEGMENT_TSS_BUSY_NO UINT64_C(0x0000890000000000)

extern const char syscall_entry[];

static struct cpu cpus[VTL1_MAX_PROCESSORS];

struct cpu *cpu_by_index(uint32_t index)
{
    return &cpus[index];
}

const struct call_buffers *secure_call_buffers(void)
{
    return &this_cpu()->buffers;
}

static bool own_page(gpa_t *out, void **address)
{
    if (!page_alloc(out)) {
        return false;
    }
    *address = direct_map(*out);
    return true;
}

static bool prepare_pages(struct cpu *cpu)
{
    return own_page(&cpu->assist_gpa, (void **)&cpu->assist) && own_page(&cpu->messages_gpa, (void **)&cpu->messages) &&
           own_page(&cpu->input_gpa, &cpu->hypercall_input) && own_page(&cpu->output_gpa, &cpu->hypercall_output) &&
           own_page(&cpu->frame_gpa, (void **)&cpu->buffers.frame) && own_page(&cpu->answer_gpa, (void **)&cpu->buffers.answer) &&
           own_page(&cpu->bounce_gpa, (void **)&cpu->buffers.bounce);
}

static bool prepare_stacks(struct cpu *cpu)
{
    /* The first processor already runs on the boot stack, and stays there. */
    if (cpu->index != 0 && !kernel_stack_map(cpu->index, 0, &cpu->stack_top)) {
        return false;
    }
    for (unsigned ist = 1; ist <= IST_COUNT; ist++) {
        uint64_t top;

        if (!kernel_stack_map(cpu->index, ist, &top)) {
            return false;
        }
        cpu->tss.ist[ist - 1] = top;
    }
    return true;
}

static void fill_tables(struct cpu *cpu)
{
    uint64_t base = (uint64_t)&cpu->tss;

    cpu->tss.io_map_base = sizeof(struct tss); /* beyond the limit: ring 3 has no port */
    cpu->gdt[SELECTOR_KERNEL_CODE / 8] = SEGMENT_KERNEL_CODE;
    cpu->gdt[SELECTOR_KERNEL_DATA / 8] = SEGMENT_KERNEL_DATA;
    cpu->gdt[SELECTOR_USER_DATA / 8] = SEGMENT_USER_DATA;
    cpu->gdt[SELECTOR_USER_CODE / 8] = SEGMENT_USER_CODE;
    cpu->gdt[SELECTOR_UNUSED / 8] = mutant_is(MUTANT_SELECTORS_OPEN) ? SEGMENT_USER_CODE32 : 0;
    cpu->gdt[SELECTOR_TSS / 8] = SEGMENT_TSS_BUSY_NO | (sizeof(struct tss) - 1) | (base & 0xFFFFFF) << 16 |
                                 (base >> 24 & 0xFF) << 56;
    cpu->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

bool cpu_prepare(uint32_t index)
{
    struct cpu *cpu = &cpus[index];

    *cpu = (struct cpu){ .self = cpu, .index = index };
    fill_tables(cpu);
    return prepare_pages(cpu) && prepare_stacks(cpu) && kernel_window_map(index, &cpu->window, &cpu->window_entry);
}

static void load_segments(struct cpu *cpu)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) table = { .limit = sizeof(cpu->gdt) - 1, .base = (uint64_t)cpu->gdt };

    __asm__ volatile("lgdt %[table]\n\t"
                     "mov %[data], %%ss\n\t"
                     "mov %[data], %%ds\n\t"
                     "mov %[data], %%es\n\t"
                     "mov %[null], %%fs\n\t"
                     "mov %[null], %%gs\n\t"
                     "pushq %[code]\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "ltr %[tss]\n\t"
                     :
                     : [table] "m"(table), [data] "r"(SELECTOR_KERNEL_DATA), [null] "r"(0), [code] "i"(SELECTOR_KERNEL_CODE),
                       [tss] "r"((uint16_t)SELECTOR_TSS)
                     : "rax", "memory");
}

static void load_system_call_msrs(void)
{
    wrmsr(MSR_STAR, (uint64_t)SELECTOR_KERNEL_CODE << 32); /* ring 3 is entered by IRETQ, so SYSRET needs no base */
    wrmsr(MSR_LSTAR, (uint64_t)syscall_entry);
    /* Compatibility mode has no code segment here, but a SYSCALL from it must not find an old value either. */
    wrmsr(MSR_CSTAR, (uint64_t)syscall_entry);
    wrmsr(MSR_SFMASK, mutant_is(MUTANT_FLAGS_KEPT) ? RFLAGS_IF : 0xFFFFFFFD);
    wrmsr(MSR_SYSENTER_CS, 0); /* SYSENTER is #GP (Intel SDM volume 2, "SYSENTER"), whatever was there before */
}

/* x87 and vector registers belong to VTL0 (TLFS, "Shared state"): with TS and EM set, ring 3 faults instead of touching them. */
static void load_control_registers(void)
{
    uint64_t cr4 = read_cr4() | CR4_PGE | (mutant_is(MUTANT_SMEP_OFF) ? 0 : CR4_SMEP) | (mutant_is(MUTANT_SMAP_OFF) ? 0 : CR4_SMAP);

    if (mutant_is(MUTANT_KERNEL_OPEN) || mutant_is(MUTANT_RING0_TRUSTLETS)) {
        cr4 &= ~(CR4_SMEP | CR4_SMAP);
    }
    if (mutant_is(MUTANT_BASES_OPEN)) {
        cr4 |= CR4_FSGSBASE;
    }
    if ((cpuid(7, 0).ecx & CPUID_7_ECX_UMIP) != 0 && !mutant_is(MUTANT_UMIP_OFF)) {
        cr4 |= CR4_UMIP;
    }
    write_cr4(cr4);
    write_cr0(mutant_is(MUTANT_VECTORS_OPEN) ? read_cr0() & ~(CR0_TS | CR0_EM) : read_cr0() | CR0_TS | CR0_EM);
}

void cpu_load(struct cpu *cpu)
{
    load_segments(cpu);
    trap_table_load();
    wrmsr(MSR_GS_BASE, (uint64_t)cpu);
    wrmsr(MSR_KERNEL_GS_BASE, 0);
    wrmsr(MSR_FS_BASE, 0);
    load_system_call_msrs();
    load_control_registers();
}
