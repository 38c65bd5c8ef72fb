/*
 * What VTL0 sees of a trustlet: a secure process. An ordinary process looks at
 * it and at one of its own kind (user/inspector.c), then ring 0 does, without
 * handles, page tables or manners. Each test prints "@openvsm test id=... outcome=ok|failed detail=GOT/WANTED".
 */
#include <vtl0/modes.h>

#include <lib/format.h>
#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/memory_search.h>
#include <vtl0/nt_process.h>
#include <vtl0/pages.h>
#include <vtl0/secure_call.h>
#include <vtl0/secure_process_kernel.h>
#include <vtl0/smp.h>
#include <vtl0/testing.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define GIFT_PAGES SECURE_DONATION_MAX
#define ROUNDS     UINT64_C(1000)

extern const uint8_t inspector_image_start[], inspector_image_end[]; /* inspector_image.S */

static const uint8_t worker[16] = WORKER_IDENTITY;
static uint8_t *gift;
static uint64_t instance, session, given_words[SEARCH_WORDS]; /* inverted: the trustlet's, the ordinary process's */
static struct nt_process *inspector, *subject, *secure, *owners;
static const struct boot_info *boot;

static bool invoke(uint32_t command, uint64_t *data, size_t size)
{
    uint32_t status = 1;

    return trustlet_invoke(session, command, data, &size, sizeof(*data), &status) == SECURE_STATUS_SUCCESS && status == 0;
}

static uint64_t readable_pages(void)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < GIFT_PAGES; i++) {
        count += memory_readable((uint64_t)(uintptr_t)gift + i * PAGE_SIZE);
    }
    return count;
}

/* Memory for the trustlet, in VTL0's reach before and not afterwards. */
static bool give_memory(void)
{
    struct secure_range range;
    uint64_t before;

    gift = pages_alloc(GIFT_PAGES, PAGE_SIZE);
    before = readable_pages();
    range = (struct secure_range){ (uint64_t)(uintptr_t)gift, GIFT_PAGES };
    return before == GIFT_PAGES && trustlet_donate(&range, 1) == SECURE_STATUS_SUCCESS;
}

static bool start_trustlet(void)
{
    struct test_file file = test_place(worker_image_start, worker_image_end);
    struct trustlet_started started;
    uint64_t word = given_words[0];
    bool good = test_start(&file, &started) == SECURE_STATUS_SUCCESS;

    instance = started.instance;
    return good && trustlet_open(worker, instance, &session) == SECURE_STATUS_SUCCESS && invoke(WORKER_KEEP, &word, sizeof(word));
}

static struct nt_process *start_process(void)
{
    struct process *process = process_load(inspector_image_start, (size_t)(inspector_image_end - inspector_image_start));

    if (process == NULL) {
        return NULL;
    }
    process_run(process);
    return nt_process_add(process);
}

static int64_t command(struct nt_process *process, const char *name, uint64_t number)
{
    char line[64];

    format(line, sizeof(line), "%s %lx", name, number);
    return process_command(process->process, line);
}

/* An object for each trustlet that runs, the machine owner's and ours. */
static bool find_secure_processes(void)
{
    struct secure_trustlet first;
    size_t count;

    nt_secure_processes_update();
    secure = nt_process_of_instance(instance);
    owners = trustlet_list(0, &first, 1, &count) == SECURE_STATUS_SUCCESS ? nt_process_of_instance(first.instance) : NULL;
    return secure != NULL && owners != NULL && secure != owners;
}

static bool prepare(void)
{
    for (unsigned i = 0; i < SEARCH_WORDS; i++) {
        given_words[i] = rdtsc() * UINT64_C(0x9E3779B97F4A7C15) ^ (i + 1); /* any will do that is nowhere else */
    }
    if (!give_memory() || !start_trustlet() || !find_secure_processes()) {
        return false;
    }
    subject = start_process();
    inspector = start_process();
    return subject != NULL && inspector != NULL && command(subject, "keep", given_words[1]) == 0;
}

/* Ring 3: the controls, with what they give the subject to do, then the secure processes. */
static bool test_ring3(void)
{
    bool good = command(inspector, "ordinary", subject->pid) == 0;

    process_run_work(subject->process);
    good = command(inspector, "ordinary-after", subject->pid) == 0 && good;
    good = command(inspector, "secure", secure->pid) == 0 && good;
    return command(inspector, "owners", owners->pid) == 0 && good;
}

static struct memory_search search;
static struct secure_info info;

static void run_search(void *unused)
{
    (void)unused;
    memory_search(boot, info.region_base, info.region_size, &search);
}

/* The ordinary process's word is found, the trustlet's nowhere; what cannot be read is VTL1's. */
static bool test_search(void)
{
    uint64_t closed;

    memcpy(search.inverted, given_words, sizeof(given_words));
    secure_get_info(&info);
    closed = info.region_size / PAGE_SIZE + info.donated_pages;
    smp_call(processor_count() - 1, run_search, NULL);
    console_printf("searched %lu pages, %lu of them cannot be read\n", search.pages, search.unreadable);
    test_report("ring0-search-finds", search.found[1] != 0, search.found[1], 0);
    test_report("ring0-search", search.found[0] == 0, search.found[0], 0);
    return test_report("ring0-unreadable", search.unreadable >= closed, search.unreadable, closed) && search.found[1] != 0 &&
           search.found[0] == 0;
}

static bool test_gift(void)
{
    uint64_t count = readable_pages();

    return test_report("ring0-given-pages", count == 0, count, 0);
}

static bool test_answers(void)
{
    uint64_t kept = 0, data = ROUNDS, sum = 0;

    for (uint64_t n = 0; n < ROUNDS; n++) {
        sum += WORKER_TERM(n);
    }
    return test_report("trustlet-answers", invoke(WORKER_KEPT, &kept, 0) && kept == given_words[0] &&
                       invoke(WORKER_SPIN, &data, sizeof(data)) && data == sum, kept == given_words[0], 1);
}

/* The subject's last acts: an exception for its debugger, and another one is ended. */
static bool test_ends(void)
{
    struct nt_process *other = start_process();
    bool good = other != NULL && command(inspector, "stop", other->pid) == 0 && other->process->state == PROCESS_EXITED;

    test_report("control-end", good, good, 1);
    process_command(subject->process, "break");
    return command(inspector, "faulted", subject->pid) == 0 && good;
}

int mode_secure_processes(const struct mode_context *context)
{
    bool good;

    boot = context->boot;
    if (vsm_state() != VSM_READY) {
        console_printf("no trustlets: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!test_report("start", prepare(), 0, 0)) {
        return 1;
    }
    good = test_ring3();
    good = test_ring0_services(secure, subject) && good;
    good = test_search() && good;
    good = test_gift() && good;
    good = test_ends() && good;
    good = test_answers() && good;
    return command(inspector, "end", secure->pid) == 0 && good ? 0 : 1;
}
