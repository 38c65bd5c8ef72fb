/*
 * Large calls: input and reply in pages that are all over VTL0's memory. What
 * VTL1 writes is the reply and nothing else; a range that is not in order
 * refuses the call, and a page that is given away on the way loses only the
 * reply.
 */
#include <vtl0/large_calls.h>

#include <lib/string.h>
#include <vtl0/pages.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <worker/worker.h>

#define PAGES      SECURE_LARGE_PAGES
#define SIZE       60001u /* the last page is not full */
#define UNTOUCHED  0x5Au
#define TOP        (UINT64_MAX - PAGE_SIZE + 1)

/* Every second page of a pool, backwards: no two are neighbours. */
struct scattered {
    uint8_t *pool;
    struct secure_range ranges[PAGES];
};

static struct scattered in, out;
static uint64_t session;
static struct secure_info info;

static void scatter(struct scattered *some)
{
    some->pool = pages_alloc(2 * PAGES, PAGE_SIZE);
    for (uint32_t i = 0; i < PAGES; i++) {
        some->ranges[i] = (struct secure_range){ (uint64_t)(uintptr_t)some->pool + (2 * PAGES - 2 - 2 * i) * PAGE_SIZE, 1 };
    }
}

static uint8_t *byte_of(const struct scattered *some, uint32_t number)
{
    return (uint8_t *)(uintptr_t)some->ranges[number / PAGE_SIZE].gpa + number % PAGE_SIZE;
}

static uint32_t pages_of(uint32_t size)
{
    return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}

static struct trustlet_large mirror(uint32_t size)
{
    return (struct trustlet_large){
        .session = session, .command = WORKER_MIRROR, .in = in.ranges, .out = out.ranges, .in_ranges = pages_of(size),
        .out_ranges = PAGES, .size = size, .capacity = PAGES * PAGE_SIZE,
    };
}

/* rounds: what the first eight bytes say. */
static void fill(uint32_t size, uint64_t rounds)
{
    for (uint32_t i = 0; i < size; i++) {
        *byte_of(&in, i) = i < sizeof(rounds) ? (uint8_t)(rounds >> 8 * i) : (uint8_t)(i * 13 + i / 251);
    }
    memset(out.pool, UNTOUCHED, 2 * PAGES * PAGE_SIZE);
}

/* How many bytes of the whole pool of the reply are as they should be. */
static uint64_t good_bytes(uint32_t size)
{
    uint64_t good = 0, untouched = 0;

    for (uint32_t i = 0; i < size; i++) {
        good += (*byte_of(&out, i) ^ *byte_of(&in, size - 1 - i)) == 0xFF;
    }
    for (uint32_t i = 0; i < 2 * PAGES * PAGE_SIZE; i++) {
        untouched += out.pool[i] == UNTOUCHED;
    }
    for (uint32_t i = 0; i < size; i++) {
        untouched -= *byte_of(&out, i) == UNTOUCHED; /* the reply may have such bytes of its own */
    }
    return good + untouched;
}

static bool mirrored(uint32_t size)
{
    struct trustlet_large large = mirror(size);

    fill(size, 0);
    return trustlet_invoke_large(&large) == SECURE_STATUS_SUCCESS && large.status == WORKER_SUCCESS && large.reply_size == size &&
           good_bytes(size) == 2 * PAGES * PAGE_SIZE;
}

static bool test_scattered(void)
{
    static const uint32_t sizes[] = { 1, 8, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, SIZE, SECURE_LARGE_MAX };
    uint64_t good = 0;

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        good += mirrored(sizes[i]);
    }
    return test_report("large-call", good == 7, good, 7);
}

struct resumption {
    struct trustlet_large large;
    uint64_t call;
    uint32_t result;
};

static void resume(void *argument)
{
    struct resumption *mine = argument;

    mine->result = trustlet_resume_large(&mine->large, mine->call);
}

/* VTL0 changes its pages as soon as the call has begun: the trustlet has its copy. Another processor gets the reply. */
static bool test_elsewhere(uint64_t rounds)
{
    struct resumption end = { .large = mirror(SIZE) };
    struct trustlet_large other = mirror(SIZE);
    uint64_t good = 0;

    end.large.command = WORKER_MIRROR_SLOWLY;
    fill(SIZE, rounds);
    good += trustlet_invoke_large_once(&end.large, &end.call) == SECURE_STATUS_YIELDED;
    good += trustlet_invoke_large(&other) == SECURE_STATUS_BUSY;
    memset(in.pool, 0xC3, 2 * PAGES * PAGE_SIZE);
    good += smp_call(processor_count() - 1, resume, &end) && end.result == SECURE_STATUS_SUCCESS && end.large.reply_size == SIZE;
    for (uint32_t i = 0; i < SIZE; i++) {
        *byte_of(&in, i) = i < sizeof(rounds) ? (uint8_t)(rounds >> 8 * i) : (uint8_t)(i * 13 + i / 251);
    }
    good += good_bytes(SIZE) == 2 * PAGES * PAGE_SIZE;
    return test_report("large-elsewhere", good == 4, good, 4);
}

/* A page for the reply becomes VTL1's while the call is on its way: it comes back as it went into VTL1's hands, zero. */
static bool test_given_away(uint64_t rounds)
{
    struct trustlet_large large = mirror(SIZE);
    const struct secure_range gift = out.ranges[2];
    struct secure_range back[4];
    uint64_t good = 0, call, bytes = 0;
    size_t count = 0;

    large.command = WORKER_MIRROR_SLOWLY;
    fill(SIZE, rounds);
    good += trustlet_invoke_large_once(&large, &call) == SECURE_STATUS_YIELDED;
    good += trustlet_donate(&gift, 1) == SECURE_STATUS_SUCCESS;
    good += trustlet_resume_large(&large, call) == SECURE_STATUS_BAD_MEMORY;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_BAD_MEMORY;
    while (count != 1 || back[0].gpa != gift.gpa) {
        if (trustlet_reclaim(1, back, 4, &count) != SECURE_STATUS_SUCCESS || count == 0) {
            break;
        }
    }
    for (uint32_t i = 0; count == 1 && i < PAGE_SIZE; i++) {
        bytes += ((const uint8_t *)(uintptr_t)gift.gpa)[i] == 0;
    }
    good += bytes == PAGE_SIZE;
    good += mirrored(SIZE);
    return test_report("large-given-away", good == 6, good, 6);
}

/* What is wrong with one page of a range, and which status that is. */
static bool refused(uint64_t gpa, uint64_t pages, bool of_output, uint32_t status)
{
    struct secure_range ranges[PAGES];
    struct trustlet_large large = mirror(SIZE);

    memcpy(ranges, of_output ? out.ranges : in.ranges, sizeof(ranges));
    ranges[3] = (struct secure_range){ gpa, pages };
    *(of_output ? &large.out : &large.in) = ranges;
    return trustlet_invoke_large(&large) == status;
}

static uint64_t bad_pages(bool of_output)
{
    const uint64_t page = (of_output ? out : in).ranges[3].gpa;
    const struct secure_range bad[] = {
        { page, 0 }, { page, 2 }, { page, UINT64_MAX }, { page, UINT64_C(1) << 52 }, { page + 8, 1 }, { info.region_base, 1 },
        { info.region_base + info.region_size - PAGE_SIZE, 1 }, { UINT64_C(0xFEE00000), 1 }, { UINT64_C(1) << 45, 1 }, { TOP, 1 },
    };
    uint64_t good = 0;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        good += refused(bad[i].gpa, bad[i].pages, of_output, SECURE_STATUS_BAD_MEMORY);
    }
    return good;
}

static uint64_t bad_headers(void)
{
    struct trustlet_large large = mirror(SIZE);
    uint64_t good = 0;

    large.reserved = 1;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_RESERVED_NOT_ZERO;
    large = mirror(SIZE);
    large.size = SECURE_LARGE_MAX + 1;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_BAD_SIZE;
    large = mirror(SIZE);
    large.capacity = UINT32_MAX;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_BAD_SIZE;
    large = mirror(SIZE);
    large.in_ranges--;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_BAD_MEMORY;
    large = mirror(SIZE);
    large.out_ranges = 0;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_BAD_MEMORY;
    large = mirror(SIZE);
    large.session = UINT64_MAX;
    good += trustlet_invoke_large(&large) == SECURE_STATUS_NO_SUCH_SESSION;
    return good;
}

/* A trustlet that names no buffer gets no large call, small as it may be. */
static bool not_for_everybody(void)
{
    struct trustlet_large large = mirror(8);
    struct secure_trustlet first;
    size_t count;
    bool good = trustlet_list(0, &first, 1, &count) == SECURE_STATUS_SUCCESS && count == 1 &&
                trustlet_open(first.identity, first.instance, &large.session) == SECURE_STATUS_SUCCESS;

    good = good && trustlet_invoke_large(&large) == SECURE_STATUS_BAD_SIZE;
    return trustlet_close(large.session) == SECURE_STATUS_SUCCESS && good;
}

static bool test_refused(void)
{
    uint64_t good = bad_pages(false) + bad_pages(true) + bad_headers() + not_for_everybody() + mirrored(SIZE);

    return test_report("large-refused", good == 28, good, 28);
}

/* A trustlet that says its reply is where it has no buffer ends itself, at most. */
static bool test_lost_buffer(const struct test_file *file)
{
    static const uint8_t worker[16] = WORKER_IDENTITY;
    struct trustlet_large large = mirror(SIZE);
    struct trustlet_started started;
    uint64_t good = 0;

    large.command = WORKER_LOSE_BUFFER;
    for (uint8_t how = 0; how < 3; how++) {
        fill(SIZE, how);
        good += test_start(file, &started) == SECURE_STATUS_SUCCESS &&
                trustlet_open(worker, started.instance, &large.session) == SECURE_STATUS_SUCCESS &&
                trustlet_invoke_large(&large) == SECURE_STATUS_TRUSTLET_FAULT;
        good += trustlet_end(started.instance) == SECURE_STATUS_SUCCESS && mirrored(SIZE);
    }
    return test_report("large-lost-buffer", good == 6, good, 6);
}

bool test_large_calls(const struct test_file *file, uint64_t worker_session, uint64_t slow_rounds)
{
    bool good;

    session = worker_session;
    scatter(&in);
    scatter(&out);
    good = secure_get_info(&info) && test_scattered();
    good = test_elsewhere(slow_rounds) && good;
    good = test_given_away(slow_rounds) && good;
    good = test_lost_buffer(file) && good;
    return test_refused() && good;
}
