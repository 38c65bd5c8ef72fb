/*
 * Exit facts under VMX that the hypervisor relies on: faults during event
 * delivery, faults of the guest's own table walk, failed entries, odd exits.
 */
#include <lib/string.h>

#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "ept.h"
#include "guest.h"
#include "trials.h"
#include "vmx.h"

#define RIP(label) ((uint64_t)(uintptr_t)(label))
#define CR4_OSXSAVE (1u << 18)
#define ERROR_RESUME_OF_CLEAR 5u
#define ERROR_BAD_CONTROL 7u

void guest_nops(void);
void guest_sti_vmmcall(void);
void guest_undefined(void);
void guest_int50(void);
void guest_set_cr4(void);
void guest_xsetbv(void);
void guest_load(void);
extern char guest_nops_second[];
extern char guest_undefined_after[];

static struct {
    uint32_t code;
    uint64_t vectoring;
    uint64_t qualification;
    uint64_t address;
    uint64_t rip;
    uint64_t blocked;
    uint64_t length;
} told;

/* Runs until the interrupt table's page is missed, and puts it back. */
static bool run_without_idt(void)
{
    ept_set(RIP(vtl0_idt), 0);
    told.code = vmx_run(&vmx_vtl0);
    ept_set(RIP(vtl0_idt), EPT_ALL);
    told.vectoring = vmx_read(VMCS_IDT_VECTORING);
    told.qualification = vmx_read(VMCS_QUALIFICATION);
    told.address = vmx_read(VMCS_GUEST_PHYSICAL);
    told.rip = vmx_read(VMCS_GUEST_RIP);
    told.blocked = vmx_read(VMCS_INTERRUPTIBILITY);
    told.length = vmx_read(VMCS_EXIT_LENGTH);
    return told.code == REASON_EPT_VIOLATION && (told.address & ~0xFFFull) == RIP(vtl0_idt);
}

/* What the SDM asks of a monitor: the same event, error code and length; bit 12 is undefined and must not go back. */
static uint32_t run_with_vectoring(void)
{
    uint64_t event = told.vectoring & ~0x1000ull;

    vmx_write(VMCS_ENTRY_EVENT, event);
    vmx_write(VMCS_ENTRY_ERROR_CODE, vmx_read(VMCS_IDT_VECTORING_ERROR));
    vmx_write(VMCS_ENTRY_LENGTH, told.length);
    return vmx_run(&vmx_vtl0);
}

static void interrupt_delivery(const char *id, bool again)
{
    uint32_t code;
    bool missed;
    unsigned isr;

    vmx_reset(&vmx_vtl0, guest_loop_times, 1000, true);
    apic_timer_once(1000);
    apic_timer_wait_pending();
    missed = run_without_idt();
    isr = apic_vector_bit(APIC_ISR, TIMER_VECTOR);
    fact(id, "timer, IDT page absent: exit %x, qualification %lx, guest-physical idt+%lx, IDT-vectoring %lx, ISR %u",
         told.code, told.qualification, told.address - RIP(vtl0_idt), told.vectoring, isr);
    need(id, missed, "the fault is told with the address in the IDT");
    need(id, told.vectoring == (EVENT_TYPE_VALID | TIMER_VECTOR),
         "IDT-vectoring names the interrupt whose delivery failed");
    code = again ? run_with_vectoring() : vmx_run(&vmx_vtl0);
    fact(id, "%s: exit %x, guest took %lu, ISR after %u", again ? "re-injected" : "not re-injected", code,
         vtl0_traps.count[TIMER_VECTOR], apic_vector_bit(APIC_ISR, TIMER_VECTOR));
    if (again) {
        need(id, code == REASON_VMCALL && vtl0_traps.count[TIMER_VECTOR] == 1,
             "re-injection delivers it exactly once");
    } else {
        need(id, vtl0_traps.count[TIMER_VECTOR] == 0 && isr, "without re-injection it is lost and stays in service");
    }
    apic_timer_stop();
}

static void injected_delivery(const char *id, const char *what, uint32_t event, bool virtual_nmis)
{
    unsigned vector = event & 0xFF;
    uint32_t code;
    bool missed;

    vmx_reset(&vmx_vtl0, guest_loop_times, 1000, false);
    vtl0_traps.resume_rip = RIP(guest_loop_times);
    if (virtual_nmis) {
        vmx_set(VMCS_PIN_CONTROLS, PIN_VIRTUAL_NMIS);
    }
    vmx_write(VMCS_ENTRY_EVENT, event);
    missed = run_without_idt();
    fact(id, "injected %s, IDT page absent: exit %x, qualification %lx, IDT-vectoring %lx, interruptibility %lx", what,
         told.code, told.qualification, told.vectoring, told.blocked);
    code = run_with_vectoring();
    if (code == REASON_INVALID_STATE) {
        fact(id, "re-injected: exit %x; once more without blocking by NMI", code);
        vmx_clear(VMCS_INTERRUPTIBILITY, BLOCKED_BY_NMI);
        code = run_with_vectoring();
    }
    fact(id, "re-injected: exit %x, guest took %lu with error %lx", code, vtl0_traps.count[vector],
         vtl0_traps.last_error[vector]);
    need(id, missed && (told.vectoring & ~0x1000ull) == event && code == REASON_VMCALL
         && vtl0_traps.count[vector] == 1,
         "IDT-vectoring is the injected event, and re-injection delivers it exactly once");
}

static void exception_delivery(void)
{
    uint32_t code;
    bool missed;

    vmx_reset(&vmx_vtl0, guest_undefined, 0, false);
    vtl0_traps.resume_rip = RIP(guest_undefined_after);
    missed = run_without_idt();
    fact("E5", "#UD of the guest, IDT page absent: exit %x, IDT-vectoring %lx, RIP ud2+%ld", told.code, told.vectoring,
         (long)(told.rip - RIP(guest_undefined)));
    need("E5", missed && told.vectoring == (EVENT_TYPE_VALID | EVENT_TYPE_EXCEPTION | 6),
         "IDT-vectoring names the exception");
    code = run_with_vectoring();
    fact("E5", "re-injected: exit %x, guest took %lu at ud2+%ld", code, vtl0_traps.count[6],
         (long)(vtl0_traps.last_rip[6] - RIP(guest_undefined)));
    need("E5", code == REASON_VMCALL && vtl0_traps.count[6] == 1, "re-injection delivers it exactly once");
}

static void software_interrupt_delivery(const char *id, bool again)
{
    uint32_t code;

    vmx_reset(&vmx_vtl0, guest_int50, 0, false);
    vtl0_traps.no_eoi = true;
    run_without_idt();
    fact(id, "INT 50h, IDT page absent: exit %x, IDT-vectoring %lx, RIP int+%ld, length %lu", told.code,
         told.vectoring, (long)(told.rip - RIP(guest_int50)), told.length);
    need(id, told.vectoring == (EVENT_TYPE_VALID | EVENT_TYPE_SOFTWARE | 0x50), "INT n is told as type 4");
    need(id, told.rip == RIP(guest_int50), "RIP is at the INT n");
    code = again ? run_with_vectoring() : vmx_run(&vmx_vtl0);
    fact(id, "%s: exit %x, guest took %lu, return at int+%ld", again ? "re-injected" : "nothing injected", code,
         vtl0_traps.count[0x50], (long)(vtl0_traps.last_rip[0x50] - RIP(guest_int50)));
    need(id, code == REASON_VMCALL && vtl0_traps.count[0x50] == 1
         && vtl0_traps.last_rip[0x50] == RIP(guest_int50) + 2, "taken exactly once, with the return after the INT");
}

static uint64_t walk_pml4[512] __attribute__((aligned(4096)));
static uint64_t walk_pdpt[512] __attribute__((aligned(4096)));
static uint64_t walk_pd[512] __attribute__((aligned(4096)));
static uint64_t walk_pt[512] __attribute__((aligned(4096)));
static uint64_t walk_target[512] __attribute__((aligned(4096)));

#define WALK_ADDRESS 0x8000000000ull

static void walk_fault(const char *id, uint64_t table_rights, uint64_t flags, const char *what)
{
    extern uint64_t identity_pml4[];
    uint32_t code;

    memcpy(walk_pml4, identity_pml4, sizeof(walk_pml4));
    walk_pml4[WALK_ADDRESS >> 39] = RIP(walk_pdpt) | 3;
    walk_pdpt[0] = RIP(walk_pd) | 3;
    walk_pd[0] = RIP(walk_pt) | 3;
    walk_pt[5] = RIP(walk_target) | 3;
    vmx_reset(&vmx_vtl0, guest_load, WALK_ADDRESS + 0x5008, false);
    vmx_write(VMCS_GUEST_CR3, RIP(walk_pml4));
    vmx_set(VMCS_EPT_POINTER, flags);
    ept_set(RIP(walk_pt), table_rights);
    code = vmx_run(&vmx_vtl0);
    ept_set(RIP(walk_pt), EPT_ALL);
    told.qualification = vmx_read(VMCS_QUALIFICATION);
    told.address = vmx_read(VMCS_GUEST_PHYSICAL);
    fact(id, "%s: exit %x, qualification %lx, guest-physical pt+%lx, linear %lx; entry after %lx", what, code,
         told.qualification, told.address - RIP(walk_pt), vmx_read(VMCS_GUEST_LINEAR), walk_pt[5] & 0xFFF);
    need(id, code == REASON_EPT_VIOLATION
         && (told.qualification & (QUALIFICATION_LINEAR | QUALIFICATION_FINAL)) == QUALIFICATION_LINEAR
         && (told.address & ~0xFFFull) == RIP(walk_pt),
         "a fault of the guest's own table walk has bit 7, not bit 8, and the table's page");
}

static void failed_entries(void)
{
    uint32_t code;

    vmx_reset(&vmx_vtl0, guest_nops, 1, false);
    vmx_write(VMCS_GUEST_RFLAGS, 0);
    code = vmx_run(&vmx_vtl0);
    fact("E9", "RFLAGS without bit 1: exit %x, qualification %lx", code, vmx_read(VMCS_QUALIFICATION));
    need("E9", code == REASON_INVALID_STATE, "an invalid guest state is exit 33 with bit 31, not a VMfail");
    vmx_write(VMCS_GUEST_RFLAGS, 2);
    code = vmx_run(&vmx_vtl0);
    fact("E9", "repaired and VMLAUNCH again: exit %x", code);
    need("E9", code == REASON_VMCALL, "it leaves the VMCS clear: VMLAUNCH, not VMRESUME, goes on");
    vmx_reset(&vmx_vtl0, guest_nops, 1, false);
    vmx_write(VMCS_ENTRY_CONTROLS, 0);
    code = vmx_run(&vmx_vtl0);
    fact("E16", "entry controls 0: result %x, instruction error %lu", code, vmx_read(VMCS_INSTRUCTION_ERROR));
    need("E16", code == RUN_FAILED_VALID && vmx_read(VMCS_INSTRUCTION_ERROR) == ERROR_BAD_CONTROL,
         "a bad control is VMfailValid with error 7, no exit");
    vmx_reset(&vmx_vtl0, guest_nops, 1, false);
    vmx_vtl0.launched = 1;
    code = vmx_run(&vmx_vtl0);
    fact("E17", "VMRESUME of a clear VMCS: result %x, instruction error %lu", code, vmx_read(VMCS_INSTRUCTION_ERROR));
    need("E17", code == RUN_FAILED_VALID && vmx_read(VMCS_INSTRUCTION_ERROR) == ERROR_RESUME_OF_CLEAR,
         "VMRESUME of a clear VMCS is VMfailValid with error 5");
}

static void reserved_bit(void)
{
    uint32_t code;

    vmx_reset(&vmx_vtl0, guest_set_cr4, read_cr4() | 1ull << 40, false);
    vtl0_traps.resume_rip = RIP(guest_undefined_after);
    code = vmx_run(&vmx_vtl0);
    fact("E10", "guest MOV CR4 with a reserved bit: exit %x, #GP %lu, RIP mov+%ld", code, vtl0_traps.count[13],
         (long)(vtl0_traps.last_rip[13] - RIP(guest_set_cr4)));
    need("E10", code == REASON_VMCALL && vtl0_traps.count[13] == 1, "a reserved bit in CR4 is the guest's own #GP");
}

static void set_xcr0(void)
{
    uint64_t before;
    uint32_t code;

    write_cr4(read_cr4() | CR4_OSXSAVE);
    before = xgetbv();
    vmx_reset(&vmx_vtl0, guest_xsetbv, 0, false);
    code = vmx_run(&vmx_vtl0);
    fact("E11", "XSETBV: exit %x; host XCR0 %lx before, %lx after", code, before, xgetbv());
    need("E11", code == REASON_XSETBV && xgetbv() == before, "XSETBV exits");
    write_cr4(read_cr4() & ~(uint64_t)CR4_OSXSAVE);
}

static void interrupt_shadow(void)
{
    uint32_t code;
    uint64_t rip;

    vmx_reset(&vmx_vtl0, guest_nops, 1000, true);
    vmx_write(VMCS_INTERRUPTIBILITY, BLOCKED_BY_STI);
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_INTERRUPT_WINDOW);
    code = vmx_run(&vmx_vtl0);
    rip = vmx_read(VMCS_GUEST_RIP);
    fact("E12", "entered with blocking by STI, IF=1 and interrupt window: exit %x at start+%ld", code,
         (long)(rip - RIP(guest_nops)));
    need("E12", code == REASON_INTERRUPT_WINDOW && rip == RIP(guest_nops_second), "the entry loads the shadow");
    vmx_reset(&vmx_vtl0, guest_sti_vmmcall, 0, false);
    code = vmx_run(&vmx_vtl0);
    fact("E12", "exit %x right after STI: interruptibility %lx", code, vmx_read(VMCS_INTERRUPTIBILITY));
    need("E12", (vmx_read(VMCS_INTERRUPTIBILITY) & BLOCKED_BY_STI) != 0, "an exit saves the shadow");
}

void vmx_trial_shutdown(void)
{
    uint32_t code;

    vmx_reset(&vmx_vtl0, guest_undefined, 0, false);
    vmx_write(VMCS_GUEST_IDTR_LIMIT, 0);
    code = vmx_run(&vmx_vtl0);
    fact("E13", "triple fault: exit %x, IDT-vectoring %lx, RIP ud2+%ld", code, vmx_read(VMCS_IDT_VECTORING),
         (long)(vmx_read(VMCS_GUEST_RIP) - RIP(guest_undefined)));
    need("E13", code == REASON_TRIPLE_FAULT, "a triple fault of the guest is exit 2 and no reset");
}

void vmx_trial_exits(void)
{
    cli();
    interrupt_delivery("E1", true);
    injected_delivery("E3", "#GP(0)",
                      EVENT_TYPE_VALID | EVENT_TYPE_EXCEPTION | EVENT_TYPE_ERROR_CODE | 13, false);
    injected_delivery("E4", "NMI", EVENT_IS_NMI, false);
    injected_delivery("E18", "NMI, virtual NMIs", EVENT_IS_NMI, true);
    exception_delivery();
    interrupt_delivery("E2", false);
    software_interrupt_delivery("E6", false);
    software_interrupt_delivery("E15", true);
    walk_fault("E7", 0, 0, "load, the guest's page table absent");
    walk_fault("E8", EPT_READ | EPT_EXECUTE, 0, "load, the guest's page table read-only (accessed bit to be set)");
    walk_fault("E19", EPT_READ | EPT_EXECUTE, EPT_POINTER_FLAGS, "the same, EPT accessed and dirty flags on");
    failed_entries();
    reserved_bit();
    set_xcr0();
    interrupt_shadow();
}
