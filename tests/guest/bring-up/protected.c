/* A VTL1 that starts in 32-bit protected mode, without paging or with either kind: it sees its mode, calls and returns. */
#include "protected.h"

#include <lib/string.h>

#define REFUSED   0x50u
#define RETURN_32 0x40u /* in the page, by the code page offsets */
#define CR0_BASE  0x31u /* PE, ET, NE */
#define CR0_PAGED 0x80010031u
#define CR4_PSE   0x10u
#define CR4_PAE   0x20u
#define LMA       0x400u
#define NXE       0x800u
#define FIELD(member) offsetof(struct hv_initial_vp_context, member)

extern const char protected_first[];

static volatile struct area area;
static uint8_t *output;

static uint32_t low(const volatile void *object)
{
    return (uint32_t)(uintptr_t)object;
}

static struct hv_initial_vp_context base_context(void)
{
    struct hv_x64_segment_register data = segment(0x10, 0xFFFFFFFF, 0xC093);

    return (struct hv_initial_vp_context){
        .rip = low(protected_first), .rsp = low(plain_vp(0)) + VP_SIZE, .rflags = 2, .cs = segment(8, 0xFFFFFFFF, 0xC09B),
        .ds = data, .es = data, .fs = data, .gs = data, .ss = data, .tr = segment(0x18, 0x67, 0x8B), .cr0 = CR0_BASE,
        .msr_cr_pat = UINT64_C(0x0007040600070406),
    };
}

/* Four bytes an entry, 4 MiB pages. */
static uint32_t legacy_tables(void)
{
    uint32_t *directory = (void *)pages_take(1, PAGE_SIZE);

    for (uint32_t i = 0; i < 1024; i++) {
        directory[i] = i << 22 | 0x83;
    }
    return low(directory);
}

/* 2 MiB pages; the pointers are aligned as PAE wants it, no more. Where asked for, the last has bits that must be zero. */
static uint32_t pae_tables(bool bad)
{
    uint64_t *pointers = (void *)(pages_take(1, PAGE_SIZE) + 0x7E0);
    uint64_t *directories = (void *)pages_take(4, PAGE_SIZE);

    for (uint64_t i = 0; i < 2048; i++) {
        directories[i] = i << 21 | 0x83;
    }
    for (uint64_t i = 0; i < 4; i++) {
        pointers[i] = (low(directories) + i * PAGE_SIZE) | 1;
    }
    pointers[3] |= bad ? 0x1E6 : 0;
    return low(pointers);
}

static void choose(const char *how, struct hv_initial_vp_context *context)
{
    bool bad = strcmp(how, "protected-bad-pointer") == 0;

    area.loads_cr3 = 1;
    if (strcmp(how, "protected-32") == 0) {
        context->cr0 = CR0_PAGED;
        context->cr4 = CR4_PSE;
        context->cr3 = legacy_tables();
    } else if (strcmp(how, "protected-off") != 0) {
        context->cr0 = CR0_PAGED;
        context->cr4 = CR4_PAE;
        context->efer = NXE;
        context->cr3 = pae_tables(bad);
        area.loads_cr3 = !bad; /* the processor itself might refuse it */
    }
}

/* None of these is a state of that mode. */
static void refusals(const struct hv_initial_vp_context *good)
{
    static const struct { const char *name; size_t offset; uint64_t value; } bad[] = {
        { "rip", FIELD(rip), UINT64_C(1) << 32 }, { "rsp", FIELD(rsp), UINT64_C(1) << 32 },
        { "cr3", FIELD(cr3), UINT64_C(1) << 32 }, { "real-mode", FIELD(cr0), 0x10 }, { "paging-alone", FIELD(cr0), UINT64_C(0x80000010) },
        { "pcide", FIELD(cr4), 0x20020 }, { "lma-alone", FIELD(efer), LMA }, { "fs", FIELD(fs.base), UINT64_C(1) << 32 },
        { "task", FIELD(tr.base), UINT64_C(1) << 32 }, { "gdt", FIELD(gdtr.base), UINT64_C(1) << 32 },
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hv_initial_vp_context context = *good;

        memcpy((uint8_t *)&context + bad[i].offset, &bad[i].value, sizeof(uint64_t));
        note(enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context) == REFUSED, "%s", bad[i].name);
    }
    report_notes("bring-up-protected-refused");
}

static void prepare_call(void)
{
    uint8_t *input = pages_take(1, PAGE_SIZE);

    output = pages_take(1, PAGE_SIZE);
    put_quad(input, 0, PARTITION);
    put_quad(input, 8, SELF);
    put_word(input, 16, REGISTER_VP_STATUS);
    area.eax = 0x50;
    area.edx = 1; /* one element */
    area.ecx = low(input);
    area.esi = low(output);
    area.entry = (uint32_t)vtl0[0].page;
    area.leave = area.entry + RETURN_32;
}

uint64_t protected_enter(volatile struct area *to, uint32_t control)
{
    struct vtl_registers registers = { .rcx = 0x11, .rbp = low(to) };

    to->control = control;
    call_vtl1(&registers, 0);
    return registers.rax;
}

static bool found(const struct hv_initial_vp_context *context)
{
    return (area.cr0 & 0x80010021) == (context->cr0 & 0x80010021) && area.cr3 == context->cr3 && (area.cr4 & 0x30) == context->cr4
        && area.efer == context->efer && area.cs == 8 && area.esp == (uint32_t)context->rsp;
}

void test_protected(const char *how)
{
    struct hv_initial_vp_context context = base_context();
    uint64_t left;
    uint16_t status = enable_partition_vtl(&vtl0[0], PARTITION, 1, 0, false);

    choose(how, &context);
    refusals(&context);
    prepare_call();
    status |= enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, &context);
    step("protected-enabled", status == 0, status);
    left = protected_enter(&area, 1);
    step("protected-first-entry", area.rounds == 1 && found(&context), area.cr0);
    step("protected-hypercall", area.eax == 0 && area.edx == 1 && (word_at(output, 0) & 0xF) == 1, area.eax);
    step("protected-fast-return", left == 0x12, left);
    area.eax = 0x7777; /* no such call */
    area.edx = 0;
    left = protected_enter(&area, 0);
    step("protected-next-entry", area.rounds == 2 && found(&context), area.rounds);
    step("protected-refused-call", area.eax == 2 && area.edx == 0, area.eax);
    step("protected-return", left == 0, left);
    test_protected_intercept(&area);
}
