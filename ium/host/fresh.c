/* GET_FRESHNESS, SET_FRESHNESS, RESET_FRESHNESS and GET_TIME: one record, and a clock that the test sets. */
#include <ium/host.h>

#include <string.h>

#include <ium/syscalls.h>

#include "internal.h"

#define FIRST_GENERATION 42u /* a TPM's counter begins anywhere */
#define UNITS_A_MILLISECOND 10000u

static struct ium_freshness record = { .lasting = 1 };
static uint64_t next_generation = FIRST_GENERATION; /* of a record where there is none; no generation comes twice */
static uint64_t now, clock_at; /* GET_TIME's answer; what it was when the record's clock was set */

static struct {
    enum ium_syscall call;
    enum trustlet_fault fault;
    uint32_t skip; /* so many of those calls go well before */
} trouble;

static bool begun; /* the call has been told IUM_AGAIN, and comes again */

void trustlet_fresh(const struct ium_freshness *freshness)
{
    record = *freshness;
    clock_at = now;
    if (record.generation >= next_generation) {
        next_generation = record.generation + 1;
    }
}

struct ium_freshness trustlet_fresh_now(void)
{
    struct ium_freshness said = record;

    said.clock += (now - clock_at) / UNITS_A_MILLISECOND;
    return said;
}

void trustlet_time(uint64_t time)
{
    if (time > now) {
        now = time;
    }
}

void trustlet_fresh_fault(enum ium_syscall call, uint32_t skip, enum trustlet_fault fault)
{
    trouble.call = call;
    trouble.skip = skip;
    trouble.fault = fault;
}

/* What becomes of this one. */
static enum trustlet_fault fault_of(enum ium_syscall call)
{
    enum trustlet_fault fault = trouble.fault;

    if (fault == TRUSTLET_FAULT_DEAD) {
        return TRUSTLET_FAULT_FAILS;
    }
    if (fault == TRUSTLET_FAULT_NONE || trouble.call != call || trouble.skip-- > 0) {
        return TRUSTLET_FAULT_NONE;
    }
    trouble.fault = TRUSTLET_FAULT_NONE;
    return fault;
}

/* Every call is told IUM_AGAIN once. *status: what to answer at once, if the result says so. */
static bool answers_at_once(enum ium_syscall call, int64_t *status)
{
    *status = host_allows(call) ? IUM_AGAIN : IUM_UNKNOWN_SYSCALL;
    begun = *status == IUM_AGAIN && !begun;
    return begun || *status == IUM_UNKNOWN_SYSCALL;
}

int64_t ium_freshness_get(struct ium_freshness *freshness)
{
    int64_t status;

    if (answers_at_once(IUM_SYSCALL_GET_FRESHNESS, &status)) {
        return status;
    }
    switch (fault_of(IUM_SYSCALL_GET_FRESHNESS)) {
    case TRUSTLET_FAULT_NONE:
        *freshness = trustlet_fresh_now();
        return IUM_SUCCESS;
    case TRUSTLET_FAULT_CUT:
    case TRUSTLET_FAULT_CUT_COMMITTED:
        ium_exit(TRUSTLET_POWER_CUT);
    default:
        return IUM_DEVICE_FAILED;
    }
}

/* Makes the record that one, or not, as the fault wants it. */
static int64_t commit(enum ium_syscall call, const struct ium_freshness *wanted)
{
    enum trustlet_fault fault = fault_of(call);

    if (fault != TRUSTLET_FAULT_FAILS && fault != TRUSTLET_FAULT_CUT) {
        trustlet_fresh(wanted);
    }
    if (fault == TRUSTLET_FAULT_CUT || fault == TRUSTLET_FAULT_CUT_COMMITTED) {
        ium_exit(TRUSTLET_POWER_CUT);
    }
    return fault == TRUSTLET_FAULT_NONE ? IUM_SUCCESS : IUM_DEVICE_FAILED;
}

int64_t ium_freshness_set(const uint8_t *digest, uint64_t generation)
{
    struct ium_freshness wanted = trustlet_fresh_now();
    int64_t status;

    if (answers_at_once(IUM_SYSCALL_SET_FRESHNESS, &status)) {
        return status;
    }
    if (wanted.state > IUM_FRESHNESS_SET || generation != wanted.generation) {
        return IUM_BAD_ARGUMENT;
    }
    wanted.generation = wanted.state == IUM_FRESHNESS_SET ? generation + 1 : next_generation;
    wanted.state = IUM_FRESHNESS_SET;
    memcpy(wanted.digest, digest, sizeof(wanted.digest));
    return commit(IUM_SYSCALL_SET_FRESHNESS, &wanted);
}

int64_t ium_freshness_reset(void)
{
    struct ium_freshness wanted = { .lasting = record.lasting, .clock = trustlet_fresh_now().clock };
    int64_t status;

    return answers_at_once(IUM_SYSCALL_RESET_FRESHNESS, &status) ? status : commit(IUM_SYSCALL_RESET_FRESHNESS, &wanted);
}

int64_t ium_get_time(void)
{
    return host_allows(IUM_SYSCALL_GET_TIME) ? (int64_t)now : IUM_UNKNOWN_SYSCALL;
}
