/*
 * Memory out at every allocation there is: whatever the secure kernel was
 * about to do, it says NO_RESOURCES, has given back and wiped all it had taken for it,
 * and can do it the next time.
 */
#include "vtl1-machine.h"

#include <string.h>

#include <abi/boot_block.h>
#include <abi/normal_call.h>

#include <sk/lock.h>
#include <sk/secure_call.h>
#include <sk/trustlets.h>

#include "vtl1-faults.h"
#include "vtl1-ring3.h"

#define GIFT_PAGE   600u
#define GIFT_APART  512u /* pages that one table of the kernel's reaches */
#define GIFTS       3u

static int boot(void **state)
{
    (void)state;
    faults_forget();
    faults_at(FAULTS_NONE);
    assert_true(machine_boot());
    return 0;
}

static void end(uint64_t instance)
{
    assert_int_equal(machine_call(SECURE_SERVICE_END_TRUSTLET, 0, &instance, sizeof(instance)), SECURE_STATUS_SUCCESS);
}

/* Nothing to give back: a boot that fails ends the machine's start. */
static void a_boot_fails(void **state)
{
    uint64_t number = 0;

    (void)state;
    for (;; number++) {
        faults_forget();
        faults_at(number);
        if (machine_boot()) {
            break;
        }
        assert_true(faults_happened());
    }
    assert_false(faults_happened());
    assert_int_equal(number, faults_asked());
    assert_int_equal(number, faults_owned());
    assert_in_range(number, 40, 200);
}

/* The allocation fails, all is as before; without the fault the same call succeeds, and its end leaves all as before. */
static bool start_without(uint64_t number, uint64_t before)
{
    faults_at(number);
    ring3_begin();
    if (machine_start(FILE_BYTES) == SECURE_STATUS_SUCCESS) {
        assert_false(faults_happened());
        assert_int_equal(number, faults_asked());
        return false;
    }
    assert_int_equal(machine_frame->status, SECURE_STATUS_NO_RESOURCES);
    assert_int_equal(machine_frame->output_size, 0);
    assert_true(faults_happened());
    assert_int_equal(faults_owned(), before);
    faults_check_wiped();
    faults_at(FAULTS_NONE);
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    end(machine_answer());
    assert_int_equal(faults_owned(), before);
    faults_check_wiped();
    return true;
}

static void a_start_fails(void **state)
{
    uint64_t before = faults_owned(), number = 0;

    (void)state;
    while (start_without(number, before)) {
        number++;
    }
    end(machine_answer());
    assert_int_equal(faults_owned(), before);
    assert_in_range(number, 30, 100);
}

/* A file for which the kernel's window needs another table, which stays once it is made. */
static void a_start_of_a_large_file_fails(void **state)
{
    uint64_t owned = faults_owned(), tables = 0, number = 0;

    (void)state;
    for (;; number++) {
        faults_at(number);
        ring3_begin();
        if (machine_start(BIG_FILE_BYTES) == SECURE_STATUS_SUCCESS) {
            break;
        }
        assert_int_equal(machine_frame->status, SECURE_STATUS_NO_RESOURCES);
        assert_true(faults_happened());
        tables += faults_tables();
        assert_int_equal(faults_owned(), owned + tables);
        faults_check_wiped();
    }
    end(machine_answer());
    assert_int_equal(tables, 1);
    assert_int_equal(faults_owned(), owned + tables);
    assert_in_range(number, 550, 600);
}

static uint64_t pages_of(uint64_t instance)
{
    struct secure_trustlet found;

    instance--;
    assert_int_equal(machine_call(SECURE_SERVICE_LIST_TRUSTLETS, 0, &instance, sizeof(instance)), SECURE_STATUS_SUCCESS);
    memcpy(&found, machine_frame->data, sizeof(found));
    return found.pages;
}

/* What was refused to the loader for want of memory left nothing that is in the way of the same request, or counted twice. */
static void a_loader_asks_again(void **state)
{
    uint64_t before = faults_owned(), started = 0, failed = 0, pages = 0;

    (void)state;
    do {
        faults_at(failed + started);
        ring3_begin_patiently();
        if (machine_start(FILE_BYTES) == SECURE_STATUS_SUCCESS) {
            uint64_t instance = machine_answer(), has = pages_of(instance);

            assert_true(pages == 0 || pages == has);
            pages = has;
            started++;
            end(instance);
        } else {
            assert_int_equal(machine_frame->status, SECURE_STATUS_NO_RESOURCES);
            assert_int_equal(started, 0); /* before there was a loader to ask */
            failed++;
        }
        assert_int_equal(faults_owned(), before);
    } while (faults_happened());
    assert_in_range(failed, 10, 30);
    assert_in_range(started, 10, 50);
}

/* It makes a thread before it waits, and is told so when there is no memory for it; the first thread is still the one that is answered. */
static void an_owners_trustlet_fails(void **state)
{
    static const struct ium_normal_call question = { .number = NORMAL_CALL_TIME_HINT, .reply_capacity = 8 };
    uint64_t before = faults_owned(), number = 0, without_thread = 0;

    (void)state;
    for (;; number++) {
        enum vtl1_boot_status status;

        faults_at(number);
        ring3_begin_with_threads(&question);
        assert_true(kernel_lock_acquire()); /* as boot does */
        status = trustlets_start(secure_call_block());
        kernel_lock_release();
        if (status == VTL1_BOOT_READY) {
            break;
        }
        without_thread += status == VTL1_BOOT_TRUSTLET_FAULT;
        assert_true(status == VTL1_BOOT_NO_MEMORY || status == VTL1_BOOT_TRUSTLET_FAULT);
        assert_true(faults_happened());
        assert_int_equal(faults_owned(), before);
        faults_check_wiped();
    }
    assert_int_equal(number, faults_asked());
    assert_int_equal(without_thread, IUM_THREAD_PAGES);
    assert_in_range(number, 25, 100);
}

static enum secure_status give(void)
{
    struct secure_range ranges[GIFTS];

    for (uint64_t i = 0; i < GIFTS; i++) {
        ranges[i] = (struct secure_range){ MACHINE_BASE + (GIFT_PAGE + i * GIFT_APART) * PAGE_SIZE, 2 };
    }
    return machine_call(SECURE_SERVICE_DONATE_MEMORY, 0, ranges, sizeof(ranges));
}

static uint64_t pages_given(void)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < RAM_PAGES; i++) {
        count += !machine_vtl0_may(i);
    }
    return count;
}

static void take_back(void)
{
    const uint64_t wanted = RAM_PAGES;

    assert_int_equal(machine_call(SECURE_SERVICE_RECLAIM_MEMORY, 0, &wanted, sizeof(wanted)), SECURE_STATUS_SUCCESS);
    assert_int_equal(pages_given(), 0);
}

/* VTL0 keeps every page of a donation for which there are no tables. The tables made so far stay, so each fault has a boot of its own. */
static void a_donation_fails(void **state)
{
    uint64_t before = faults_owned(), number = 0;

    faults_at(number);
    while (give() != SECURE_STATUS_SUCCESS) {
        assert_int_equal(machine_frame->status, SECURE_STATUS_NO_RESOURCES);
        assert_true(faults_happened());
        assert_int_equal(pages_given(), 0);
        assert_int_equal(faults_owned(), before + number);
        faults_check_wiped();
        faults_at(FAULTS_NONE);
        assert_int_equal(give(), SECURE_STATUS_SUCCESS);
        take_back();
        boot(state);
        faults_at(++number);
    }
    assert_int_equal(pages_given(), 2 * GIFTS);
    assert_int_equal(faults_owned(), before + number);
    assert_in_range(number, GIFTS - 1, 6);
    take_back();
}

/* VTL0's pages are used first: they come back wiped from every start that fails. */
static void a_start_in_given_pages_fails(void **state)
{
    uint64_t before, number = 0;

    (void)state;
    assert_int_equal(give(), SECURE_STATUS_SUCCESS);
    before = faults_owned();
    while (start_without(number, before)) {
        take_back();
        assert_int_equal(give(), SECURE_STATUS_SUCCESS);
        number++;
    }
    end(machine_answer());
    take_back();
    assert_in_range(number, 30, 100);
}

static uint64_t start_and_open(uint64_t *session)
{
    static const struct ring3_call wait = { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } };
    uint64_t instance;

    faults_at(FAULTS_NONE);
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    instance = machine_answer();
    ring3_plan(&wait, 1);
    faults_at(0);
    assert_int_equal(machine_call(SECURE_SERVICE_OPEN_SESSION, 0, ring3_header.identity, 16), SECURE_STATUS_SUCCESS);
    assert_int_equal(faults_asked(), 0);
    *session = machine_answer();
    return instance;
}

/* Each of two pages of a thread; the trustlet is told, and goes on. */
static void a_thread_fails(void **state)
{
    static const struct ring3_call make[] = {
        { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IUM_IMAGE_BASE, IUM_STACK_TOP } },
        { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
    };
    static const struct secure_invoke command = { .command = 1 };
    uint64_t session, before, instance = start_and_open(&session);

    (void)state;
    before = faults_owned();
    for (uint64_t number = 0; number <= 2; number++) {
        ring3_plan(make, 2);
        faults_at(number);
        assert_int_equal(machine_call(SECURE_SERVICE_INVOKE, session, &command, sizeof(command)), SECURE_STATUS_SUCCESS);
        assert_int_equal(ring3_result(), number < 2 ? IUM_NO_MEMORY : IUM_SUCCESS);
        assert_int_equal(faults_owned(), number < 2 ? before : before + 2);
        faults_check_wiped();
    }
    end(instance);
    faults_check_wiped();
}

/* VTL0's word in a question's place, and the question goes on where it was asked. */
static enum secure_status answer(uint64_t call)
{
    const struct {
        uint64_t call;
        struct normal_reply reply;
        uint64_t time;
    } input = { call, { NORMAL_STATUS_SUCCESS, sizeof(uint64_t) }, 1 };

    return machine_call(SECURE_SERVICE_RESUME_CALL, 0, &input, sizeof(input));
}

/* Sessions, calls, questions to VTL0 and the end of it all take no page, so nothing of it can fail for want of one. */
static void calls_need_no_memory(void **state)
{
    static const struct ring3_call ask[] = {
        { IUM_SYSCALL_NORMAL_CALL, { RING3_ASK } },
        { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
        { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
    };
    static const struct secure_invoke command = { .command = 1 };
    static const struct ium_normal_call question = { .number = NORMAL_CALL_TIME_HINT, .reply_capacity = 8 };
    uint64_t session, instance = start_and_open(&session);

    (void)state;
    ring3_plan(ask, 3);
    ring3_ask(&question);
    faults_at(0);
    assert_int_equal(machine_call(SECURE_SERVICE_INVOKE, session, &command, sizeof(command)), SECURE_STATUS_NORMAL_CALL);
    assert_int_equal(answer(machine_frame->call), SECURE_STATUS_SUCCESS);
    assert_int_equal(ring3_result(), IUM_SUCCESS);
    assert_int_equal(machine_call(SECURE_SERVICE_CLOSE_SESSION, session, "", 0), SECURE_STATUS_SUCCESS);
    end(instance);
    assert_int_equal(faults_asked(), 0);
    faults_check_wiped();
}

static uint32_t refused_by_quota(uint32_t quota)
{
    struct secure_refusal refusal;

    ring3_header.page_quota = quota;
    ring3_begin();
    if (machine_start(FILE_BYTES) == SECURE_STATUS_SUCCESS) {
        end(machine_answer());
        return 0;
    }
    assert_int_equal(machine_frame->status, SECURE_STATUS_IMAGE_REFUSED);
    memcpy(&refusal, machine_frame->data, sizeof(refusal));
    return refusal.reason;
}

/* Not memory but its own quota: refused as such, whether the header shows it or the loader meets it; the last page counts. */
static void a_quota_is_too_small(void **state)
{
    const uint32_t least = IUM_THREAD_PAGES + ring3_header.heap_pages + ring3_header.max_sessions * ring3_header.stack_pages;
    uint64_t before = faults_owned();

    (void)state;
    for (uint32_t quota = 1; quota < least + RING3_IMAGE_PAGES; quota++) {
        faults_at(FAULTS_NONE);
        assert_int_equal(refused_by_quota(quota), SECURE_REFUSAL_LIMITS);
        assert_int_equal(faults_owned(), before);
        faults_check_wiped();
    }
    assert_int_equal(refused_by_quota(least + RING3_IMAGE_PAGES), 0);
    assert_int_equal(faults_owned(), before);
    ring3_header.page_quota = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_boot_fails),
        cmocka_unit_test_setup(a_start_fails, boot),
        cmocka_unit_test_setup(a_loader_asks_again, boot),
        cmocka_unit_test_setup(a_start_of_a_large_file_fails, boot),
        cmocka_unit_test_setup(a_donation_fails, boot),
        cmocka_unit_test_setup(a_start_in_given_pages_fails, boot),
        cmocka_unit_test_setup(a_thread_fails, boot),
        cmocka_unit_test_setup(calls_need_no_memory, boot),
        cmocka_unit_test_setup(a_quota_is_too_small, boot),
        cmocka_unit_test_setup(an_owners_trustlet_fails, boot), /* the last: an owner's trustlet stays */
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
