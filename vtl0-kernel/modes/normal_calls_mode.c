/*
 * Normal calls, from VTL0's side: what a trustlet may ask for, and every way to
 * answer it wrongly. Each test prints "@openvsm test id=... outcome=ok|failed
 * detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define GIFT_PAGES   128u
#define ASKED_PAGES  5u
#define REPLY_LIMIT  16u
#define SYSTEM_CALL_BAD_ARGUMENT (-3) /* IUM_BAD_ARGUMENT */
#define HINT_SLACK   UINT64_C(100000000) /* ten seconds, in 100 ns */

static const uint8_t worker[16] = WORKER_IDENTITY;

static uint64_t instance, session;

/* A question and its answer, as the trustlet passes them on. */
static struct {
    union {
        struct worker_ask ask;
        struct worker_answer answer;
    };
    uint8_t space[NORMAL_CALL_DATA_SIZE];
} buffer;

static uint8_t *asked_data(void)
{
    return (uint8_t *)&buffer + sizeof(struct worker_ask);
}

static const uint8_t *answered_data(void)
{
    return (const uint8_t *)&buffer + sizeof(struct worker_answer);
}

/* Has the worker ask; the request's size bytes are at asked_data. False: it could not. */
static bool ask(uint32_t number, uint32_t size, uint32_t capacity)
{
    size_t length = sizeof(struct worker_ask) + size;
    uint32_t status = 1;

    buffer.ask = (struct worker_ask){ number, capacity };
    return trustlet_invoke(session, WORKER_ASK, &buffer, &length, sizeof(buffer), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           length == sizeof(struct worker_answer) + buffer.answer.size;
}

static bool answered(uint32_t status, uint32_t size)
{
    return buffer.answer.result == 0 && buffer.answer.status == status && buffer.answer.size == size;
}

static void name(const char *text)
{
    memset(asked_data(), 0, NORMAL_CALL_NAME_SIZE);
    memcpy(asked_data(), text, strlen(text));
}

static bool test_not_in_the_list(void)
{
    static const struct {
        uint32_t number, size, capacity;
    } rows[] = {
        { 0, 0, 0 }, { 7, 8, 8 }, { UINT32_MAX, 0, 0 }, { NORMAL_CALL_READ_BLOB, 63, 64 }, { NORMAL_CALL_READ_BLOB, 65, 64 },
        { NORMAL_CALL_READ_BLOB, 64, NORMAL_CALL_DATA_SIZE + 1 }, { NORMAL_CALL_TIME_HINT, 1, 8 }, { NORMAL_CALL_LOG, 0, 0 },
        { NORMAL_CALL_LOG, 257, 0 }, { NORMAL_CALL_MEMORY, 7, 0 },
    };
    uint64_t good = 0, count = sizeof(rows) / sizeof(rows[0]);

    for (uint64_t i = 0; i < count; i++) {
        good += ask(rows[i].number, rows[i].size, rows[i].capacity) && buffer.answer.result == SYSTEM_CALL_BAD_ARGUMENT;
    }
    return test_report("not-in-the-list", good == count, good, count);
}

static bool test_blobs(void)
{
    static const char text[] = "sealed bytes";
    uint64_t good = 0;

    name("state");
    good += ask(NORMAL_CALL_READ_BLOB, NORMAL_CALL_NAME_SIZE, 100) && answered(NORMAL_STATUS_NOT_FOUND, 0);
    name("state");
    memcpy(asked_data() + NORMAL_CALL_NAME_SIZE, text, sizeof(text));
    good += ask(NORMAL_CALL_WRITE_BLOB, NORMAL_CALL_NAME_SIZE + sizeof(text), 0) && answered(NORMAL_STATUS_SUCCESS, 0);
    name("state");
    good += ask(NORMAL_CALL_READ_BLOB, NORMAL_CALL_NAME_SIZE, 100) && answered(NORMAL_STATUS_SUCCESS, sizeof(text)) &&
            memcmp(answered_data(), text, sizeof(text)) == 0;
    name("state");
    good += ask(NORMAL_CALL_DELETE_BLOB, NORMAL_CALL_NAME_SIZE, 0) && answered(NORMAL_STATUS_SUCCESS, 0);
    name("state");
    good += ask(NORMAL_CALL_DELETE_BLOB, NORMAL_CALL_NAME_SIZE, 0) && answered(NORMAL_STATUS_NOT_FOUND, 0);
    return test_report("blobs", good == 5, good, 5);
}

static bool test_time_log_memory(void)
{
    struct secure_info before, after;
    uint64_t good = 0, hint = 0, pages = ASKED_PAGES, now = clock_filetime();

    good += ask(NORMAL_CALL_TIME_HINT, 0, 8) && answered(NORMAL_STATUS_SUCCESS, 8);
    memcpy(&hint, answered_data(), sizeof(hint));
    good += hint >= now && hint - now < HINT_SLACK;
    memcpy(asked_data(), "hello, VTL0", 11);
    good += ask(NORMAL_CALL_LOG, 11, 0) && answered(NORMAL_STATUS_SUCCESS, 0);
    secure_get_info(&before);
    memcpy(asked_data(), &pages, sizeof(pages));
    good += ask(NORMAL_CALL_MEMORY, sizeof(pages), 0) && answered(NORMAL_STATUS_SUCCESS, 0);
    secure_get_info(&after);
    good += after.donated_pages == before.donated_pages + ASKED_PAGES;
    pages = UINT64_MAX;
    memcpy(asked_data(), &pages, sizeof(pages));
    good += ask(NORMAL_CALL_MEMORY, sizeof(pages), 0) && answered(NORMAL_STATUS_REFUSED, 0);
    return test_report("time-log-memory", good == 6, good, 6);
}

/* The same questions by iumbase's functions. */
static bool test_by_the_library(void)
{
    uint64_t data;
    size_t size = 0;
    uint32_t status = 1;
    bool good = trustlet_invoke(session, WORKER_ASK_POLITELY, &data, &size, 0, &status) == SECURE_STATUS_SUCCESS && status == 0;

    return test_report("by-the-library", good, good, 1);
}

/* The worker asks for a blob and takes REPLY_LIMIT bytes; the question stays open. */
static uint64_t open_question(void)
{
    uint64_t call = 0;

    name("state");
    buffer.ask = (struct worker_ask){ NORMAL_CALL_READ_BLOB, REPLY_LIMIT };
    while (trustlet_invoke_once(session, WORKER_ASK, &buffer, sizeof(struct worker_ask) + NORMAL_CALL_NAME_SIZE, &call) ==
           SECURE_STATUS_YIELDED) {
        struct worker_answer end;
        size_t size = 0;
        uint32_t status;

        trustlet_resume(call, &end, &size, sizeof(end), &status); /* an interrupt came first: served, and asked once more */
        name("state");
        buffer.ask = (struct worker_ask){ NORMAL_CALL_READ_BLOB, REPLY_LIMIT };
    }
    return call;
}

static bool test_hostile_replies(void)
{
    static const struct {
        struct normal_reply reply;
        uint32_t size;
    } rows[] = {
        { { NORMAL_STATUS_COUNT, 0 }, 0 },               /* no such status */
        { { UINT32_MAX, 0 }, 0 },
        { { NORMAL_STATUS_SUCCESS, 4 }, 0 },             /* less than it says */
        { { NORMAL_STATUS_SUCCESS, 0 }, 4 },             /* more than it says */
        { { NORMAL_STATUS_SUCCESS, UINT32_MAX }, 8 },
        { { NORMAL_STATUS_SUCCESS, REPLY_LIMIT + 1 }, REPLY_LIMIT + 1 }, /* more than was asked for */
        { { NORMAL_STATUS_NOT_FOUND, 4 }, 4 },           /* a failure with data */
    };
    static const struct normal_reply right = { NORMAL_STATUS_SUCCESS, REPLY_LIMIT };
    static const uint8_t data[REPLY_LIMIT + 1];
    uint64_t good = 0, count = sizeof(rows) / sizeof(rows[0]), call = open_question();

    good += trustlet_answer(call, NULL, NULL, 0) == SECURE_STATUS_BAD_REPLY; /* none at all */
    for (uint64_t i = 0; i < count; i++) {
        good += trustlet_answer(call, &rows[i].reply, data, rows[i].size) == SECURE_STATUS_BAD_REPLY;
    }
    good += trustlet_answer(call, &right, data, REPLY_LIMIT) == SECURE_STATUS_SUCCESS;
    good += trustlet_answer(call, &right, data, REPLY_LIMIT) == SECURE_STATUS_NO_SUCH_CALL; /* again, and too late */
    return test_report("hostile-replies", good == count + 3, good, count + 3);
}

/* A question that is never answered keeps its session busy, and goes with its trustlet. */
static bool test_no_reply(void)
{
    static const struct normal_reply right = { NORMAL_STATUS_SUCCESS, 0 };
    struct secure_info info;
    uint64_t good = 0, call = open_question(), other;

    good += call != 0;
    good += trustlet_invoke_once(session, WORKER_SPIN, &call, sizeof(call), &other) == SECURE_STATUS_BUSY;
    good += trustlet_end(instance) == SECURE_STATUS_SUCCESS;
    good += trustlet_answer(call, &right, NULL, 0) == SECURE_STATUS_NO_SUCH_CALL;
    good += secure_get_info(&info) && info.reclaimable_pages == info.donated_pages;
    return test_report("no-reply", good == 5, good, 5);
}

static bool start(void)
{
    struct test_file file = test_place(worker_image_start, worker_image_end);
    struct trustlet_started started;
    bool good = test_give(GIFT_PAGES) && test_start(&file, &started) == SECURE_STATUS_SUCCESS &&
                trustlet_open(worker, started.instance, &session) == SECURE_STATUS_SUCCESS;

    instance = started.instance;
    return test_report("start", good, good, 1);
}

int mode_normal_calls(const struct mode_context *context)
{
    bool good;

    (void)context;
    if (vsm_state() != VSM_READY) {
        console_printf("no trustlets: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!start()) {
        return 1;
    }
    good = test_not_in_the_list();
    good = test_blobs() && good;
    good = test_time_log_memory() && good;
    good = test_by_the_library() && good;
    good = test_hostile_replies() && good;
    return test_no_reply() && good ? 0 : 1;
}
