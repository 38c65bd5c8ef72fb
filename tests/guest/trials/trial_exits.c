/*
 * Exit facts that the hypervisor relies on: faults during event delivery,
 * faults of the guest's own table walk, and the odd codes.
 */
#include <lib/string.h>

#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "trials.h"

#define RIP(label) ((uint64_t)(uintptr_t)(label))
#define VIRTUAL_VECTOR 0x50
#define CR4_OSXSAVE (1u << 18)

void guest_nops(void);
void guest_sti_vmmcall(void);
void guest_undefined(void);
void guest_int50(void);
void guest_set_cr4(void);
void guest_xsetbv(void);
void guest_load(void);
void guest_store64(void);
extern char guest_nops_second[];
extern char guest_undefined_after[];

static uint32_t enter(void)
{
    uint32_t code;

    cli();
    clgi();
    code = guest_run(&vtl0);
    stgi();
    return code;
}

/* Runs until the interrupt table's page is missed, and puts it back. */
static uint32_t run_without_idt(uint64_t *info)
{
    uint32_t code;

    nested_set(RIP(vtl0_idt), 0);
    code = enter();
    nested_set(RIP(vtl0_idt), 7);
    *info = vtl0.vmcb->exit_int_info;
    return code;
}

static bool missed_idt(uint32_t code)
{
    return code == EXIT_NPF && (vtl0.vmcb->exit_info2 & ~0xFFFull) == RIP(vtl0_idt);
}

/* The event as it should have been told: the vector that is in service, type 0. */
static uint64_t repaired(void)
{
    for (unsigned vector = 255; vector >= 32; vector--) {
        if (apic_vector_bit(APIC_ISR, (uint8_t)vector)) {
            return EVENT_VALID | vector;
        }
    }
    return 0;
}

static void interrupt_delivery(const char *id, bool again, uint64_t (*repair)(void))
{
    uint64_t info;
    uint32_t code;
    bool missed;
    unsigned isr;

    guest_reset(&vtl0, guest_loop_times, 1000, true);
    apic_timer_once(1000);
    apic_timer_wait_pending();
    code = run_without_idt(&info);
    missed = missed_idt(code);
    isr = apic_vector_bit(APIC_ISR, TIMER_VECTOR);
    fact(id, "timer, IDT page absent: exit %x, EXITINFO1 %lx, EXITINFO2 idt+%lx, EXITINTINFO %lx, ISR %u", code,
         vtl0.vmcb->exit_info1, vtl0.vmcb->exit_info2 - RIP(vtl0_idt), info, isr);
    need(id, missed, "the fault is told with the address in the IDT");
    need(id, info == (EVENT_VALID | TIMER_VECTOR), "EXITINTINFO names the interrupt whose delivery failed");
    info = repair ? repair() : info;
    vtl0.vmcb->event_inj = again ? info : 0;
    code = enter();
    fact(id, "%s %lx: exit %x, guest took %lu, ISR after %u", again ? "re-injected" : "not re-injected", info, code,
         vtl0_traps.count[TIMER_VECTOR], apic_vector_bit(APIC_ISR, TIMER_VECTOR));
    if (again) {
        need(id, code == EXIT_VMMCALL && vtl0_traps.count[TIMER_VECTOR] == 1, "re-injection delivers it exactly once");
    } else {
        need(id, vtl0_traps.count[TIMER_VECTOR] == 0 && isr, "without re-injection it is lost and stays in service");
    }
    apic_timer_stop();
}

static void injected_delivery(const char *id, const char *what, uint64_t event, unsigned vector)
{
    uint64_t info;
    uint32_t code;
    bool missed;

    guest_reset(&vtl0, guest_loop_times, 1000, false);
    vtl0_traps.resume_rip = RIP(guest_loop_times);
    vtl0.vmcb->event_inj = event;
    code = run_without_idt(&info);
    missed = missed_idt(code);
    fact(id, "injected %s, IDT page absent: exit %x, EXITINTINFO %lx, EVENTINJ after %lx", what, code, info,
         vtl0.vmcb->event_inj);
    vtl0.vmcb->event_inj = info;
    code = enter();
    fact(id, "re-injected: exit %x, guest took %lu", code, vtl0_traps.count[vector]);
    need(id, missed && info == event && code == EXIT_VMMCALL && vtl0_traps.count[vector] == 1,
         "EXITINTINFO is the injected event, and re-injection delivers it exactly once");
}

static void exception_delivery(void)
{
    uint64_t info;
    uint32_t code;
    bool missed;

    guest_reset(&vtl0, guest_undefined, 0, false);
    vtl0_traps.resume_rip = RIP(guest_undefined_after);
    code = run_without_idt(&info);
    missed = missed_idt(code);
    fact("E5", "#UD of the guest, IDT page absent: exit %x, EXITINTINFO %lx, RIP ud2+%ld", code, info,
         (long)(vtl0.vmcb->rip - RIP(guest_undefined)));
    need("E5", missed && (info & 0x800007FF) == (EVENT_VALID | EVENT_EXCEPTION | 6), "EXITINTINFO names the exception");
    vtl0.vmcb->event_inj = info;
    code = enter();
    fact("E5", "re-injected: exit %x, guest took %lu at ud2+%ld", code, vtl0_traps.count[6],
         (long)(vtl0_traps.last_rip[6] - RIP(guest_undefined)));
    need("E5", code == EXIT_VMMCALL && vtl0_traps.count[6] == 1, "re-injection delivers it exactly once");
}

static void software_interrupt_delivery(void)
{
    uint64_t info;
    uint32_t code;

    guest_reset(&vtl0, guest_int50, 0, false);
    vtl0_traps.no_eoi = true;
    code = run_without_idt(&info);
    fact("E6", "INT 50h, IDT page absent: exit %x, EXITINTINFO %lx, RIP int+%ld", code, info,
         (long)(vtl0.vmcb->rip - RIP(guest_int50)));
    need("E6", (info & EVENT_VALID) == 0 || (info >> 8 & 7) == 4, "INT n is told as type 4, or not at all");
    need("E6", vtl0.vmcb->rip == RIP(guest_int50), "RIP is at the INT n");
    code = enter();
    fact("E6", "entered again, nothing injected: exit %x, guest took %lu, return at int+%ld", code,
         vtl0_traps.count[0x50], (long)(vtl0_traps.last_rip[0x50] - RIP(guest_int50)));
    need("E6", code == EXIT_VMMCALL && vtl0_traps.count[0x50] == 1, "the guest repeats INT n: taken exactly once");
}

static uint64_t walk_pml4[512] __attribute__((aligned(4096)));
static uint64_t walk_pdpt[512] __attribute__((aligned(4096)));
static uint64_t walk_pd[512] __attribute__((aligned(4096)));
static uint64_t walk_pt[512] __attribute__((aligned(4096)));
static uint64_t walk_target[512] __attribute__((aligned(4096)));

#define WALK_ADDRESS 0x8000000000ull

static void walk_fault(const char *id, uint64_t table_rights, void (*code_at)(void), const char *what)
{
    extern uint64_t identity_pml4[];
    struct vmcb *v;
    uint32_t code;

    memcpy(walk_pml4, identity_pml4, sizeof(walk_pml4));
    walk_pml4[WALK_ADDRESS >> 39] = RIP(walk_pdpt) | 3;
    walk_pdpt[0] = RIP(walk_pd) | 3;
    walk_pd[0] = RIP(walk_pt) | 3;
    walk_pt[5] = RIP(walk_target) | 3;
    guest_reset(&vtl0, code_at, WALK_ADDRESS + 0x5008, false);
    v = vtl0.vmcb;
    v->cr3 = RIP(walk_pml4);
    nested_set(RIP(walk_pt), table_rights);
    code = enter();
    nested_set(RIP(walk_pt), 7);
    fact(id, "%s: exit %x, EXITINFO1 %lx, EXITINFO2 pt+%lx, CR2 %lx", what, code, v->exit_info1,
         v->exit_info2 - RIP(walk_pt), v->cr2);
    need(id,
         code == EXIT_NPF && (v->exit_info1 & (NPF_FINAL | NPF_TABLE_WALK)) == NPF_TABLE_WALK
             && (v->exit_info2 & ~0xFFFull) == RIP(walk_pt),
         "a fault of the guest's own table walk has bit 33 and the table's page");
}

static void invalid_state(void)
{
    uint32_t code;

    guest_reset(&vtl0, guest_nops, 0, false);
    vtl0.vmcb->asid = 0;
    code = enter();
    fact("E9", "VMRUN with ASID 0: exit code %lx (64 bits)", vtl0.vmcb->exit_code);
    need("E9", code == EXIT_INVALID, "the low 32 bits tell VMEXIT_INVALID");
    guest_reset(&vtl0, guest_set_cr4, read_cr4() | 1ull << 40, false);
    vtl0_traps.resume_rip = RIP(guest_undefined_after);
    code = enter();
    fact("E10", "guest MOV CR4 with a reserved bit: exit code %lx, #GP %lu, RIP mov+%ld", vtl0.vmcb->exit_code,
         vtl0_traps.count[13], (long)(vtl0.vmcb->rip - RIP(guest_set_cr4)));
    need("E10", code == EXIT_VMMCALL && vtl0_traps.count[13] == 1, "a reserved bit in CR4 is the guest's own #GP");
}

static void set_xcr0(void)
{
    uint64_t before;
    uint32_t code;

    write_cr4(read_cr4() | CR4_OSXSAVE);
    before = xgetbv();
    guest_reset(&vtl0, guest_xsetbv, 0, false);
    vtl0.vmcb->intercept2 |= INTERCEPT2_XSETBV;
    code = enter();
    fact("E11", "XSETBV intercepted: exit %x; host XCR0 %lx before, %lx after", code, before, xgetbv());
    need("E11", code == EXIT_XSETBV && xgetbv() == before, "XSETBV can be intercepted");
    write_cr4(read_cr4() & ~(uint64_t)CR4_OSXSAVE);
}

static void interrupt_shadow(void)
{
    uint32_t code;

    guest_reset(&vtl0, guest_nops, 1000, true);
    vtl0_traps.no_eoi = true;
    vtl0.vmcb->int_state = 1;
    vtl0.vmcb->vintr = V_INTR_MASKING | V_IRQ | V_IGN_TPR | V_INTR_VECTOR(VIRTUAL_VECTOR);
    code = enter();
    fact("E12", "VMRUN with int_state 1, IF=1 and V_IRQ: exit %x, taken %lu at start+%ld", code,
         vtl0_traps.count[VIRTUAL_VECTOR], (long)(vtl0_traps.last_rip[VIRTUAL_VECTOR] - RIP(guest_nops)));
    need("E12", vtl0_traps.last_rip[VIRTUAL_VECTOR] == RIP(guest_nops_second), "VMRUN loads the interrupt shadow");
    guest_reset(&vtl0, guest_sti_vmmcall, 0, false);
    code = enter();
    fact("E12", "exit %x right after STI: int_state %lx, IF %u", code, vtl0.vmcb->int_state,
         (vtl0.vmcb->rflags & RFLAGS_IF) != 0);
    need("E12", (vtl0.vmcb->int_state & 1) == 1, "an exit saves the interrupt shadow");
}

/* In a boot of its own: Bochs may end at it. */
void trial_shutdown(void)
{
    uint32_t code;

    guest_reset(&vtl0, guest_undefined, 0, false);
    vtl0.vmcb->idtr.limit = 0;
    code = enter();
    fact("E13", "triple fault: exit %x, EXITINTINFO %lx", code, vtl0.vmcb->exit_int_info);
    need("E13", code == EXIT_SHUTDOWN, "a triple fault of the guest is exit 7F and no reset");
}

void trial_exits(void)
{
    interrupt_delivery("E1", true, NULL);
    injected_delivery("E3", "#GP(0)", EVENT_VALID | EVENT_EXCEPTION | EVENT_ERROR_VALID | 13, 13);
    injected_delivery("E4", "NMI", EVENT_VALID | EVENT_NMI | 2, 2);
    exception_delivery();
    interrupt_delivery("E2", false, NULL);
    interrupt_delivery("E14", true, repaired);
    software_interrupt_delivery();
    walk_fault("E7", 0, guest_load, "load, the guest's page table absent");
    walk_fault("E8", 5, guest_load, "load, the guest's page table read-only (accessed bit to be set)");
    invalid_state();
    set_xcr0();
    interrupt_shadow();
}
