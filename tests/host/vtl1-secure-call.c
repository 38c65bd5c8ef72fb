/* A secure call from the frame's address to the reply: read once, answered narrowly, nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/string.h>

#include <sk/donation.h>
#include <sk/lock.h>
#include <sk/secure_call.h>
#include <sk/vtl0_memory.h>

#define FRAME UINT64_C(0x100000)

static const struct vtl1_boot_block block = { .ram_range_count = 1, .ram = { { FRAME, 4096 } } };

/* VTL0's page, and how it was used. */
static union {
    struct secure_call_frame frame;
    uint8_t bytes[4096];
} page;
static unsigned reads, writes, wiped;
static bool readable, writable, locked, poisoned, stops_meanwhile;

/* What the fake service does and saw. */
static unsigned served;
static uint8_t seen[16];
static enum secure_status answer_status;
static uint32_t answer_size;

const struct call_buffers *secure_call_buffers(void)
{
    static struct secure_call_frame frame, answer;
    static const struct call_buffers buffers = { .frame = &frame, .answer = &answer };

    return &buffers;
}

bool vtl0_owns(gpa_t address)
{
    return vtl0_page_valid(&block, address);
}

bool vtl0_read_page(gpa_t address, void *to)
{
    assert_int_equal(address.value, FRAME);
    assert_true(locked);
    reads++;
    memcpy(to, page.bytes, sizeof(page));
    /* VTL0 changes its mind the moment its frame was read: nobody may look again. */
    memset(page.bytes, 0xDD, sizeof(page));
    return readable;
}

bool vtl0_write(gpa_t address, uint64_t offset, const void *from, uint64_t size)
{
    assert_int_equal(address.value, FRAME);
    assert_true(offset + size <= sizeof(page));
    writes++;
    memcpy(page.bytes + offset, from, size);
    return writable;
}

bool kernel_lock_acquire(void)
{
    assert_false(locked);
    locked = !poisoned;
    return locked;
}

void kernel_lock_release(void)
{
    assert_true(locked);
    locked = false;
}

bool kernel_stopped(void)
{
    return poisoned;
}

void secure_zero(void *to, size_t size)
{
    wiped += size == sizeof(struct secure_call_frame);
    explicit_bzero(to, size);
}

static enum secure_status serve(const struct secure_request *request, struct secure_reply *reply)
{
    served++;
    poisoned = stops_meanwhile;
    memcpy(seen, request->input, sizeof(seen));
    memset(reply->data, 0x66, answer_size);
    reply->size = answer_size;
    return answer_status;
}

#define SECURE_CALL(number, name, handler, in_session, min, max)                                           \
    enum secure_status secure_##handler(const struct secure_request *request, struct secure_reply *reply) \
    {                                                                                                      \
        return serve(request, reply);                                                                      \
    }
#include <abi/secure_calls.def>
#undef SECURE_CALL

static int setup(void **state)
{
    (void)state;
    memset(&page, 0, sizeof(page));
    page.frame.version = SECURE_CALL_VERSION;
    page.frame.service = SECURE_SERVICE_OPEN_SESSION;
    page.frame.input_size = 16;
    page.frame.output_capacity = 64;
    memcpy(page.frame.data, "sixteen bytes in", 16);
    reads = writes = wiped = served = 0;
    readable = writable = true;
    poisoned = stops_meanwhile = false;
    answer_status = SECURE_STATUS_SUCCESS;
    answer_size = 5;
    secure_call_init(&block);
    return 0;
}

static void the_frame_is_read_once(void **state)
{
    (void)state;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_SUCCESS);
    assert_int_equal(reads, 1);
    assert_int_equal(served, 1);
    assert_memory_equal(seen, "sixteen bytes in", 16);
    assert_false(locked);
}

static void only_the_answer_is_written(void **state)
{
    uint8_t expected[4096];
    const uint32_t status = SECURE_STATUS_SUCCESS, size = 5;

    (void)state;
    memset(expected, 0xDD, sizeof(expected));
    memcpy(expected + offsetof(struct secure_call_frame, status), &status, 4);
    memcpy(expected + offsetof(struct secure_call_frame, output_size), &size, 4);
    memset(expected + offsetof(struct secure_call_frame, call), 0, 8);
    memset(expected + offsetof(struct secure_call_frame, data), 0x66, 5);
    secure_call(FRAME);
    assert_memory_equal(page.bytes, expected, sizeof(expected));
}

static void a_bad_frame_reaches_no_service(void **state)
{
    (void)state;
    page.frame.version = 9;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_BAD_VERSION);
    assert_int_equal(served, 0);
    assert_int_equal(page.frame.status, SECURE_STATUS_BAD_VERSION);
    assert_int_equal(page.frame.output_size, 0);
    assert_int_equal(page.frame.data[0], 0xDD);
}

static void copies_are_wiped(void **state)
{
    (void)state;
    secure_call(FRAME);
    assert_int_equal(wiped, 2); /* request and reply */
    setup(state);
    page.frame.version = 9;
    secure_call(FRAME);
    assert_int_equal(wiped, 2);
    setup(state);
    readable = false;
    secure_call(FRAME);
    assert_int_equal(wiped, 1);
}

static void addresses_that_are_not_vtl0s_are_not_touched(void **state)
{
    static const uint64_t addresses[] = { 0, FRAME + 1, FRAME + 4096, FRAME - 4096, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        assert_int_equal(secure_call(addresses[i]), SECURE_STATUS_BAD_FRAME_ADDRESS);
    }
    assert_int_equal(reads + writes + served, 0);
}

static void memory_that_faults_is_a_bad_address(void **state)
{
    (void)state;
    readable = false;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_BAD_FRAME_ADDRESS);
    assert_int_equal(served + writes, 0);
    setup(state);
    writable = false;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_BAD_FRAME_ADDRESS);
    assert_false(locked);
}

static void a_stopped_kernel_serves_nobody(void **state)
{
    (void)state;
    poisoned = true;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_NO_RESOURCES);
    assert_int_equal(reads + writes + served, 0);
}

/* Another processor of VTL1 faulted while this one was in ring 3: the frame may be in a page that is a trustlet's by now. */
static void a_kernel_that_stops_meanwhile_writes_nothing(void **state)
{
    (void)state;
    stops_meanwhile = true;
    assert_int_equal(secure_call(FRAME), SECURE_STATUS_NO_RESOURCES);
    assert_int_equal(served, 1);
    assert_int_equal(writes, 0);
    assert_int_equal(wiped, 2);
}

static void calls_are_counted(void **state)
{
    uint64_t before = secure_call_count();

    (void)state;
    secure_call(FRAME);
    secure_call(1);
    assert_int_equal(secure_call_count(), before + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_frame_is_read_once, setup),
        cmocka_unit_test_setup(only_the_answer_is_written, setup),
        cmocka_unit_test_setup(a_bad_frame_reaches_no_service, setup),
        cmocka_unit_test_setup(copies_are_wiped, setup),
        cmocka_unit_test_setup(addresses_that_are_not_vtl0s_are_not_touched, setup),
        cmocka_unit_test_setup(memory_that_faults_is_a_bad_address, setup),
        cmocka_unit_test_setup(a_stopped_kernel_serves_nobody, setup),
        cmocka_unit_test_setup(a_kernel_that_stops_meanwhile_writes_nothing, setup),
        cmocka_unit_test_setup(calls_are_counted, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
