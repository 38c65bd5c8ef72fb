/*
 * Linux as a guest of Hyper-V, from the detection to the clean-up before
 * kexec: what each step does if the hypervisor advertises what it is about.
 * What is not advertised Linux does not use; of that, the pending steps are
 * what is going to be.
 */
#include "foreign.h"

#include <lib/string.h>

#define OS_ID      UINT64_C(0x8100000000060100)
#define SINT_VMBUS 2u
#define VECTOR     0xF3u

const char client_name[] = "linux";

const struct pending_step pending_steps[] = {
    { NULL, NULL },
};

static uint32_t features[4], hints[4];
static uint8_t *assist, *synic, *tsc_page;

enum leaf { EAX, EBX, EDX, HINTS };

static bool has(enum leaf leaf, unsigned bit)
{
    const uint32_t words[] = { features[0], features[1], features[3], hints[0] };

    return (words[leaf] >> bit & 1) != 0;
}

/* Advertised is used; else it is pending where it is said to be. */
static bool feature(enum leaf leaf, unsigned bit, const char *id)
{
    return has(leaf, bit) || is_due(id);
}

static void detect(void)
{
    uint32_t first[4], highest[4], limits[4];

    cpuid(1, first);
    cpuid(0x40000000, highest);
    step("present", (first[2] & 1u << 31) != 0, first[2]);
    step("signature", memcmp(&highest[1], "Microsoft Hv", 12) == 0, highest[1]);
    step("highest-leaf", highest[0] >= 0x40000005 && highest[0] <= 0x4000FFFF, highest[0]);
    cpuid(0x40000003, features);
    cpuid(0x40000004, hints);
    cpuid(0x40000005, limits);
    step("hypercall-msrs-and-vp-index", has(EAX, 5) && has(EAX, 6), features[0]);
    step("no-root-partition", !has(EBX, 0) && !has(EBX, 12), features[1]);
    step("no-isolation", !has(EBX, 22), features[1]);
    step("not-nested", !has(HINTS, 12) && !has(HINTS, 14), hints[0]);
    step("limits", limits[0] >= processor_count, limits[0]);
    step("no-partition-id-call", !has(EBX, 1), features[1]);
}

/* On every processor. */
static void cpu_init(void *argument)
{
    uint32_t self = processor_self();
    uint64_t page = (uint64_t)(uintptr_t)(assist + self * PAGE_SIZE) | 1;

    (void)argument;
    step("vp-index", read_msr(HV_MSR_VP_INDEX) == self, read_msr(HV_MSR_VP_INDEX));
    write_msr(HV_MSR_VP_ASSIST_PAGE, page);
    step("assist-page", read_msr(HV_MSR_VP_ASSIST_PAGE) == page, read_msr(HV_MSR_VP_ASSIST_PAGE));
}

static void hypercall_init(void)
{
    uint64_t page = (uint64_t)(uintptr_t)pages_take(1, PAGE_SIZE), value;

    write_msr(HV_MSR_GUEST_OS_ID, OS_ID);
    value = (read_msr(HV_MSR_HYPERCALL) & 0xFFE) | 1 | page; /* bits 11:1 as they are */
    write_msr(HV_MSR_HYPERCALL, value);
    step("hypercall-page", read_msr(HV_MSR_HYPERCALL) == value, read_msr(HV_MSR_HYPERCALL));
    for (uint32_t i = 0; i < processor_count; i++) {
        vtl0[i].page = page;
    }
}

/* In VTL mode: which VTL this is, and a processor's index, each with the output over the input. */
static void vtl_mode(void)
{
    const struct caller one_page = { .page = vtl0[0].page, .input = vtl0[0].input, .output = vtl0[0].input };
    uint64_t value = ~UINT64_C(0);
    uint16_t status;

    put_quad(one_page.input, 0, PARTITION);
    put_quad(one_page.input, 8, SELF);
    put_word(one_page.input, 16, REGISTER_VP_STATUS);
    status = call_memory(&one_page, 0x50 | UINT64_C(1) << 32);
    value = quad_at(one_page.output, 0);
    step("which-vtl", status == 0 && (value & 0xF) == 0, value);
    put_quad(one_page.input, 0, PARTITION);
    put_quad(one_page.input, 8, 0);
    put_word(one_page.input, 16, processor_count - 1);
    status = call_memory(&one_page, 0x9A | UINT64_C(1) << 32);
    step("vp-index-from-apic-id", status == 0 && word_at(one_page.output, 0) == processor_count - 1, word_at(one_page.output, 0));
    if (feature(EBX, 20, "extended-hypercalls")) {
        put_quad(one_page.output, 0, 0x5555);
        status = call_memory(&one_page, 0x8001);
        step("no-extended-capability", status == 0 && quad_at(one_page.output, 0) == 0, quad_at(one_page.output, 0));
    }
}

static void clocks(void)
{
    if (feature(EAX, 1, "reference-counter")) {
        uint64_t before = read_msr(0x40000020);

        delay_us(1000);
        step("reference-counter", read_msr(0x40000020) > before, before);
    }
    if (feature(EAX, 9, "reference-tsc-page")) {
        write_msr(0x40000021, (read_msr(0x40000021) & 0xFFE) | 1 | (uint64_t)(uintptr_t)tsc_page);
        step("reference-tsc-page", word_at(tsc_page, 0) != 0 && word_at(tsc_page, 0) != 0xFFFFFFFF && quad_at(tsc_page, 8) != 0,
             word_at(tsc_page, 0));
    }
    if (feature(EAX, 11, "frequencies")) {
        step("frequencies", has(EDX, 8) && read_msr(0x40000022) != 0 && read_msr(0x40000023) != 0, read_msr(0x40000022));
    }
    if (has(EAX, 15)) { /* on some machines */
        write_msr(0x40000118, 1);
        step("tsc-invariant", (read_msr(0x40000118) & 1) != 0, read_msr(0x40000118));
    }
    if (feature(EAX, 10, "guest-idle")) {
        uint64_t value;

        step("guest-idle", try_read_msr(0x400000F0, &value) == 0, 0);
    }
}

/* One-shot, by count, direct where that is advertised, else by SINT2's message. */
static void timer(void)
{
    if (feature(EAX, 3, "synthetic-timer")) {
        uint64_t config = has(EDX, 19) ? 1u << 3 | 1u << 12 | 0xEDu << 4 : 1u << 3 | SINT_VMBUS << 16;

        write_msr(0x400000B0, config);
        write_msr(0x400000B1, read_msr(0x40000020) + 100000000);
        step("synthetic-timer", (read_msr(0x400000B0) & 1) != 0, read_msr(0x400000B0));
        write_msr(0x400000B1, 0);
        write_msr(0x400000B0, 0);
    }
}

/* Read, change, write, each; SINT2's AutoEOI unless it is deprecated. */
static void synic_init(void *argument)
{
    uint64_t base = (uint64_t)(uintptr_t)(synic + processor_self() * 2 * PAGE_SIZE);
    uint64_t sint = (read_msr(HV_MSR_SINT0 + SINT_VMBUS) & ~UINT64_C(0x300FF)) | VECTOR | (has(HINTS, 9) ? 0 : HV_SINT_AUTO_EOI);

    (void)argument;
    write_msr(HV_MSR_SIMP, (read_msr(HV_MSR_SIMP) & 0xFFE) | 1 | base);
    write_msr(HV_MSR_SIEFP, (read_msr(HV_MSR_SIEFP) & 0xFFE) | 1 | (base + PAGE_SIZE));
    write_msr(HV_MSR_SINT0 + SINT_VMBUS, sint);
    write_msr(HV_MSR_SCONTROL, read_msr(HV_MSR_SCONTROL) | 1);
    step("synic", read_msr(HV_MSR_SIMP) == (base | 1) && read_msr(HV_MSR_SIEFP) == ((base + PAGE_SIZE) | 1)
         && read_msr(HV_MSR_SINT0 + SINT_VMBUS) == sint && read_msr(HV_MSR_SVERSION) == 1, read_msr(HV_MSR_SIMP));
}

static void synic_off(void *argument)
{
    (void)argument;
    write_msr(HV_MSR_SINT0 + SINT_VMBUS, read_msr(HV_MSR_SINT0 + SINT_VMBUS) | HV_SINT_MASKED);
    write_msr(HV_MSR_SIMP, read_msr(HV_MSR_SIMP) & ~UINT64_C(1));
    write_msr(HV_MSR_SIEFP, read_msr(HV_MSR_SIEFP) & ~UINT64_C(1));
    write_msr(HV_MSR_SCONTROL, read_msr(HV_MSR_SCONTROL) & ~UINT64_C(1));
    write_msr(HV_MSR_VP_ASSIST_PAGE, 0);
    step("synic-off", (read_msr(HV_MSR_SCONTROL) & 1) == 0 && (read_msr(HV_MSR_SIMP) & 1) == 0, read_msr(HV_MSR_SIMP));
}

static void flush_calls(void)
{
    uint16_t status;

    if (feature(HINTS, 2, "flush-all") && feature(HINTS, 2, "flush-list")) {
        put_quad(vtl0[0].input, 0, read_cr3() & ~UINT64_C(0xFFF));
        put_quad(vtl0[0].input, 8, 0);
        put_quad(vtl0[0].input, 16, (1u << processor_count) - 1);
        status = call_memory(&vtl0[0], 0x02);
        step("flush-all", status == 0, status);
        put_quad(vtl0[0].input, 24, (uint64_t)(uintptr_t)assist & ~UINT64_C(0xFFF));
        status = call_memory(&vtl0[0], 0x03 | UINT64_C(1) << 32);
        step("flush-list", status == 0, status);
    }
    if (feature(HINTS, 10, "cluster-ipi")) {
        uint64_t before = interrupt_count[0];

        status = (uint16_t)call_page(&vtl0[0], 0x0B | 1u << 16, VECTOR_TEST, 1);
        step("cluster-ipi", status == 0 && wait_for(&interrupt_count[0], before + 1), status);
    }
    if (hints[1] != 0xFFFFFFFF || is_due("long-spin-wait")) {
        status = (uint16_t)call_page(&vtl0[0], 0x08 | 1u << 16, hints[1], 0);
        step("long-spin-wait", status == 0, status);
    }
}

/* There is no VMBus: the answer is that there is no such connection, and the driver gives up. */
static void vmbus(void)
{
    uint16_t status;

    if (feature(EBX, 4, "vmbus-post-message")) {
        for (unsigned i = 0; i < 256; i += 8) {
            put_quad(vtl0[0].input, i, 0);
        }
        put_quad(vtl0[0].input, 0, 4);
        put_quad(vtl0[0].input, 8, 1 | UINT64_C(32) << 32);
        status = call_memory(&vtl0[0], 0x5C);
        step("vmbus-post-message", status == 0x12, status);
    }
    if (feature(EBX, 5, "vmbus-signal-event")) {
        status = (uint16_t)call_page(&vtl0[0], 0x5D | 1u << 16, 2, 0);
        step("vmbus-signal-event", status == 0x12, status);
    }
}

/* hyperv_cleanup: the id first, which takes the page with it. */
static void clean_up(void)
{
    synic_off(NULL);
    on_others(synic_off);
    write_msr(HV_MSR_GUEST_OS_ID, 0);
    step("os-id-0-disables-the-page", (read_msr(HV_MSR_HYPERCALL) & 1) == 0, read_msr(HV_MSR_HYPERCALL));
    write_msr(HV_MSR_HYPERCALL, 0);
    step("clean", read_msr(HV_MSR_HYPERCALL) == 0 && read_msr(HV_MSR_GUEST_OS_ID) == 0, read_msr(HV_MSR_HYPERCALL));
}

void guest_test(void)
{
    vtl0_prepare();
    assist = pages_take(processor_count, PAGE_SIZE);
    synic = pages_take(2 * processor_count, PAGE_SIZE);
    tsc_page = pages_take(1, PAGE_SIZE);
    detect();
    hypercall_init();
    cpu_init(NULL);
    on_others(cpu_init);
    vtl_mode();
    clocks();
    synic_init(NULL);
    on_others(synic_init);
    timer();
    flush_calls();
    vmbus();
    clean_up();
    steps_say();
}
