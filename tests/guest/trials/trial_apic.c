/*
 * F13: a local APIC page that the guest may read and not write, its writes
 * done by the host.
 */
#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "smp.h"
#include "stores.h"
#include "trials.h"

#define RIP(label) ((uint64_t)(uintptr_t)(label))
#define IPI_VECTOR 0x41

static uint64_t writes_done;

/* Runs the guest until anything but a store by guest_write32 happens; those stores are done here for it. */
static uint32_t run_with_writes(struct guest *guest)
{
    for (;;) {
        uint32_t code = guest_run(guest);

        if (code != EXIT_NPF || guest->vmcb->rip != RIP(guest_write32_store)) {
            return code;
        }
        apic_write((uint32_t)guest->vmcb->exit_info2 & 0xFFF, (uint32_t)guest->rsi);
        guest->vmcb->rip = RIP(guest_write32_after);
        writes_done++;
    }
}

static uint32_t call_guest(void (*function)(void), bool interrupts)
{
    uint32_t code;

    guest_reset(&vtl0, guest_call, RIP(function), interrupts);
    vtl0_traps.eoi_through_exit = true;
    writes_done = 0;
    cli();
    clgi();
    code = run_with_writes(&vtl0);
    stgi();
    return code;
}

static struct {
    uint32_t id, version, svr, timer_first, timer_second, lvt;
    uint32_t byte;
} read_by_guest;

static void guest_reads(void)
{
    read_by_guest.id = apic_read(APIC_ID);
    read_by_guest.version = apic_read(APIC_VERSION);
    read_by_guest.svr = apic_read(APIC_SVR);
    read_by_guest.lvt = apic_read(APIC_LVT_TIMER);
    read_by_guest.timer_first = apic_read(APIC_TIMER_CURRENT);
    for (volatile unsigned i = 0; i < 2000; i++) {
    }
    read_by_guest.timer_second = apic_read(APIC_TIMER_CURRENT);
    read_by_guest.byte = *(volatile uint8_t *)(uintptr_t)(APIC_BASE + APIC_VERSION);
}

static void reads_pass(void)
{
    uint32_t code;

    apic_write(APIC_TIMER_DIVIDE, 0xB);
    apic_write(APIC_TIMER_INITIAL, 0xFFFFFFFF);
    code = call_guest(guest_reads, false);
    fact("A1", "exit %x; id %x version %x svr %x lvt %x, timer %x then %x; 8-bit read %x", code,
         read_by_guest.id, read_by_guest.version, read_by_guest.svr, read_by_guest.lvt, read_by_guest.timer_first,
         read_by_guest.timer_second, read_by_guest.byte);
    need("A1",
         code == EXIT_VMMCALL && read_by_guest.id == apic_read(APIC_ID)
             && read_by_guest.version == apic_read(APIC_VERSION) && read_by_guest.svr == apic_read(APIC_SVR)
             && read_by_guest.lvt == apic_read(APIC_LVT_TIMER),
         "reads of a read-only APIC page pass with the right values");
    need("A1", read_by_guest.timer_second < read_by_guest.timer_first, "the timer's count is seen running");
    apic_timer_stop();
}

static void store_exits(const struct store *store)
{
    uint32_t code;
    uint32_t before = apic_read(APIC_TPR);
    struct vmcb *v;

    guest_reset(&vtl0, store->code, APIC_BASE + APIC_TPR, false);
    vtl0.rsi = 0x30;
    v = vtl0.vmcb;
    v->rax = 0x30;
    cli();
    clgi();
    code = guest_run(&vtl0);
    stgi();
    fact("A2", "%s: exit %x, EXITINFO1 %lx, EXITINFO2 %lx, RIP %s, TPR %x before and %x after", store->name, code,
         v->exit_info1, v->exit_info2, v->rip == RIP(store->code) ? "at the store" : "moved", before,
         apic_read(APIC_TPR));
    need("A2", code == EXIT_NPF && (v->exit_info1 & (NPF_PRESENT | NPF_WRITE)) == (NPF_PRESENT | NPF_WRITE)
         && v->exit_info2 == APIC_BASE + APIC_TPR && v->rip == RIP(store->code) && apic_read(APIC_TPR) == before,
         store->name);
    need("A2", (v->exit_info1 & (NPF_FINAL | NPF_TABLE_WALK)) == NPF_FINAL,
         "told as the final access, not a table walk");
    apic_write(APIC_TPR, 0);
}

static void guest_uses_timer(void)
{
    for (uint64_t i = 1; i <= 2; i++) {
        guest_write32(APIC_BASE + APIC_TIMER_DIVIDE, 0xB);
        guest_write32(APIC_BASE + APIC_LVT_TIMER, TIMER_VECTOR);
        guest_write32(APIC_BASE + APIC_TIMER_INITIAL, 1000);
        wait_for(&vtl0_traps.count[TIMER_VECTOR], i);
    }
}

static void timer_of_guest(void)
{
    uint32_t code;

    traps_clear(&host_traps[0]);
    code = call_guest(guest_uses_timer, true);
    fact("A3", "exit %x; %lu writes done for the guest; guest took %lu, ISR seen %lu, ISR after %u; host took %lu",
         code, writes_done, vtl0_traps.count[TIMER_VECTOR], vtl0_traps.isr_seen,
         apic_vector_bit(APIC_ISR, TIMER_VECTOR), host_traps[0].count[TIMER_VECTOR]);
    need("A3", code == EXIT_VMMCALL && vtl0_traps.count[TIMER_VECTOR] == 2,
         "timer programmed by decoded writes: both interrupts go through the guest's table, no INTR exit");
    need("A3", writes_done == 8 && vtl0_traps.isr_seen == 1 && apic_vector_bit(APIC_ISR, TIMER_VECTOR) == 0,
         "the guest reads ISR, and EOI by the host's write ends the service");
    need("A3", host_traps[0].count[TIMER_VECTOR] == 0, "none of them goes through the host's table");
    apic_timer_stop();
}

static volatile uint64_t target_open;

static void target_takes_ipi(void)
{
    traps_clear(&host_traps[1]);
    target_open = 1;
    sti();
    wait_for(&host_traps[1].count[IPI_VECTOR], 1);
    cli();
}

static uint32_t icr_low_seen;
static uint32_t icr_high_seen;

static void guest_sends_ipi(void)
{
    guest_write32(APIC_BASE + APIC_ICR_HIGH, 1u << 24);
    guest_write32(APIC_BASE + APIC_ICR_LOW, ICR_FIXED | IPI_VECTOR);
    icr_low_seen = apic_read(APIC_ICR_LOW);
    icr_high_seen = apic_read(APIC_ICR_HIGH);
}

static void ipi_of_guest(void)
{
    uint32_t code;

    target_open = 0;
    smp_job(target_takes_ipi);
    wait_for(&target_open, 1);
    code = call_guest(guest_sends_ipi, false);
    need("A4", smp_wait(), "the target came back");
    fact("A4", "exit %x; target took %lu; the guest reads ICR %x:%x", code, host_traps[1].count[IPI_VECTOR],
         icr_high_seen, icr_low_seen);
    need("A4", host_traps[1].count[IPI_VECTOR] == 1, "an IPI sent by decoded writes arrives, once");
    need("A4", icr_high_seen == 1u << 24 && (icr_low_seen & 0xFFF) == IPI_VECTOR, "the guest reads its ICR back");
}

void trial_apic(void)
{
    nested_set(APIC_BASE, 5);
    reads_pass();
    for (size_t i = 0; i < store_count; i++) {
        store_exits(&stores[i]);
    }
    timer_of_guest();
    ipi_of_guest();
}
