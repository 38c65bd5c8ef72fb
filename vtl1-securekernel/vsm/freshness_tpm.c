#include <sk/freshness_tpm.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/freshness_plan.h>
#include <sk/log.h>
#include <sk/reference_time.h>
#include <sk/tpm.h>

#define PATIENCE   UINT64_C(200000000) /* 20 s for one command, in units of 100 ns; NV memory takes a second at most */
#define MAX_ERRORS 16u                 /* lines of a boot: a trustlet could fill the log */

/* What is under way. Its authorizations are wiped when it is over. */
static struct {
    struct freshness_operation operation;
    enum freshness_action action; /* what the TPM has been told */
    struct tpm_command command;
    uint8_t answer[TPM_ANSWER_MAX];
    uint64_t deadline; /* not sent once more behind it */
    uint64_t overdue;  /* given up behind it; 0: nobody has seen the TPM at work on it yet */
} work;

static struct thread *served, *next; /* whose the operation is, if anybody's; who waits for his turn */

static void log_failure(const char *what, uint32_t code)
{
    static unsigned count;

    if (count < MAX_ERRORS) {
        count++;
        log_line("error: freshness: the TPM %s, action %u, code 0x%x", what, (unsigned)work.action, code);
    }
}

static void send(void)
{
    work.overdue = 0;
    tpm_start(work.command.bytes, work.command.size, work.answer, sizeof(work.answer));
}

static void finish(int64_t status);

/* From one command to the next. */
static void go_on(void)
{
    work.action = freshness_next(&work.operation);
    if (work.action == FRESHNESS_END) {
        finish(IUM_SUCCESS);
        return;
    }
    freshness_command(&work.operation, work.action, &work.command);
    work.deadline = reference_time() + PATIENCE;
    send();
}

static void begin(struct thread *thread)
{
    served = thread;
    freshness_begin(&work.operation, &thread->freshness);
    go_on();
}

/* Tells whoever waits, wipes, and begins what waited for its turn. Not IUM_SUCCESS: it has failed. */
static void finish(int64_t status)
{
    struct thread *waiting = next;

    if (served != NULL) {
        served->freshness.status = status == IUM_SUCCESS ? freshness_outcome(&work.operation, &served->freshness.found) : status;
    }
    secure_zero(&work, sizeof(work));
    served = next = NULL;
    if (waiting != NULL) {
        begin(waiting);
    }
}

static void fail(const char *what, uint32_t code)
{
    log_failure(what, code);
    finish(IUM_DEVICE_FAILED);
}

static void take_answer(size_t size)
{
    enum tpm_result result = freshness_learn(&work.operation, work.action, work.answer, size);

    if (result == TPM_REPEAT && served != NULL && reference_time() < work.deadline) {
        send();
    } else if (result != TPM_DONE) {
        fail("refuses", tpm_response_code(work.answer, size));
    } else if (served == NULL) {
        finish(IUM_SUCCESS); /* nobody waits: it is left where it is */
    } else {
        go_on();
    }
}

/* A command is sent by the first poll, and VTL0 says when that is: the TPM's time begins there, not when the command was made. */
static bool is_overdue(void)
{
    if (work.overdue == 0) {
        work.overdue = reference_time() + PATIENCE;
    }
    return reference_time() > work.overdue;
}

static void drive(void)
{
    size_t size;

    switch (tpm_poll(&size)) {
    case TPM_ANSWERED:
        take_answer(size);
        break;
    case TPM_BUSY:
        if (is_overdue()) {
            tpm_cancel();
            fail("does not answer", 0);
        }
        break;
    default:
        fail("gives no answer", 0);
        break;
    }
}

static bool is_idle(void)
{
    return work.operation.kind == FRESHNESS_NOTHING;
}

void freshness_tpm_serve(struct thread *thread)
{
    if (!is_idle()) {
        drive();
    }
    if (thread->freshness.status != IUM_AGAIN || served == thread) {
        return;
    }
    if (is_idle()) {
        begin(thread);
    } else if (next == NULL) {
        next = thread;
    }
}

void freshness_tpm_forget(const struct thread *thread)
{
    if (served == thread) {
        served = NULL;
    }
    if (next == thread) {
        next = NULL;
    }
}
