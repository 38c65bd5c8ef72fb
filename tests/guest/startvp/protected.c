/*
 * VTL0 starts in 32-bit protected mode, without paging and with either kind
 * (TLFS, "Starting Virtual Processors"): the processor runs there, calls as
 * 32-bit code does, and VTL1 reads what was asked for.
 */
#include "startvp.h"

#include <lib/string.h>

#define CR0_BASE  0x31u /* PE, ET, NE */
#define CR0_PAGED 0x80010031u
#define CR4_PSE   0x10u
#define CR4_PAE   0x20u
#define NXE       0x800u
#define ENTRIES   1024u
#define OUTPUT    PAGE_SIZE /* in VTL1's scratch pages */

extern const char landing_32[], landing_32_end[];

/* landing.S knows the offsets. The stack is below. */
struct area {
    uint32_t general;                  /* every general register but EDX and ESP, in one */
    uint32_t cr0, cr3, cr4, efer, cs, esp;
    uint32_t eax, edx, ecx, esi, page; /* of its hypercall, and where it calls */
    uint64_t starts, beats;
    uint32_t signature;                /* EDX */
};
_Static_assert(offsetof(struct area, eax) == 28 && offsetof(struct area, page) == 44 && offsetof(struct area, beats) == 56
               && offsetof(struct area, signature) == 64, "as the code has it");

static uint32_t low(const volatile void *object)
{
    return (uint32_t)(uintptr_t)object;
}

static struct hv_x64_segment_register segment(uint32_t base, uint32_t limit, uint16_t selector, uint16_t attributes)
{
    return (struct hv_x64_segment_register){ .base = base, .limit = limit, .selector = selector, .attributes = attributes };
}

/* No two segments and tables alike. */
static struct hv_initial_vp_context context_at(volatile struct area *area)
{
    return (struct hv_initial_vp_context){
        .rip = low(landing_32), .rsp = low(area), .rflags = 2, .cs = segment(0, 0xFFFFFFFF, 0x08, 0xC09B),
        .ds = segment(0, 0xFFFFFFFF, 0x10, 0xC093), .ss = segment(0, 0xFFFFFFFF, 0x18, 0xC093),
        .es = segment(0x10000, 0xFFFFF, 0x20, 0x4093), .fs = segment(0x20000, 0xFFFF, 0x28, 0x4093),
        .gs = segment(0x30000, 0x7FFF, 0x30, 0x4091), .tr = segment(0x40000, 0x67, 0x38, 0x8B),
        .gdtr = { .base = 0x50000, .limit = 0x7F }, .idtr = { .base = 0x60000, .limit = 0x1FF }, .cr0 = CR0_BASE,
        .msr_cr_pat = UINT64_C(0x0007040600070406),
    };
}

/* Four bytes an entry, 4 MiB pages. */
static void page_by_32(struct hv_initial_vp_context *context)
{
    uint32_t *directory = (void *)pages_take(1, PAGE_SIZE);

    for (uint32_t i = 0; i < ENTRIES; i++) {
        directory[i] = i << 22 | 0x83;
    }
    context->cr0 = CR0_PAGED;
    context->cr4 = CR4_PSE;
    context->cr3 = low(directory);
}

/* 2 MiB pages of 4 GiB. */
static void page_by_pae(struct hv_initial_vp_context *context)
{
    uint64_t *pointers = (void *)pages_take(1, PAGE_SIZE), *directories = (void *)pages_take(4, PAGE_SIZE);

    for (uint64_t i = 0; i < 2 * ENTRIES; i++) {
        directories[i] = i * LARGE_PAGE | 0x83;
    }
    for (uint64_t i = 0; i < 4; i++) {
        pointers[i] = (low(directories) + i * PAGE_SIZE) | 1;
    }
    context->cr0 = CR0_PAGED;
    context->cr4 = CR4_PAE;
    context->cr3 = low(pointers);
    context->efer = NXE;
}

/* HvCallGetVpRegisters of its own index. */
static void prepare_call(volatile struct area *area)
{
    uint8_t *input = pages_take(1, PAGE_SIZE), *output = pages_take(1, PAGE_SIZE);
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    uint32_t name = HV_REGISTER_VP_INDEX;

    memcpy(input, &header, sizeof(header));
    memcpy(input + sizeof(header), &name, sizeof(name));
    area->eax = HVCALL_GET_VP_REGISTERS;
    area->edx = 1; /* one element */
    area->ecx = low(input);
    area->esi = low(output);
    area->page = low((void *)(uintptr_t)hypercall_page);
}

/* Of processor 1's VTL0, by VTL1 of this one. */
static uint16_t read_by_vtl1(uint32_t name, uint64_t value[2])
{
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = 1, .input_vtl = 0x10 };
    uint64_t words[3] = { 0, 0, name };
    uint16_t status;

    memcpy(words, &header, sizeof(header));
    for (size_t i = 0; i < 3; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    status = HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1), 0, OUTPUT));
    value[0] = vtl1_value(COMMAND_PEEK, OUTPUT / 8, 0, 0);
    value[1] = vtl1_value(COMMAND_PEEK, OUTPUT / 8 + 1, 0, 0);
    return status;
}

static void check_wide(uint32_t name, const void *asked)
{
    uint64_t value[2];

    note(read_by_vtl1(name, value) == HV_STATUS_SUCCESS, "register-0x%x-status", name);
    note(memcmp(value, asked, sizeof(value)) == 0, "register-0x%x-0x%lx-0x%lx", name, value[0], value[1]);
}

static void check_registers(const struct hv_initial_vp_context *asked)
{
    const struct { uint32_t name; uint64_t value; } plain[] = {
        { HV_REGISTER_CR0, asked->cr0 }, { HV_REGISTER_CR3, asked->cr3 }, { HV_REGISTER_CR4, asked->cr4 },
        { HV_REGISTER_EFER, asked->efer }, { HV_REGISTER_PAT, asked->msr_cr_pat }, { HV_REGISTER_RSP, asked->rsp },
    };
    const struct { uint32_t name; const void *value; } wide[] = {
        { HV_REGISTER_CS, &asked->cs }, { HV_REGISTER_DS, &asked->ds }, { HV_REGISTER_ES, &asked->es }, { HV_REGISTER_FS, &asked->fs },
        { HV_REGISTER_GS, &asked->gs }, { HV_REGISTER_SS, &asked->ss }, { HV_REGISTER_TR, &asked->tr },
        { HV_REGISTER_GDTR, &asked->gdtr }, { HV_REGISTER_IDTR, &asked->idtr },
    };
    uint64_t rip[2];

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        check_wide(plain[i].name, (uint64_t[2]){ plain[i].value, 0 });
    }
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        check_wide(wide[i].name, wide[i].value);
    }
    note(read_by_vtl1(HV_REGISTER_RIP, rip) == HV_STATUS_SUCCESS, "rip-status");
    note(rip[0] > low(landing_32) && rip[0] < low(landing_32_end), "rip-0x%lx", rip[0]);
}

static void check_area(const volatile struct area *area, const struct hv_initial_vp_context *asked)
{
    uint32_t leaf[4];

    cpuid(1, leaf);
    note(area->general == 0, "general-registers-0x%x", area->general);
    note(area->signature == leaf[0], "edx-0x%x", area->signature);
    note(area->cr0 == asked->cr0 && area->cr3 == asked->cr3 && area->cr4 == asked->cr4 && area->efer == asked->efer,
         "found-0x%x-0x%x-0x%x-0x%x", area->cr0, area->cr3, area->cr4, area->efer);
    note(area->cs == asked->cs.selector && area->esp == asked->rsp, "cs-0x%x-esp-0x%x", area->cs, area->esp);
    note(area->eax == 0 && area->edx == 1, "call-0x%x-0x%x", area->edx, area->eax);
    note(*(volatile uint64_t *)(uintptr_t)area->esi == 1, "call-output-0x%lx", *(volatile uint64_t *)(uintptr_t)area->esi);
}

static void one(const char *id, void (*page_by)(struct hv_initial_vp_context *context))
{
    volatile struct area *area = (volatile void *)(pages_take(1, PAGE_SIZE) + PAGE_SIZE / 2);
    struct hv_input_enable_vp_vtl how = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = 1, .context = context_at(area) };

    memset((void *)(uintptr_t)area, 0, sizeof(*area));
    prepare_call(area);
    if (page_by != NULL) {
        page_by(&how.context);
    }
    note(start(&how) == HV_STATUS_SUCCESS, "status");
    if (note(wait_for(&area->starts, 1), "not-started")) {
        check_area(area, &how.context);
        check_registers(&how.context);
        note(wait_for(&area->beats, area->beats + 1), "stands-still");
    }
    report_notes(id);
}

void start_protected(void)
{
    one("startvp-protected-off", NULL);
    one("startvp-protected-32", page_by_32);
    one("startvp-protected-pae", page_by_pae);
}
