/* A process's stacks, over the secure kernel's own tables: how many, with what below them, and which thread has which. */
#include "vtl1-machine.h"

#include <string.h>

#include <sk/kernel_space.h>
#include <sk/page_table.h>
#include <sk/process.h>
#include <sk/thread.h>
#include <sk/user_memory.h>
#include <sk/x86.h>

#include "vtl1-ring3.h"

#define PAGE   UINT64_C(4096)
#define CANARY 8u
#define FILLER 0x5A /* what the loader's constants are in vtl1-image.S */

static const struct secure_invoke command = { .command = 1 };

static int boot(void **state)
{
    (void)state;
    assert_true(machine_boot());
    return 0;
}

/* Started with that mask. */
static struct process *begin(uint64_t syscalls)
{
    ring3_header.syscalls = syscalls;
    ring3_begin();
    assert_int_equal(machine_start(FILE_BYTES), SECURE_STATUS_SUCCESS);
    return process_find(ring3_header.identity, 0);
}

static void end(const struct process *process)
{
    uint64_t instance = process->instance;

    assert_int_equal(machine_call(SECURE_SERVICE_END_TRUSTLET, 0, &instance, sizeof(instance)), SECURE_STATUS_SUCCESS);
    ring3_header.syscalls = UINT64_MAX;
}

/* Is each of the pages below top ring 3's to write, or is none of them there at all? */
static bool pages_are(const struct process *process, uint64_t top, uint64_t pages, bool writable)
{
    uint64_t right = 0;

    write_cr3(process->root.value);
    for (uint64_t i = 1; i <= pages; i++) {
        right += (machine_translate(top - i * PAGE, writable ? PTE_USER | PTE_WRITE : 0) != NULL) == writable;
    }
    kernel_space_enter();
    return right == pages;
}

static void one_for_each_thread_and_nothing_below(void **state)
{
    const struct process *process = begin(UINT64_MAX);
    uint64_t size = ring3_header.stack_pages;

    (void)state;
    assert_int_equal(process_stack_top(process, 0), process->stack_top);
    for (uint32_t i = 0; i < ring3_header.max_sessions; i++) {
        uint64_t top = process_stack_top(process, i);

        assert_true(pages_are(process, top, size, true));
        assert_true(pages_are(process, top - size * PAGE, IUM_STACK_GAP_PAGES, false));
    }
    assert_true(pages_are(process, process_stack_top(process, ring3_header.max_sessions), size, false));
    end(process);
}

/* Whoever may make no threads has no stacks for them, and is charged for none. */
static void one_without_create_thread(void **state)
{
    const struct process *process = begin(~(UINT64_C(1) << IUM_SYSCALL_CREATE_THREAD));
    uint64_t pages = process->pages;

    (void)state;
    assert_true(pages_are(process, process_stack_top(process, 0), ring3_header.stack_pages, true));
    assert_true(pages_are(process, process_stack_top(process, 1), ring3_header.stack_pages, false));
    end(process);
    process = begin(UINT64_MAX);
    assert_int_equal(process->pages, pages + (ring3_header.max_sessions - 1) * ring3_header.stack_pages);
    end(process);
}

/* A thread that names no stack has its own, another one what it named; none of it changes a mapping. */
static void each_thread_has_its_own(void **state)
{
    static const struct ring3_call make[] = {
        { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IUM_IMAGE_BASE, 0 } },
        { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IUM_IMAGE_BASE, IUM_HEAP_BASE + 4096 } },
        { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IUM_IMAGE_BASE, 0 } },
        { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IUM_IMAGE_BASE, 0 } }, /* one too many */
        { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
        { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
    };
    static const struct ring3_call wait = { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } };
    const struct process *process = begin(UINT64_MAX);
    struct mapping before[PROCESS_MAPPINGS];
    const struct thread *newest;
    uint64_t session;

    (void)state;
    memcpy(before, process->mappings, sizeof(before));
    ring3_plan(&wait, 1);
    assert_int_equal(machine_call(SECURE_SERVICE_OPEN_SESSION, 0, ring3_header.identity, 16), SECURE_STATUS_SUCCESS);
    session = machine_answer();
    ring3_plan(make, 6);
    assert_int_equal(machine_call(SECURE_SERVICE_INVOKE, session, &command, sizeof(command)), SECURE_STATUS_SUCCESS);
    assert_int_equal(ring3_result(), IUM_BAD_ARGUMENT);
    assert_int_equal(process->thread_count, ring3_header.max_sessions);
    newest = process->threads;
    assert_int_equal(newest->context.rsp, process_stack_top(process, 3) - 8);
    assert_int_equal(newest->next->context.rsp, IUM_HEAP_BASE + 4096);
    assert_int_equal(newest->next->next->context.rsp, process_stack_top(process, 1) - 8);
    assert_memory_equal(before, process->mappings, sizeof(before));
    end(process);
}

/* The canary is written over what the loader's file has there, and ring 3 cannot write it. */
static void the_loader_has_a_canary(void **state)
{
    struct process_image image = { .header = ring3_header };
    struct process *process = process_create(&image);
    const uint8_t *constants;

    (void)state;
    assert_non_null(process);
    write_cr3(process->root.value);
    constants = machine_translate(IUM_LOADER_RODATA, PTE_USER);
    assert_non_null(constants);
    for (unsigned i = 0; i < CANARY; i++) {
        assert_int_equal(constants[i], 0); /* the machine's random bytes */
    }
    assert_int_equal(constants[CANARY], FILLER);
    assert_null(machine_translate(IUM_LOADER_RODATA, PTE_USER | PTE_WRITE));
    kernel_space_enter();
    process_kill(process);
    process_release(process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_for_each_thread_and_nothing_below, boot),
        cmocka_unit_test_setup(one_without_create_thread, boot),
        cmocka_unit_test_setup(each_thread_has_its_own, boot),
        cmocka_unit_test_setup(the_loader_has_a_canary, boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
