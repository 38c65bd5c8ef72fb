/* The fuzzer in VTL0, ring 0. */
#include "fuzz_test.h"
#include "guest.h"

#define MAX_KEPT    128u
#define PING_EVERY  256u
#define ICR_TO_SELF (ICR_SELF | ICR_FIXED | VECTOR_TEST)

struct fuzzer vtl0_fuzzer;
static struct {
    uint32_t number;
    uint64_t value;
} kept[MAX_KEPT];
static uint32_t kept_count;

static uint64_t read_guarded(uint32_t msr, uint64_t *value)
{
    return try_read_msr(msr, value);
}

static uint64_t write_guarded(uint32_t msr, uint64_t value)
{
    return try_write_msr(msr, value);
}

/* RIP must stay on the instruction. */
static uint64_t try_switch(uint64_t rax, uint64_t rcx)
{
    const uint64_t argument[2] = { rax, rcx };
    const void *at = uses_vmcall ? probe_vmcall_at : probe_vmmcall_at;
    struct probe probe;

    probe_run(&probe, uses_vmcall ? probe_vmcall : probe_vmmcall, argument);
    return probe.vector != 0 && probe.rip == (uint64_t)(uintptr_t)at ? probe.vector : 0;
}

/* VTL0 has no register to start from. */
static uint64_t value_near(struct fuzzer *fuzzer, uint32_t name)
{
    (void)name;
    return fuzz_value(fuzzer);
}

static void made(struct fuzzer *fuzzer, const struct fuzz_call_made *call)
{
    (void)fuzzer;
    (void)call;
}

static struct fuzz_area take(uint64_t pages)
{
    uint8_t *bytes = pages_take(pages, PAGE_SIZE);

    return (struct fuzz_area){ bytes, (uint64_t)(uintptr_t)bytes };
}

static void keep(uint32_t number)
{
    uint64_t value;

    if (!fuzz_msr_is_deadly(number, true) && kept_count < MAX_KEPT && try_read_msr(number, &value) == 0) {
        kept[kept_count].number = number;
        kept[kept_count++].value = value;
    }
}

void vtl0_start(uint64_t seed)
{
    for (uint32_t i = 0; i < fuzz_msr_count; i++) {
        keep(fuzz_msrs[i]);
    }
    vtl0_fuzzer = (struct fuzzer){
        .vtl = 0, .input = take(FUZZ_INPUT_PAGES), .output = take(FUZZ_OUTPUT_PAGES), .overlay = take(FUZZ_OVERLAY_PAGES),
        .window = { (uint64_t)(uintptr_t)machine.window / PAGE_SIZE, GUEST_FUZZ_WINDOW_PAGES }, .own = machine.own,
        .read_msr = read_guarded, .write_msr = write_guarded, .try_switch = try_switch, .value_near = value_near, .made = made,
    };
    vtl0_fuzzer.foreign_count = machine_foreign(0, vtl0_fuzzer.foreign);
    fuzz_start(&vtl0_fuzzer, seed);
    vtl_call_entry = 0; /* the hypercall page is about to move */
}

void vtl0_run(uint64_t calls)
{
    for (uint64_t i = 0; i < calls; i++) {
        fuzz_step(&vtl0_fuzzer);
        if (i % PING_EVERY == 0) {
            try_write_msr(HV_MSR_TPR, 0);
            try_write_msr(HV_MSR_ICR, ICR_TO_SELF);
            note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "VTL1-does-not-answer,call-%lu", vtl0_fuzzer.count[FUZZ_CALLS]);
        }
    }
}

void vtl0_end(void)
{
    for (uint32_t i = 0; i < kept_count; i++) {
        uint64_t now;

        if (try_read_msr(kept[i].number, &now) == 0 && now != kept[i].value) {
            try_write_msr(kept[i].number, kept[i].value);
        }
    }
    try_write_msr(HV_MSR_TPR, 0);
}
