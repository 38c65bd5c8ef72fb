/*
 * INIT through the ICR to a processor under a hypervisor: alone in a boot,
 * because it may take processor 1 away.
 */
#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "smp.h"
#include "trials.h"

static volatile uint64_t alive;
static volatile uint64_t release;
static volatile uint64_t returned;
static volatile uint64_t exit_code;

static void target_closed(void)
{
    cli();
    clgi();
    while (release == 0) {
        alive++;
        pause();
    }
    stgi();
    spin(100000);
    returned++;
}

static void target_in_guest(void)
{
    guest_reset(&vtl0, guest_loop, 0, false);
    vtl0.vmcb->intercept1 |= INTERCEPT1_INIT;
    cli();
    clgi();
    exit_code = guest_run(&vtl0);
    alive = 1;
    while (release == 0) {
        alive++;
        pause();
    }
    stgi();
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
    exit_code = 0;
    guest_progress = 0;
    smp_job(job);
    spin(10000);
    need(id, wait_for(running, 1000), "the target runs");
    apic_send(1, ICR_INIT);
    spin(200000);
    runs_on = moves(&alive);
    release = 1;
    spin(500000);
    fact(id, "INIT %s: exit %lx, host code with GIF=0 runs on %u, goes on after STGI %lu", where, exit_code, runs_on,
         returned);
    need(id, runs_on, "GIF=0 holds the INIT");
    restarted = smp_start(svm_enable);
    fact(id, "INIT and SIPI again: starts %lu (restarted %u)", application_starts, restarted);
}

void trial_init(void)
{
    init_at("I1", target_in_guest, &guest_progress, "to a guest with the INIT intercept");
    init_at("I2", target_closed, &alive, "to a host with GIF=0");
}
