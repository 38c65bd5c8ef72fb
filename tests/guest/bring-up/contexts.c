/* Contexts that no processor could be in: each is refused, and VTL1 is not there. */
#include "bring_up.h"

#include <lib/string.h>

#define REFUSED 0x50u
#define ROUNDS  2000u
#define SEED    UINT64_C(0x5EED0F0F12345678)

#define FIELD(member) offsetof(struct hv_initial_vp_context, member)
#define NOT_CANONICAL UINT64_C(0x0000800000000000)

static const struct {
    const char *name;
    size_t offset;
    uint64_t value;
} bad[] = {
    { "rip", FIELD(rip), NOT_CANONICAL }, { "rsp", FIELD(rsp), NOT_CANONICAL }, { "gdt", FIELD(gdtr.base), NOT_CANONICAL },
    { "idt", FIELD(idtr.base), NOT_CANONICAL }, { "fs", FIELD(fs.base), NOT_CANONICAL }, { "gs", FIELD(gs.base), NOT_CANONICAL },
    { "task-base", FIELD(tr.base), NOT_CANONICAL }, { "ldt-base", FIELD(ldtr.base), NOT_CANONICAL },
    { "cs-base", FIELD(cs.base), UINT64_C(1) << 32 }, { "ss-base", FIELD(ss.base), UINT64_C(1) << 32 },
    { "ds-base", FIELD(ds.base), UINT64_C(1) << 32 }, { "es-base", FIELD(es.base), UINT64_C(1) << 32 },
    { "no-paging", FIELD(cr0), 0x11 }, { "no-protection", FIELD(cr0), UINT64_C(0x80000010) },
    { "nw-without-cd", FIELD(cr0), UINT64_C(0xA0000031) }, { "cr0-high", FIELD(cr0), UINT64_C(0x100000031) | UINT64_C(0x80000000) },
    { "cr3", FIELD(cr3), UINT64_C(1) << 52 }, { "cr3-63", FIELD(cr3), UINT64_C(1) << 63 }, { "no-pae", FIELD(cr4), 0 },
    { "vmxe", FIELD(cr4), 0x2020 }, { "smxe", FIELD(cr4), 0x4020 }, { "la57", FIELD(cr4), 0x1020 }, { "cet", FIELD(cr4), 0x800020 },
    { "cr4-24", FIELD(cr4), 0x1000020 }, { "cr4-high", FIELD(cr4), UINT64_C(0x100000020) }, { "no-lme", FIELD(efer), 0x400 },
    { "svme", FIELD(efer), 0x1500 }, { "efer-1", FIELD(efer), 0x502 }, { "efer-high", FIELD(efer), UINT64_C(0x100000500) },
    { "pat-2", FIELD(msr_cr_pat), 2 }, { "pat-8", FIELD(msr_cr_pat), UINT64_C(8) << 56 },
};

static const struct {
    const char *name;
    size_t offset;
    uint16_t selector, attributes;
} bad_segments[] = {
    { "cs-absent", FIELD(cs), 0x38, 0xA01B }, { "cs-data", FIELD(cs), 0x38, 0xA093 }, { "cs-system", FIELD(cs), 0x38, 0xA08B },
    { "cs-32", FIELD(cs), 0x38, 0xC09B }, { "cs-ring-3", FIELD(cs), 0x3B, 0xA0FB }, { "cs-none", FIELD(cs), 0, 0 },
    { "ss-code", FIELD(ss), 0x30, 0xC09B }, { "ss-read-only", FIELD(ss), 0x30, 0xC091 }, { "ss-ring-3", FIELD(ss), 0x33, 0xC0F3 },
    { "ds-system", FIELD(ds), 0x30, 0xC083 }, { "es-execute-only", FIELD(es), 0x30, 0xC099 }, { "fs-system", FIELD(fs), 0x30, 0x0089 },
    { "gs-execute-only", FIELD(gs), 0x30, 0xC099 }, { "task-16", FIELD(tr), 0x18, 0x0083 }, { "task-code", FIELD(tr), 0x18, 0x009B },
    { "task-in-ldt", FIELD(tr), 0x1C, 0x008B }, { "ldt-task", FIELD(ldtr), 0x18, 0x008B }, { "ldt-in-ldt", FIELD(ldtr), 0x1C, 0x0082 },
};

static uint16_t try_context(const struct hv_initial_vp_context *context)
{
    return enable_vp_vtl(&vtl0[0], PARTITION, SELF, 1, context);
}

static void fields(void)
{
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hv_initial_vp_context context = plain_context(plain_vp(0));
        uint16_t status;

        memcpy((uint8_t *)&context + bad[i].offset, &bad[i].value, sizeof(uint64_t));
        status = try_context(&context);
        note(status == REFUSED, "%s:0x%x", bad[i].name, status);
    }
    report_notes("bring-up-bad-fields");
    for (unsigned i = 0; i < sizeof(bad_segments) / sizeof(bad_segments[0]); i++) {
        struct hv_initial_vp_context context = plain_context(plain_vp(0));
        struct hv_x64_segment_register bad_one = segment(bad_segments[i].selector, 0xFFFF, bad_segments[i].attributes);
        uint16_t status;

        memcpy((uint8_t *)&context + bad_segments[i].offset, &bad_one, sizeof(bad_one));
        status = try_context(&context);
        note(status == REFUSED, "%s:0x%x", bad_segments[i].name, status);
    }
    report_notes("bring-up-bad-segments");
}

/* Whole contexts of noise. The CR3 of a good one in each: what is refused is not that alone. */
static void noise(void)
{
    uint64_t state = SEED;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct hv_initial_vp_context context;
        uint64_t *words = (uint64_t *)&context;
        uint16_t status;

        for (unsigned i = 0; i < sizeof(context) / 8; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[i] = state;
        }
        context.cr3 = read_cr3();
        status = try_context(&context);
        note(status == REFUSED, "round-%u:0x%x", round, status);
    }
    report_notes("bring-up-noise");
}

void test_contexts(void)
{
    uint64_t value = 0;

    fields();
    noise();
    get_vp_register(&vtl0[0], SELF, 0, REGISTER_VP_STATUS, &value);
    step("no-vtl1-after-bad-contexts", (value >> 16 & 2) == 0 && try_vtl_call() == GUEST_FAULT + VECTOR_UD, value);
}
