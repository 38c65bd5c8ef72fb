/*
 * System calls by chance on the build machine: the secure kernel's own dispatcher,
 * over tables that it made, against the model that the trustlet fuzzer has
 * (tests/trustlets/fuzzer). Every byte of the process that a call may not
 * write, and every register but the result, stays as it is.
 */
#include "vtl1-machine.h"

#include <string.h>

#include <sk/page_table.h>
#include <sk/process.h>
#include <sk/syscall.h>
#include <sk/thread.h>
#include <sk/x86.h>

#include "chance.h"
#include "model.h"
#include "vtl1-ring3.h"

#define CALLS    500000u
#define PAGE     UINT64_C(4096)
#define SHADOW   (16u * 4096u)

static struct process *process;
static struct thread *thread;
static struct world world;
static uint8_t shadow[PLACES][SHADOW]; /* what each place holds */

static int start(void **state)
{
    (void)state;
    assert_true(machine_boot());
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    process = process_find(ring3_header.identity, 0);
    thread = process->threads;
    return 0;
}

static int stop(void **state)
{
    uint64_t instance = process->instance;

    (void)state;
    assert_int_equal(machine_call(SECURE_SERVICE_END_TRUSTLET, 0, &instance, sizeof(instance)), SECURE_STATUS_SUCCESS);
    return 0;
}

static struct place place(uint64_t base, uint64_t pages, uint32_t rights)
{
    bool writable = (rights & IUM_WRITE) != 0;

    return (struct place){ base, pages * PAGE, rights, writable ? base : 0, writable ? pages * PAGE : 0 };
}

/* As vtl1-ring3.c laid it out. */
static void make_world(uint64_t syscalls)
{
    world = (struct world){ .threads = 1, .syscalls = syscalls };
    world.places[PLACE_TEXT] = place(IUM_IMAGE_BASE, 2, IUM_READ | IUM_EXECUTE);
    world.places[PLACE_RODATA] = place(IUM_IMAGE_BASE + 2 * PAGE, 1, IUM_READ);
    world.places[PLACE_DATA] = place(IUM_IMAGE_BASE + 3 * PAGE, 2, IUM_READ | IUM_WRITE);
    world.places[PLACE_HEAP] = place(IUM_HEAP_BASE, ring3_header.heap_pages, IUM_READ | IUM_WRITE);
    world.places[PLACE_STACK] = place(IUM_STACK_TOP - ring3_header.stack_pages * PAGE, ring3_header.stack_pages, IUM_READ | IUM_WRITE);
    for (unsigned i = 0; i < FUZZER_THREADS - 1; i++) {
        world.slots[i] = (struct thread_slot){ IUM_HEAP_BASE, IUM_IMAGE_BASE + i, i };
    }
    process->image.syscalls = syscalls;
}

/* To or from the process's memory, page by page, whatever its rights. */
static void copy(uint64_t address, uint8_t *bytes, uint64_t size, bool in)
{
    for (uint64_t done = 0, now; done < size; done += now) {
        uint8_t *at = machine_translate(address + done, PTE_USER);

        now = PAGE - (address + done) % PAGE < size - done ? PAGE - (address + done) % PAGE : size - done;
        assert_non_null(at);
        memcpy(in ? at : bytes + done, in ? bytes + done : at, now);
    }
}

static void take_shadow(void)
{
    for (unsigned i = 0; i < PLACES; i++) {
        copy(world.places[i].base, shadow[i], world.places[i].size, false);
    }
}

/* What was written where it was allowed becomes what is there. */
static void allow(struct range range)
{
    for (unsigned i = 0; i < PLACES && range.size != 0; i++) {
        uint64_t offset = range.base - world.places[i].base;

        if (offset < world.places[i].size) {
            copy(range.base, shadow[i] + offset, range.size, false);
        }
    }
}

static bool unchanged(void)
{
    for (unsigned i = 0; i < PLACES; i++) {
        for (uint64_t at = 0; at < world.places[i].size; at += PAGE) {
            if (memcmp(machine_translate(world.places[i].base + at, PTE_USER), shadow[i] + at, PAGE) != 0) {
                return false;
            }
        }
    }
    return true;
}

static void put_header(const struct attempt *attempt)
{
    struct range header = { attempt->arguments[0] + model_header_offset(attempt->number), model_header_size(attempt->number) };

    if (header.size != 0 && model_in_pad(&world, header.base, header.size)) {
        copy(header.base, (uint8_t *)attempt->header, header.size, true);
        allow(header);
    }
}

static void fill_context(struct chance *chance, const struct attempt *attempt, struct user_context *context)
{
    uint64_t *words = (uint64_t *)context;

    for (unsigned i = 0; i < sizeof(*context) / sizeof(*words); i++) {
        words[i] = chance_word(chance);
    }
    context->rax = attempt->number;
    context->rdi = attempt->arguments[0];
    context->rsi = attempt->arguments[1];
    context->rdx = attempt->arguments[2];
}

/* VTL0's answer, as long as it may be, or short, or a refusal. */
static void answer(struct chance *chance, struct verdict *verdict)
{
    static uint8_t data[NORMAL_CALL_DATA_SIZE];
    uint32_t status = (uint32_t)chance_below(chance, NORMAL_STATUS_COUNT), size = 0;

    assert_int_equal(thread->state, THREAD_ASKING);
    assert_int_equal(thread->ask_capacity, verdict->writes[1].size);
    if (status == NORMAL_STATUS_SUCCESS) {
        size = (uint32_t)chance_below(chance, verdict->writes[1].size + 1);
    }
    memset(data, (int)chance_next(chance), size);
    thread_answer(thread, status, data, size);
    verdict->writes[1].size = size;
    thread->context.rax = IUM_SUCCESS;
    write_cr3(process->root.value);
}

static void one_call(struct chance *chance, bool serving)
{
    struct attempt attempt = chance_attempt(chance, &world);
    struct verdict verdict = model_judge(&world, &attempt);
    struct user_context before;

    put_header(&attempt);
    fill_context(chance, &attempt, &before);
    thread->context = before;
    thread->state = THREAD_RUNNING;
    thread->serving = serving;
    syscall_dispatch(thread);
    assert_true(verdict.any ? (int64_t)thread->context.rax >= 0 : (int64_t)thread->context.rax == verdict.status);
    if (attempt.number == IUM_SYSCALL_NORMAL_CALL && verdict.status == IUM_SUCCESS) {
        answer(chance, &verdict);
    } else {
        assert_int_equal(thread->state, THREAD_RUNNING);
    }
    before.rax = thread->context.rax;
    assert_memory_equal(&before, &thread->context, sizeof(before));
    allow(verdict.writes[0]);
    allow(verdict.writes[1]);
    assert_true(unchanged());
    if (verdict.status == IUM_SUCCESS) {
        model_succeeded(&world, &attempt);
    }
    assert_int_equal(process->thread_count, world.threads);
}

static void run(uint64_t seed, uint64_t syscalls)
{
    struct chance chance = chance_from(seed);

    make_world(syscalls);
    write_cr3(process->root.value);
    take_shadow();
    for (uint32_t i = 0; i < CALLS; i++) {
        one_call(&chance, true);
    }
    assert_int_equal(world.threads, (syscalls >> IUM_SYSCALL_CREATE_THREAD & 1) != 0 ? FUZZER_THREADS : 1);
    thread->serving = false;
    thread->state = THREAD_WAITING;
}

/* A bit for a loader's call is worth nothing, and so is one for a call that there is not. */
static void with_every_bit(void **state)
{
    (void)state;
    run(0x20261126, UINT64_MAX);
}

static void with_a_mask(void **state)
{
    (void)state;
    run(0x5EED0005, UINT64_C(1) << IUM_SYSCALL_GET_IDENTITY | UINT64_C(1) << IUM_SYSCALL_WAIT_CALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(with_every_bit, start, stop),
        cmocka_unit_test_setup_teardown(with_a_mask, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
