/* Another processor that waits in the hypervisor: what hv/core/cpu_call.c needs on the other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <pthread.h>

#include <hv/cpu_call.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static pthread_t thread;
static _Atomic bool stop;

static void *serve(void *argument)
{
    struct cpu *cpu = argument;

    bench_become(cpu);
    while (!atomic_load(&stop)) {
        cpu_serve(cpu);
        sched_yield();
    }
    return NULL;
}

void bench_serve(struct cpu *cpu)
{
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&thread, NULL, serve, cpu), 0);
}

void bench_serve_stop(void)
{
    atomic_store(&stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}
