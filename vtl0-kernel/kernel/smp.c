#include <vtl0/smp.h>

#include <lib/string.h>
#include <vtl0/apic.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/interrupts.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define INIT_DELAY_US      10000u /* Intel SDM 3, "MP Initialization Protocol Algorithm" */
#define STARTUP_DELAY_US   200u
#define ONLINE_TIMEOUT_US  5000000u
#define CALL_TIMEOUT_US    10000000u

struct trampoline_fields {
    uint16_t gdt_limit;
    uint32_t gdt_base;
    uint16_t reserved;
    uint32_t target_offset;
    uint32_t target_selector;
    uint64_t cr3;
    uint64_t stack;
    uint64_t processor;
    uint64_t entry;
} __attribute__((packed));
_Static_assert(sizeof(struct trampoline_fields) == 48, "trampoline.S");

extern const uint8_t trampoline_start[], trampoline_end[], trampoline_fields[];

static uint64_t page;

static void take_work(struct processor *self)
{
    processor_work *work = __atomic_load_n(&self->work, __ATOMIC_ACQUIRE);

    if (work == NULL) {
        wait_for_interrupt();
        return;
    }
    interrupts_on();
    work(self->work_argument);
    self->work = NULL;
    __atomic_store_n(&self->work_done, true, __ATOMIC_RELEASE);
}

static _Noreturn void processor_main(struct processor *self)
{
    processor_load(self);
    apic_load();
    __atomic_store_n(&self->online, true, __ATOMIC_RELEASE);
    for (;;) {
        interrupts_off();
        take_work(self);
    }
}

static void write_trampoline(struct processor *processor)
{
    struct trampoline_fields fields;

    paging_map(paging_kernel_root(), page, page, MAP_READ_WRITE);
    memcpy((void *)(uintptr_t)page, trampoline_start, (size_t)(trampoline_end - trampoline_start));
    memcpy(&fields, trampoline_fields, sizeof(fields));
    fields.gdt_base += (uint32_t)page;
    fields.target_offset += (uint32_t)page;
    fields.cr3 = paging_kernel_root();
    fields.stack = processor->stack_top;
    fields.processor = (uint64_t)(uintptr_t)processor;
    fields.entry = (uint64_t)(uintptr_t)processor_main;
    memcpy((void *)(uintptr_t)(page + (uint64_t)(trampoline_fields - trampoline_start)), &fields, sizeof(fields));
    paging_map(paging_kernel_root(), page, page, MAP_READ_EXECUTE);
}

static bool start(struct processor *processor)
{
    processor->online = false;
    processor->work = NULL;
    write_trampoline(processor);
    apic_send_init(processor->apic_id);
    clock_delay(INIT_DELAY_US);
    for (int attempt = 0; attempt < 2 && !processor->online; attempt++) {
        apic_send_startup(processor->apic_id, (uint8_t)(page / PAGE_SIZE));
        clock_delay(STARTUP_DELAY_US);
    }
    clock_wait_for(&processor->online, ONLINE_TIMEOUT_US);
    paging_map(paging_kernel_root(), page, page, MAP_READ_WRITE);
    return processor->online;
}

static void flush_trampoline(void *unused)
{
    (void)unused;
    invlpg(page);
}

uint32_t smp_start_all(uint64_t trampoline_page)
{
    uint32_t running = 1;

    page = trampoline_page;
    this_processor()->online = true;
    for (uint32_t i = 1; i < processor_count(); i++) {
        if (!start(processor_at(i))) {
            console_printf("smp: processor %u (APIC id %u) does not start\n", i, processor_at(i)->apic_id);
            continue;
        }
        smp_call(i, flush_trampoline, NULL);
        running++;
    }
    return running;
}

bool smp_restart(uint32_t index)
{
    return start(processor_at(index)) && smp_call(index, flush_trampoline, NULL);
}

void smp_call_begin(uint32_t index, processor_work *work, void *argument)
{
    struct processor *processor = processor_at(index);

    processor->work_done = false;
    if (processor == this_processor()) {
        work(argument);
        processor->work_done = true;
        return;
    }
    processor->work_argument = argument;
    __atomic_store_n(&processor->work, work, __ATOMIC_RELEASE);
    apic_send(processor->apic_id, VECTOR_CALL);
}

bool smp_call_end(uint32_t index)
{
    return clock_wait_for(&processor_at(index)->work_done, CALL_TIMEOUT_US);
}

bool smp_call(uint32_t index, processor_work *work, void *argument)
{
    if (processor_at(index) == NULL || !processor_at(index)->online) {
        return false;
    }
    smp_call_begin(index, work, argument);
    return smp_call_end(index);
}
