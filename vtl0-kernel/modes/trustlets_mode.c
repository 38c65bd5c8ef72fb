/*
 * Hosting trustlets, from VTL0: memory given and taken back, starts and ends by
 * the thousand, every way to ask wrongly. Each test prints
 * "@openvsm test id=... outcome=ok|failed detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/giving.h>
#include <vtl0/pages.h>
#include <vtl0/probe.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define GIFT_PAGES      2048u
#define INSTANCES       64u
#define SCATTERED_MAX   24u
#define STARTS          1000u
#define PATTERN         UINT64_C(0x9E3779B97F4A7C15)
#define LOCAL_APIC      UINT64_C(0xFEE00000)
#define BEYOND_ALL_RAM  UINT64_C(0x0000700000000000)
#define OF_THE_KEY      10u /* a byte of the public key in a signed file (abi/image.h) */
#define OOM_TRIES       64u

static const uint8_t hello[16] = HELLO_IDENTITY;

static uint8_t *gift;              /* GIFT_PAGES pages that come and go */
static struct test_file file;
static uint64_t instances[INSTANCES];

static uint64_t address(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static struct secure_info info(void)
{
    struct secure_info now = { 0 };

    secure_get_info(&now);
    return now;
}

/* Gives pages of the gift, from number first on. */
static uint32_t give(uint64_t first, uint64_t pages)
{
    uint32_t status = SECURE_STATUS_SUCCESS;

    for (uint64_t at = 0, now; at < pages && status == SECURE_STATUS_SUCCESS; at += now) {
        now = pages - at < SECURE_DONATION_MAX ? pages - at : SECURE_DONATION_MAX;
        const struct secure_range range = { address(gift) + (first + at) * PAGE_SIZE, now };

        status = trustlet_donate(&range, 1);
    }
    return status;
}

static void fill_gift(void)
{
    for (uint64_t n = 0; n < GIFT_PAGES * PAGE_SIZE / sizeof(uint64_t); n++) {
        ((uint64_t *)gift)[n] = PATTERN * (n + 1);
    }
}

static bool reads(uint64_t at)
{
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_read, .rdi = at };

    return probe_call(&probe);
}

/* Nothing that is refused changes what VTL0 may do with the gift. */
static bool test_bad_donations(void)
{
    struct secure_info now = info();
    const uint64_t page = address(gift);
    const struct {
        struct secure_range ranges[3];
        uint32_t count, status;
    } rows[] = {
        { { { page + 8, 1 } }, 1, SECURE_STATUS_BAD_MEMORY },
        { { { page, 0 } }, 1, SECURE_STATUS_BAD_SIZE },
        { { { page, SECURE_DONATION_MAX + 1 } }, 1, SECURE_STATUS_BAD_SIZE },
        { { { page, UINT64_MAX } }, 1, SECURE_STATUS_BAD_SIZE },
        { { { page, 200 }, { page + 200 * PAGE_SIZE, 100 } }, 2, SECURE_STATUS_BAD_SIZE },
        { { { page, 2 }, { page + PAGE_SIZE, 1 } }, 2, SECURE_STATUS_BAD_MEMORY },
        { { { page, 1 }, { page + PAGE_SIZE, 1 }, { page, 1 } }, 3, SECURE_STATUS_BAD_MEMORY },
        { { { page, 1 }, { LOCAL_APIC, 1 } }, 2, SECURE_STATUS_BAD_MEMORY },
        { { { page, 1 }, { now.region_base, 1 } }, 2, SECURE_STATUS_BAD_MEMORY },
        { { { now.region_base + now.region_size - PAGE_SIZE, 2 } }, 1, SECURE_STATUS_BAD_MEMORY },
        { { { page, 1 }, { BEYOND_ALL_RAM, 1 } }, 2, SECURE_STATUS_BAD_MEMORY },
        { { { UINT64_MAX - PAGE_SIZE + 1, 2 } }, 1, SECURE_STATUS_BAD_MEMORY },
    };
    uint64_t good = 0, count = sizeof(rows) / sizeof(rows[0]);

    for (uint64_t i = 0; i < count; i++) {
        good += trustlet_donate(rows[i].ranges, rows[i].count) == rows[i].status && reads(page) && reads(page + PAGE_SIZE);
    }
    return test_report("bad-donations", good == count && info().donated_pages == now.donated_pages, good, count);
}

/* The control: the page can be read before, and again after it came back. */
static bool test_donated_page_is_gone(void)
{
    struct secure_info now;
    uint64_t good = reads(address(gift)), dirty = 0;

    good += give(0, 1) == SECURE_STATUS_SUCCESS;
    good += !reads(address(gift));
    good += give(0, 1) == SECURE_STATUS_BAD_MEMORY; /* twice */
    good += vsm_vtl_call(address(gift)) == SECURE_STATUS_BAD_FRAME_ADDRESS;
    {
        const struct secure_range range = { address(gift), 1 };
        struct trustlet_started started;

        good += trustlet_start(&range, 1, 512, &started) == SECURE_STATUS_BAD_MEMORY;
    }
    now = info();
    good += now.donated_pages == 1 && now.reclaimable_pages == 1;
    good += test_take_all_back(&dirty) == 1 && dirty == 0;
    good += reads(address(gift));
    return test_report("donated-page-is-gone", good == 9, good, 9);
}

static bool test_given_back_zeroed(void)
{
    struct trustlet_started started;
    uint64_t dirty = 0, pages;
    uint32_t status = give(0, GIFT_PAGES);

    if (status == SECURE_STATUS_SUCCESS && test_start(&file, &started) == SECURE_STATUS_SUCCESS) {
        status = trustlet_end(started.instance);
    }
    pages = test_take_all_back(&dirty);
    return test_report("given-back", status == SECURE_STATUS_SUCCESS && pages == GIFT_PAGES, pages, GIFT_PAGES) &&
           test_report("given-back-zeroed", dirty == 0, dirty, 0);
}

static bool echo(uint64_t session, uint8_t seed)
{
    uint8_t data[100], wanted[sizeof(data)];
    size_t size = sizeof(data);
    uint32_t status = 1;

    for (size_t i = 0; i < sizeof(data); i++) {
        wanted[i] = data[i] = (uint8_t)(seed + i * 3);
    }
    return trustlet_invoke(session, HELLO_ECHO, data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(data) && memcmp(data, wanted, size) == 0;
}

static uint64_t count_listed(void)
{
    struct secure_trustlet found[8];
    uint64_t after = 0, listed = 0;
    size_t count;

    while (trustlet_list(after, found, 8, &count) == SECURE_STATUS_SUCCESS && count > 0) {
        for (size_t i = 0; i < count; i++) {
            listed += found[i].state == SECURE_TRUSTLET_RUNNING && memcmp(found[i].identity, hello, sizeof(hello)) == 0;
        }
        after = found[count - 1].instance;
    }
    return listed;
}

/* All of them at once, a session with each by its instance. */
static bool test_instances(void)
{
    uint64_t started = 0, answered = 0, ended = 0, dirty = 0, listed, pages;

    give(0, GIFT_PAGES);
    for (; started < INSTANCES; started++) {
        struct trustlet_started result;

        if (test_start(&file, &result) != SECURE_STATUS_SUCCESS) {
            break;
        }
        instances[started] = result.instance;
    }
    for (uint64_t i = 0; i < started; i++) {
        uint64_t session;

        answered += trustlet_open(hello, instances[i], &session) == SECURE_STATUS_SUCCESS && echo(session, (uint8_t)i);
    }
    listed = count_listed();
    for (uint64_t i = 0; i < started; i++) {
        ended += trustlet_end(instances[i]) == SECURE_STATUS_SUCCESS && trustlet_end(instances[i]) == SECURE_STATUS_NO_SUCH_TRUSTLET;
    }
    pages = test_take_all_back(&dirty);
    return test_report("instances-answer", answered == INSTANCES, answered, INSTANCES) &&
           test_report("instances-listed", listed == INSTANCES, listed, INSTANCES) &&
           test_report("instances-end", ended == INSTANCES && pages == GIFT_PAGES && dirty == 0, ended, INSTANCES);
}

static bool test_no_page_is_lost(void)
{
    uint64_t good = 0, dirty = 0, pages;
    struct secure_info before, after;

    give(0, SECURE_DONATION_MAX);
    before = info();
    for (uint64_t i = 0; i < STARTS; i++) {
        struct trustlet_started started;

        good += test_start(&file, &started) == SECURE_STATUS_SUCCESS && trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
    }
    after = info();
    pages = test_take_all_back(&dirty);
    return test_report("thousand-starts", good == STARTS, good, STARTS) &&
           test_report("thousand-zeroed", pages == SECURE_DONATION_MAX && dirty == 0, pages, SECURE_DONATION_MAX) &&
           test_report("no-page-lost", after.free_pages == before.free_pages && after.reclaimable_pages == before.reclaimable_pages,
                  after.free_pages, before.free_pages);
}

/* Starts until memory is out. */
static void use_up(void)
{
    struct trustlet_started started;

    while (test_start(&file, &started) == SECURE_STATUS_SUCCESS) {
    }
}

static void end_all_after(uint64_t after)
{
    struct secure_trustlet found[8];
    size_t count;

    while (trustlet_list(after, found, 8, &count) == SECURE_STATUS_SUCCESS && count > 0) {
        for (size_t i = 0; i < count; i++) {
            trustlet_end(found[i].instance);
        }
        after = found[count - 1].instance;
    }
}

/*
 * With memory used up, one page is given before each new try: the allocation
 * that fails moves on by one each time, until a start fits and it begins again.
 */
static bool test_out_of_memory(uint64_t first)
{
    uint64_t started = 0, clean = 0, dirty = 0;
    bool good;

    use_up();
    for (uint64_t i = 0; i < OOM_TRIES; i++) {
        struct trustlet_started result;
        uint64_t before;
        uint32_t status;

        give(i, 1);
        before = info().free_pages;
        status = test_start(&file, &result);
        started += status == SECURE_STATUS_SUCCESS;
        clean += status == SECURE_STATUS_NO_RESOURCES && info().free_pages == before;
    }
    end_all_after(first);
    good = test_report("out-of-memory", started > 1 && clean > started && started + clean == OOM_TRIES, clean, OOM_TRIES - started);
    return test_report("out-of-memory-lost", test_take_all_back(&dirty) == OOM_TRIES && dirty == 0, dirty, 0) && good;
}

/* The file's pages are anywhere, the last one lowest: VTL1 puts them together by the list. */
static bool test_scattered_image(void)
{
    struct secure_range ranges[SCATTERED_MAX];
    struct trustlet_started started = { 0 };
    size_t count = file.range.pages;
    uint8_t *copy;
    uint32_t status = SECURE_STATUS_BAD_SIZE;

    if (count > 1 && count <= SCATTERED_MAX) {
        copy = pages_alloc(2 * count, PAGE_SIZE);
        for (size_t i = 0; i < count; i++) {
            uint8_t *page = copy + 2 * (count - 1 - i) * PAGE_SIZE;

            memcpy(page, (const uint8_t *)(uintptr_t)file.range.gpa + i * PAGE_SIZE, PAGE_SIZE);
            ranges[i] = (struct secure_range){ (uint64_t)(uintptr_t)page, 1 };
        }
        status = trustlet_start(ranges, count, file.size, &started);
    }
    return test_report("scattered-image", status == SECURE_STATUS_SUCCESS && trustlet_end(started.instance) == SECURE_STATUS_SUCCESS,
                       status, SECURE_STATUS_SUCCESS);
}

static bool test_refused_images(void)
{
    static const uint32_t places[] = { 0, 63, 70, 200, 300, 9000 };
    struct trustlet_started started;
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.range.gpa;
    struct test_file cut = file;
    uint64_t good = 0;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        bytes[places[i]] ^= 1;
        good += test_start(&file, &started) == SECURE_STATUS_IMAGE_REFUSED && started.refusal.reason == SECURE_REFUSAL_SIGNATURE;
        bytes[places[i]] ^= 1;
    }
    bytes[OF_THE_KEY] ^= 1;
    good += test_start(&file, &started) == SECURE_STATUS_IMAGE_REFUSED && started.refusal.reason == SECURE_REFUSAL_KEY;
    bytes[OF_THE_KEY] ^= 1;
    cut.size = 64;
    cut.range.pages = 1;
    good += test_start(&cut, &started) == SECURE_STATUS_IMAGE_REFUSED && started.refusal.reason == SECURE_REFUSAL_SIZE;
    cut = file;
    cut.size--;
    good += test_start(&cut, &started) == SECURE_STATUS_IMAGE_REFUSED && started.refusal.reason == SECURE_REFUSAL_SIGNATURE;
    good += test_start(&file, &started) == SECURE_STATUS_SUCCESS && trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
    return test_report("refused-images", good == 10, good, 10);
}

/* The machine owner's trustlets are not VTL0's to end; the number of none is none. */
static bool test_ends(void)
{
    struct secure_trustlet found;
    size_t count;
    uint64_t good = 0;

    good += trustlet_list(0, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1;
    good += trustlet_end(found.instance) == SECURE_STATUS_NOT_ALLOWED;
    good += trustlet_end(0) == SECURE_STATUS_NO_SUCH_TRUSTLET;
    good += trustlet_end(UINT64_MAX) == SECURE_STATUS_NO_SUCH_TRUSTLET;
    return test_report("ends", good == 4, good, 4);
}

static uint64_t last_instance(void)
{
    struct secure_trustlet found;
    uint64_t after = 0;
    size_t count;

    while (trustlet_list(after, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1) {
        after = found.instance;
    }
    return after;
}

static void prepare(void)
{
    file = test_place(hello_image_start, hello_image_end);
    gift = pages_alloc(GIFT_PAGES, PAGE_SIZE);
    fill_gift();
}

int mode_trustlets(const struct mode_context *context)
{
    uint64_t first;
    bool good;

    if (vsm_state() != VSM_READY) {
        console_printf("no trustlets: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    prepare();
    first = last_instance();
    good = test_bad_donations();
    good = test_bad_places(context->boot, address(gift)) && good;
    good = test_donated_page_is_gone() && good;
    good = test_every_access(address(gift)) && good;
    good = test_given_back_zeroed() && good;
    good = test_refused_images() && good;
    good = test_scattered_image() && good;
    good = test_ends() && good;
    good = test_instances() && good;
    good = test_no_page_is_lost() && good;
    return test_out_of_memory(first) && good ? 0 : 1;
}
