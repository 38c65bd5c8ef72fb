/* Exceptions of VTL0 that a test expects, and the interrupts it counts. */
#include "guest.h"

#include <lib/string.h>

#define GATES          256u
#define GATE_INTERRUPT 0x8E00u

struct gate {
    uint16_t low, selector, attributes, middle;
    uint32_t high, reserved;
};

struct trap_frame {
    uint64_t rbp, r11, r10, r9, r8, rdi, rsi, rbx, rdx, rcx, rax;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

extern const char probe_rdmsr[], probe_wrmsr[];
extern const char stub_db[], stub_nmi[], stub_ud[], stub_df[], stub_np[], stub_gp[], stub_pf[], stub_test[], probe_landing[];
uint64_t probe_enter(struct probe *probe, const void *code, const void *argument);
void trap(struct trap_frame *frame);

#define RFLAGS_TF UINT64_C(0x100)

volatile struct debug_seen debug_seen[MAX_PROCESSORS];
volatile uint64_t nmi_count[MAX_PROCESSORS], interrupt_count[MAX_PROCESSORS], ud_count[MAX_PROCESSORS];
uint8_t *trap_gates;
static struct probe *active[MAX_PROCESSORS];

uint32_t processor_self(void)
{
    uint32_t out[4];

    cpuid(1, out);
    return (out[1] >> 24) % MAX_PROCESSORS;
}

uint64_t probe_run(struct probe *probe, const void *code, const void *argument)
{
    uint32_t self = processor_self();
    struct probe *before = active[self];
    uint64_t result;

    probe->vector = 0;
    active[self] = probe;
    result = probe_enter(probe, code, argument);
    active[self] = before;
    return result;
}

uint32_t try_read_msr(uint32_t msr, uint64_t *value)
{
    uint64_t argument[2] = { msr, 0 };
    struct probe probe;

    probe_run(&probe, probe_rdmsr, argument);
    *value = ((volatile uint64_t *)argument)[1];
    return probe.vector;
}

uint32_t try_write_msr(uint32_t msr, uint64_t value)
{
    const uint64_t argument[2] = { msr, value };
    struct probe probe;

    probe_run(&probe, probe_wrmsr, argument);
    return probe.vector;
}

static bool counted(uint32_t self, struct trap_frame *frame)
{
    if (frame->vector == VECTOR_DB) {
        debug_seen[self].count++;
        debug_seen[self].dr6 = read_dr6();
        debug_seen[self].rip = frame->rip;
        frame->rflags &= ~RFLAGS_TF; /* one step only */
        return true;
    }
    if (frame->vector == VECTOR_NMI) {
        nmi_count[self]++;
        return true;
    }
    if (frame->vector == VECTOR_TEST) {
        interrupt_count[self]++;
        apic_write(APIC_EOI, 0);
        return true;
    }
    return false;
}

void trap(struct trap_frame *frame)
{
    uint32_t self = processor_self();
    struct probe *probe = active[self];

    if (counted(self, frame)) {
        return;
    }
    ud_count[self] += frame->vector == VECTOR_UD;
    if (probe == NULL) {
        say("error: unexpected exception %lu at 0x%lx, error 0x%lx, CR2 0x%lx, processor %u", frame->vector, frame->rip,
            frame->error, read_cr2(), self);
        give_up("unexpected exception");
    }
    probe->vector = GUEST_FAULT + (uint32_t)frame->vector;
    probe->error = frame->error;
    probe->rip = frame->rip;
    probe->cr2 = read_cr2();
    active[self] = NULL;
    frame->rip = (uint64_t)(uintptr_t)probe_landing;
    frame->cs = read_cs(); /* 32-bit code may have faulted */
    frame->rdi = (uint64_t)(uintptr_t)probe;
}

void traps_set_gate(unsigned vector, const char *stub)
{
    uint64_t at = (uint64_t)(uintptr_t)stub;

    ((struct gate *)trap_gates)[vector] = (struct gate){
        .low = (uint16_t)at, .selector = (uint16_t)read_cs(), .attributes = GATE_INTERRUPT, .middle = (uint16_t)(at >> 16),
        .high = (uint32_t)(at >> 32),
    };
}

void traps_make(uint8_t *page)
{
    trap_gates = page;
    traps_set_gate(1, stub_db);
    traps_set_gate(2, stub_nmi);
    traps_set_gate(6, stub_ud);
    traps_set_gate(8, stub_df);
    traps_set_gate(11, stub_np);
    traps_set_gate(13, stub_gp);
    traps_set_gate(14, stub_pf);
    traps_set_gate(VECTOR_TEST, stub_test);
}

static void make_gates(const struct table_pointer *firmware_table)
{
    uint8_t *page = pages_take(1, PAGE_SIZE);

    memset(page, 0, PAGE_SIZE);
    memcpy(page, (const void *)(uintptr_t)firmware_table->base, firmware_table->limit + 1u);
    traps_make(page);
}

struct table_pointer traps_take(void)
{
    struct table_pointer old = read_idt();
    struct table_pointer table;

    if (trap_gates == NULL) {
        make_gates(&old);
    }
    table = (struct table_pointer){ PAGE_SIZE - 1, (uint64_t)(uintptr_t)trap_gates };
    write_idt(&table);
    return old;
}

void traps_give_back(const struct table_pointer *old)
{
    write_idt(old);
}
