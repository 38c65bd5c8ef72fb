/* Every status secure_call_decode can give, its order of checks, and that nothing is filled in on a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sk/call_decode.h>

#define LAST_SERVICE SECURE_SERVICE_GET_PROTECTIONS

static struct secure_call_frame good_frame(uint32_t service, uint32_t input_size)
{
    return (struct secure_call_frame){
        .version = SECURE_CALL_VERSION,
        .service = service,
        .input_size = input_size,
        .output_capacity = 64,
    };
}

static void expect_refused(const struct secure_call_frame *frame, enum secure_status status)
{
    struct secure_request request, before;

    memset(&request, 0xA5, sizeof(request));
    before = request;
    assert_int_equal(secure_call_decode(frame, &request), status);
    assert_memory_equal(&request, &before, sizeof(request));
}

static void each_service_is_decoded(void **state)
{
    static const struct {
        uint32_t service, input_size;
        uint64_t session;
    } rows[] = {
        { SECURE_SERVICE_GET_INFO, 0, 0 },
        { SECURE_SERVICE_OPEN_SESSION, 16, 0 },
        { SECURE_SERVICE_INVOKE, 8, 7 },
        { SECURE_SERVICE_INVOKE, SECURE_CALL_DATA_SIZE, 7 },
        { SECURE_SERVICE_CLOSE_SESSION, 0, 7 },
        { SECURE_SERVICE_DONATE_MEMORY, 16, 0 },
        { SECURE_SERVICE_DONATE_MEMORY, SECURE_CALL_DATA_SIZE, 0 },
        { SECURE_SERVICE_RECLAIM_MEMORY, 8, 0 },
        { SECURE_SERVICE_START_TRUSTLET, 24, 0 },
        { SECURE_SERVICE_START_TRUSTLET, SECURE_CALL_DATA_SIZE, 0 },
        { SECURE_SERVICE_END_TRUSTLET, 8, 0 },
        { SECURE_SERVICE_LIST_TRUSTLETS, 8, 0 },
        { SECURE_SERVICE_RESUME_CALL, 8, 0 },
        { SECURE_SERVICE_CANCEL_CALL, 8, 0 },
        { SECURE_SERVICE_INVOKE_LARGE, 24, 7 },
        { SECURE_SERVICE_INVOKE_LARGE, SECURE_LARGE_MAX_INPUT, 7 },
        { SECURE_SERVICE_GET_PROTECTIONS, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct secure_call_frame frame = good_frame(rows[i].service, rows[i].input_size);
        struct secure_request request;

        frame.session = rows[i].session;
        assert_int_equal(secure_call_decode(&frame, &request), SECURE_STATUS_SUCCESS);
        assert_int_equal(request.service, rows[i].service);
        assert_int_equal(request.session, rows[i].session);
        assert_int_equal(request.input_size, rows[i].input_size);
        assert_int_equal(request.output_capacity, 64);
        assert_ptr_equal(request.input, frame.data);
    }
}

static void other_versions_are_refused(void **state)
{
    static const uint32_t versions[] = { 0, 2, 0x80000001, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct secure_call_frame frame = good_frame(SECURE_SERVICE_GET_INFO, 0);

        frame.version = versions[i];
        expect_refused(&frame, SECURE_STATUS_BAD_VERSION);
    }
}

static void each_reserved_byte_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(((struct secure_call_frame *)0)->reserved); i++) {
        struct secure_call_frame frame = good_frame(SECURE_SERVICE_GET_INFO, 0);

        frame.reserved[i] = 0x80;
        expect_refused(&frame, SECURE_STATUS_RESERVED_NOT_ZERO);
    }
}

static void the_call_is_never_given_in_a_request(void **state)
{
    struct secure_call_frame frame = good_frame(SECURE_SERVICE_GET_INFO, 0);

    (void)state;
    frame.call = UINT64_C(1) << 63;
    expect_refused(&frame, SECURE_STATUS_RESERVED_NOT_ZERO);
}

static void unknown_services_are_refused(void **state)
{
    static const uint32_t services[] = { 0, LAST_SERVICE + 1, LAST_SERVICE + 2, 0x10001, 0x80000001, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        struct secure_call_frame frame = good_frame(services[i], 0);

        expect_refused(&frame, SECURE_STATUS_UNKNOWN_SERVICE);
    }
}

static void sizes_outside_the_range_are_refused(void **state)
{
    static const struct {
        uint32_t service, input_size;
    } rows[] = {
        { SECURE_SERVICE_GET_INFO, 1 },
        { SECURE_SERVICE_GET_INFO, UINT32_MAX },
        { SECURE_SERVICE_OPEN_SESSION, 0 },
        { SECURE_SERVICE_OPEN_SESSION, 15 },
        { SECURE_SERVICE_OPEN_SESSION, 25 },
        { SECURE_SERVICE_DONATE_MEMORY, 15 },
        { SECURE_SERVICE_DONATE_MEMORY, SECURE_CALL_DATA_SIZE + 1 },
        { SECURE_SERVICE_RECLAIM_MEMORY, 7 },
        { SECURE_SERVICE_RECLAIM_MEMORY, 9 },
        { SECURE_SERVICE_START_TRUSTLET, 23 },
        { SECURE_SERVICE_END_TRUSTLET, 9 },
        { SECURE_SERVICE_LIST_TRUSTLETS, 7 },
        { SECURE_SERVICE_INVOKE, 7 },
        { SECURE_SERVICE_INVOKE, SECURE_CALL_DATA_SIZE + 1 },
        { SECURE_SERVICE_INVOKE, UINT32_MAX },
        { SECURE_SERVICE_CLOSE_SESSION, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct secure_call_frame frame = good_frame(rows[i].service, rows[i].input_size);

        expect_refused(&frame, SECURE_STATUS_BAD_SIZE);
    }
}

static void capacity_is_at_most_the_frame(void **state)
{
    struct secure_call_frame frame = good_frame(SECURE_SERVICE_GET_INFO, 0);
    struct secure_request request;

    (void)state;
    frame.output_capacity = SECURE_CALL_DATA_SIZE;
    assert_int_equal(secure_call_decode(&frame, &request), SECURE_STATUS_SUCCESS);
    frame.output_capacity = SECURE_CALL_DATA_SIZE + 1;
    expect_refused(&frame, SECURE_STATUS_BAD_SIZE);
    frame.output_capacity = UINT32_MAX;
    expect_refused(&frame, SECURE_STATUS_BAD_SIZE);
}

static void a_session_is_named_exactly_where_one_is_needed(void **state)
{
    struct secure_call_frame frame = good_frame(SECURE_SERVICE_INVOKE, 8);

    (void)state;
    expect_refused(&frame, SECURE_STATUS_NO_SUCH_SESSION);
    frame = good_frame(SECURE_SERVICE_CLOSE_SESSION, 0);
    expect_refused(&frame, SECURE_STATUS_NO_SUCH_SESSION);
    frame = good_frame(SECURE_SERVICE_GET_INFO, 0);
    frame.session = 1;
    expect_refused(&frame, SECURE_STATUS_NO_SUCH_SESSION);
    frame = good_frame(SECURE_SERVICE_OPEN_SESSION, 16);
    frame.session = UINT64_MAX;
    expect_refused(&frame, SECURE_STATUS_NO_SUCH_SESSION);
}

static void the_first_failure_in_the_documented_order_wins(void **state)
{
    struct secure_call_frame frame;

    (void)state;
    memset(&frame, 0xFF, sizeof(frame));
    expect_refused(&frame, SECURE_STATUS_BAD_VERSION);
    frame.version = SECURE_CALL_VERSION;
    expect_refused(&frame, SECURE_STATUS_RESERVED_NOT_ZERO);
    memset(frame.reserved, 0, sizeof(frame.reserved));
    frame.call = 0;
    expect_refused(&frame, SECURE_STATUS_UNKNOWN_SERVICE);
    frame.service = SECURE_SERVICE_GET_INFO;
    expect_refused(&frame, SECURE_STATUS_BAD_SIZE);
    frame.input_size = 0;
    frame.output_capacity = 0;
    expect_refused(&frame, SECURE_STATUS_NO_SUCH_SESSION);
}

/* Random headers: whatever is accepted keeps every promise of the header file. */
static void accepted_requests_keep_the_promises(void **state)
{
    unsigned accepted = 0;

    (void)state;
    srandom(20);
    for (unsigned i = 0; i < 200000; i++) {
        struct secure_call_frame frame = good_frame((uint32_t)random() % (LAST_SERVICE + 2), (uint32_t)random() % 4100);
        struct secure_request request;

        frame.session = (uint64_t)random() % 3;
        frame.output_capacity = (uint32_t)random() % 4100;
        frame.input_size = random() % 2 != 0 ? frame.input_size : (uint32_t)random() % 17;
        if (secure_call_decode(&frame, &request) == SECURE_STATUS_SUCCESS) {
            accepted++;
            assert_in_range(request.service, 1, LAST_SERVICE);
            assert_true(request.input_size <= SECURE_CALL_DATA_SIZE && request.output_capacity <= SECURE_CALL_DATA_SIZE);
            assert_true(request.service != SECURE_SERVICE_OPEN_SESSION || request.input_size - 16 <= 8);
            assert_true(request.service != SECURE_SERVICE_INVOKE || request.input_size >= sizeof(struct secure_invoke));
        }
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_service_is_decoded),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(each_reserved_byte_is_checked),
        cmocka_unit_test(the_call_is_never_given_in_a_request),
        cmocka_unit_test(unknown_services_are_refused),
        cmocka_unit_test(sizes_outside_the_range_are_refused),
        cmocka_unit_test(capacity_is_at_most_the_frame),
        cmocka_unit_test(a_session_is_named_exactly_where_one_is_needed),
        cmocka_unit_test(the_first_failure_in_the_documented_order_wins),
        cmocka_unit_test(accepted_requests_keep_the_promises),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
