/*
 * INIT through the ICR to a processor in VMX operation: alone in a boot,
 * because it may take processor 1 away.
 */
#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "smp.h"
#include "trials.h"
#include "vmx.h"

static volatile uint64_t alive;
static volatile uint64_t release;
static volatile uint64_t returned;
static volatile uint64_t first_code;
static volatile uint64_t next_codes[3];
static volatile uint64_t next_progress;

static void stay_alive(void)
{
    while (release == 0) {
        alive++;
        pause();
    }
}

static void enter_again(void)
{
    uint64_t before = guest_progress;

    for (unsigned i = 0; i < 3; i++) {
        vmx_write(VMCS_GUEST_RIP, (uint64_t)(uintptr_t)guest_loop_times);
        vmx_vtl0.rdi = 1000;
        next_codes[i] = vmx_run(&vmx_vtl0);
    }
    next_progress = guest_progress - before;
}

static void target_in_guest(void)
{
    vmx_reset(&vmx_vtl0, guest_loop, 0, false);
    cli();
    first_code = vmx_run(&vmx_vtl0);
    enter_again();
    stay_alive();
    vmx_disable();
    spin(100000);
    returned++;
}

static void target_in_host(void)
{
    vmx_reset(&vmx_vtl0, guest_loop, 0, false);
    cli();
    stay_alive();
    enter_again();
    vmx_disable();
    spin(100000);
    returned++;
}

/* Whether a counter still moves. */
static bool moves(const volatile uint64_t *counter)
{
    uint64_t before = *counter;

    for (unsigned i = 0; i < 200000; i++) {
        if (*counter > before + 2) {
            return true;
        }
        pause();
    }
    return false;
}

static void init_at(const char *id, void (*job)(void), const volatile uint64_t *running, const char *where)
{
    bool runs_on;
    bool restarted;

    alive = 0;
    release = 0;
    returned = 0;
    first_code = 0;
    guest_progress = 0;
    smp_job(job);
    need(id, wait_for(running, 1000), "the target runs");
    apic_send(1, ICR_INIT);
    spin(200000);
    runs_on = moves(&alive);
    release = 1;
    spin(500000);
    fact(id, "INIT %s: exit %lx, host code runs on %u; entered three times: exits %lx %lx %lx, %lu loops; "
         "goes on after VMXOFF %lu", where, first_code, runs_on, next_codes[0], next_codes[1], next_codes[2],
         next_progress, returned);
    need(id, runs_on, "VMX operation holds the INIT off the host");
    need(id, next_codes[2] == REASON_VMCALL, "the INIT exits once, then the guest runs again");
    restarted = smp_start(vmx_enable);
    fact(id, "INIT and SIPI again: starts %lu (restarted %u)", application_starts, restarted);
}

void vmx_trial_init(void)
{
    init_at("I1", target_in_guest, &guest_progress, "to a guest");
    init_at("I2", target_in_host, &alive, "to a host in VMX operation");
}
