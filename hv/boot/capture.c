#include "capture.h"

#include "cpu.h"
#include "segment.h"

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

#define READ_SELECTOR(name)                                              \
    static uint16_t read_##name(void)                                    \
    {                                                                    \
        uint16_t value;                                                  \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));           \
        return value;                                                    \
    }
READ_SELECTOR(cs)
READ_SELECTOR(ds)
READ_SELECTOR(es)
READ_SELECTOR(fs)
READ_SELECTOR(gs)
READ_SELECTOR(ss)
#undef READ_SELECTOR

static uint16_t read_tr(void)
{
    uint16_t value;

    __asm__ volatile("str %0" : "=r"(value));
    return value;
}

static uint16_t read_ldtr(void)
{
    uint16_t value;

    __asm__ volatile("sldt %0" : "=r"(value));
    return value;
}

static uint64_t read_flags(void)
{
    uint64_t value;

    __asm__ volatile("pushfq; popq %0" : "=r"(value) : : "memory");
    return value;
}

static void capture_segments(struct hv_initial_vp_context *context, const struct table_pointer *gdtr)
{
    const uint8_t *gdt = (const uint8_t *)(uintptr_t)gdtr->base;

    context->cs = segment_decode(gdt, gdtr->limit, read_cs(), 0);
    context->ds = segment_decode(gdt, gdtr->limit, read_ds(), 0);
    context->es = segment_decode(gdt, gdtr->limit, read_es(), 0);
    context->fs = segment_decode(gdt, gdtr->limit, read_fs(), 0);
    context->gs = segment_decode(gdt, gdtr->limit, read_gs(), 0);
    context->ss = segment_decode(gdt, gdtr->limit, read_ss(), 0);
    context->tr = segment_decode(gdt, gdtr->limit, read_tr(), 1);
    context->ldtr = segment_decode(gdt, gdtr->limit, read_ldtr(), 1);
    context->fs.base = cpu_rdmsr(MSR_FS_BASE);
    context->gs.base = cpu_rdmsr(MSR_GS_BASE);
}

void capture_state(struct hv_launch *launch)
{
    struct hv_initial_vp_context *context = &launch->context;
    struct table_pointer gdtr;
    struct table_pointer idtr;

    __asm__ volatile("sgdt %0" : "=m"(gdtr));
    __asm__ volatile("sidt %0" : "=m"(idtr));
    context->rflags = read_flags();
    capture_segments(context, &gdtr);
    context->gdtr = (struct hv_x64_table_register){ .limit = gdtr.limit, .base = gdtr.base };
    context->idtr = (struct hv_x64_table_register){ .limit = idtr.limit, .base = idtr.base };
    context->efer = cpu_rdmsr(MSR_EFER);
    context->cr0 = cpu_read_cr0();
    context->cr3 = cpu_read_cr3();
    context->cr4 = cpu_read_cr4();
    context->msr_cr_pat = cpu_rdmsr(MSR_PAT);
    launch->dr7 = cpu_read_dr7();
}
