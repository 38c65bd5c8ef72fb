/* What the tests of trustlets begin with. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ium/host.h>
#include <ium/trustlet.h>

/* A command that has to be answered: the trustlet's status. */
static inline uint32_t status_of(struct trustlet_answer answer)
{
    assert_int_equal(answer.outcome, TRUSTLET_ANSWERED);
    return answer.status;
}

/* Around each test: a new process. */
static inline int begin(void **state)
{
    (void)state;
    return trustlet_start() ? 0 : -1;
}

static inline int end(void **state)
{
    (void)state;
    trustlet_stop();
    return 0;
}
