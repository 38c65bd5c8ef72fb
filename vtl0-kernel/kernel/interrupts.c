#include <vtl0/interrupts.h>

#include <vtl0/apic.h>
#include <vtl0/exceptions.h>
#include <vtl0/panic.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

#define VECTORS      256u
#define STUB_SIZE    16u
#define GATE_PRESENT_INTERRUPT 0x8E00u

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t attributes; /* 2:0 IST, 11:8 type, 14:13 DPL, 15 present */
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct gate) == 16, "AMD64 APM 2, interrupt-gate descriptor");

extern char trap_stubs[];

static struct gate table[VECTORS] __attribute__((aligned(16)));
static uint64_t nmi_count;

static enum interrupt_stack stack_of(unsigned vector)
{
    switch (vector) {
    case VECTOR_NMI:
        return IST_NMI;
    case VECTOR_DF:
        return IST_DOUBLE_FAULT;
    case VECTOR_MC:
        return IST_MACHINE_CHECK;
    default:
        return IST_NONE;
    }
}

void interrupts_init(void)
{
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t stub = (uint64_t)(uintptr_t)trap_stubs + i * STUB_SIZE;

        table[i] = (struct gate){
            .offset_low = (uint16_t)stub,
            .selector = SELECTOR_KERNEL_CODE,
            .attributes = (uint16_t)(GATE_PRESENT_INTERRUPT | stack_of(i)),
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
}

void interrupts_load(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr = { sizeof(table) - 1, (uint64_t)(uintptr_t)table };

    __asm__ volatile("lidt %0" : : "m"(idtr));
}

uint64_t interrupts_nmi_count(void)
{
    return __atomic_load_n(&nmi_count, __ATOMIC_RELAXED);
}

static void timer_tick(void)
{
    struct processor *processor = this_processor();
    uint32_t late = apic_timer_lateness();

    processor->ticks++;
    processor->worst_tick = late > processor->worst_tick ? late : processor->worst_tick;
    apic_end_of_interrupt();
}

/* The firmware's timer may have left an interrupt pending, and an 8259 may send its spurious one: nobody waits. */
static void stray(uint8_t vector)
{
    if (apic_in_service(vector)) {
        apic_end_of_interrupt();
    }
}

static void work_call(void)
{
    apic_end_of_interrupt(); /* the interrupted loop looks for the work itself */
}

/* An NMI may hit the entry code before it has switched GS: nothing here looks at the processor's own data. */
void trap_dispatch(struct trap_frame *frame)
{
    switch (frame->vector) {
    case VECTOR_NMI:
        __atomic_add_fetch(&nmi_count, 1, __ATOMIC_RELAXED);
        break;
    case VECTOR_DF:
    case VECTOR_MC:
        panic_exception(frame, read_cr2());
    case VECTOR_TIMER:
        timer_tick();
        break;
    case VECTOR_CALL:
        work_call();
        break;
    case VECTOR_SPURIOUS:
        break;
    default:
        if (frame->vector >= EXCEPTION_COUNT) {
            stray((uint8_t)frame->vector);
        } else {
            exception_handle(frame);
        }
        break;
    }
}
