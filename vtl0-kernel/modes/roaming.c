#include <vtl0/roaming.h>

#include <abi/ium.h>
#include <roamer/roamer.h>
#include <vtl0/processor.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/x86.h>

#define INSTANCES  32u
#define KINDS      3u
#define RANDOM_BITS (((uint64_t)IUM_RANDOM_PAGES - 1) << 12)
#define ALTERNATIONS 8u

static const uint8_t roamer[16] = ROAMER_IDENTITY, rambler[16] = RAMBLER_IDENTITY;

/* abi/ium.h; an image's constants are somewhere in the image. */
static const uint64_t windows[KINDS] = { IUM_IMAGE_BASE, IUM_HEAP_BASE, IUM_STACK_TOP };
static const uint64_t sizes[KINDS] = { RANDOM_BITS + IUM_IMAGE_MAX_SIZE, RANDOM_BITS, RANDOM_BITS };

static uint64_t places[INSTANCES][KINDS];

static bool where(uint64_t instance, uint64_t place[KINDS])
{
    struct roamer_layout found;
    uint64_t session;
    size_t size = 0;
    uint32_t status = 1;

    if (trustlet_open(roamer, instance, &session) != SECURE_STATUS_SUCCESS ||
        trustlet_invoke(session, ROAMER_WHERE, &found, &size, sizeof(found), &status) != SECURE_STATUS_SUCCESS || status != 0 ||
        size != sizeof(found)) {
        return false;
    }
    place[0] = found.image;
    place[1] = found.heap;
    place[2] = found.stack;
    return true;
}

/* All alive at once; each has an address space of its own, so nothing but chance keeps them apart. */
static uint64_t start_all(uint64_t instances[INSTANCES])
{
    struct test_file file = test_place(roamer_image_start, roamer_image_end);
    struct trustlet_started started;
    uint64_t good = 0;

    for (unsigned i = 0; i < INSTANCES; i++) {
        bool runs = test_start(&file, &started) == SECURE_STATUS_SUCCESS;

        instances[i] = started.instance;
        good += runs && where(started.instance, places[i]);
    }
    return good;
}

static bool in_window(unsigned kind, uint64_t place)
{
    return place % PAGE_SIZE == 0 && place - windows[kind] <= sizes[kind];
}

static bool met_before(unsigned kind, unsigned instance)
{
    for (unsigned i = 0; i < instance; i++) {
        if (places[i][kind] == places[instance][kind]) {
            return true;
        }
    }
    return false;
}

/* Page aligned, in its window, no two the same, and each random bit is 0 in one instance and 1 in another. */
static bool test_kind(const char *id, unsigned kind)
{
    uint64_t good = 0, differs = 0;

    for (unsigned i = 0; i < INSTANCES; i++) {
        good += in_window(kind, places[i][kind]) && !met_before(kind, i);
        differs |= places[i][kind] ^ places[0][kind];
    }
    return test_report(id, good == INSTANCES && (differs & RANDOM_BITS) == RANDOM_BITS, good, INSTANCES);
}

/* Image, heap and stack are moved each by itself. */
static bool test_apart(void)
{
    uint64_t good = 0;

    for (unsigned i = 0; i < INSTANCES; i++) {
        uint64_t heap = places[i][1] - windows[1], stack = places[i][2] - windows[2], image = places[i][0] - windows[0];

        good += heap != stack && heap - image >= IUM_IMAGE_MAX_SIZE && stack - image >= IUM_IMAGE_MAX_SIZE;
    }
    return test_report("layout-apart", good >= INSTANCES - 4, good, INSTANCES); /* one in 500 is close by chance */
}

bool test_layouts(void)
{
    static uint64_t instances[INSTANCES];
    uint64_t started = start_all(instances), ended = 0;
    bool good = test_report("layout-start", started == INSTANCES, started, INSTANCES);

    good = test_kind("layout-image", 0) && good;
    good = test_kind("layout-heap", 1) && good;
    good = test_kind("layout-stack", 2) && good;
    good = test_apart() && good;
    for (unsigned i = 0; i < INSTANCES; i++) {
        ended += trustlet_end(instances[i]) == SECURE_STATUS_SUCCESS;
    }
    return test_report("layout-end", ended == INSTANCES, ended, INSTANCES) && good;
}

struct run {
    uint64_t session, rounds;
    uint64_t samples[ROAMER_SAMPLES];
    uint32_t yields;
    bool good;
};

/* With interrupts off VTL1 is not asked to give way: the call stays in its trustlet from its first sample to its last. */
static void run(void *argument)
{
    struct run *mine = argument;
    size_t size = sizeof(mine->rounds);
    uint32_t status = 1;

    mine->samples[0] = mine->rounds;
    interrupts_off();
    mine->good = trustlet_invoke(mine->session, ROAMER_SAMPLE, mine->samples, &size, sizeof(mine->samples), &status) ==
                     SECURE_STATUS_SUCCESS && status == 0 && size == sizeof(mine->samples);
    mine->yields = trustlet_yields();
    interrupts_on();
}

/* How often the samples of the two, in the order of time, go from one to the other. One behind the other: once. */
static uint64_t alternations(const struct run *one, const struct run *other)
{
    unsigned i = 0, j = 0;
    uint64_t changes = 0;
    bool last = one->samples[0] < other->samples[0];

    while (i < ROAMER_SAMPLES && j < ROAMER_SAMPLES) {
        bool now = one->samples[i] < other->samples[j];

        changes += now != last;
        last = now;
        if (now) {
            i++;
        } else {
            j++;
        }
    }
    return changes;
}

static bool begin(const uint8_t *start, const uint8_t *end, const uint8_t identity[16], uint64_t *instance, uint64_t *session)
{
    struct test_file file = test_place(start, end);
    struct trustlet_started started;
    bool good = test_start(&file, &started) == SECURE_STATUS_SUCCESS;

    *instance = started.instance;
    return good && trustlet_open(identity, started.instance, session) == SECURE_STATUS_SUCCESS;
}

bool test_two_trustlets(uint64_t rounds)
{
    static struct run runs[2];
    uint32_t last = processor_count() - 1;
    uint64_t instances[2], good = 0, changes;

    good += begin(roamer_image_start, roamer_image_end, roamer, &instances[0], &runs[0].session);
    good += begin(rambler_image_start, rambler_image_end, rambler, &instances[1], &runs[1].session);
    runs[0].rounds = runs[1].rounds = 1 + rounds * 4 / ROAMER_SAMPLES;
    smp_call_begin(last, run, &runs[1]);
    run(&runs[0]);
    good += smp_call_end(last) && runs[0].good && runs[1].good && runs[0].yields == 0 && runs[1].yields == 0;
    changes = alternations(&runs[0], &runs[1]);
    good += trustlet_end(instances[0]) == SECURE_STATUS_SUCCESS && trustlet_end(instances[1]) == SECURE_STATUS_SUCCESS;
    return test_report("two-trustlets-end", good == 4, good, 4) &&
           test_report("two-trustlets-at-once", changes >= ALTERNATIONS, changes, ALTERNATIONS);
}
