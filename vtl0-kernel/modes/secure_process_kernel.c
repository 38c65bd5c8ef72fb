/*
 * Ring 0 asks no handle. It finds that a secure process has no memory in VTL0,
 * and that what it puts there is VTL0's own: the trustlet has none of it.
 */
#include <vtl0/secure_process_kernel.h>

#include <abi/ium.h>
#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/probe.h>
#include <vtl0/testing.h>
#include <vtl0/x86.h>

#define VECTOR_PF 14u
#define BYTES     16u

/* Where a trustlet's parts are in VTL1, and where a process's are in VTL0. */
static const uint64_t places[] = {
    IUM_IMAGE_BASE, IUM_HEAP_BASE, IUM_STACK_TOP - PAGE_SIZE, IUM_LOADER_TEXT, USER_BASE, USER_END - PAGE_SIZE,
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static struct secure_trustlet before;

static struct secure_trustlet describe(uint64_t instance)
{
    struct secure_trustlet found = { 0 };
    size_t count;

    trustlet_list(instance - 1, &found, 1, &count);
    return found;
}

/* What VTL1 says of the trustlet is what it said before: its memory, its state, its measurement. */
static bool unchanged(const struct nt_process *secure)
{
    const struct secure_trustlet now = describe(secure->instance);

    return memcmp(&now, &before, sizeof(now)) == 0 && now.state == SECURE_TRUSTLET_RUNNING;
}

static bool test_copies(struct nt_process *secure, struct nt_process *ordinary)
{
    uint8_t buffer[BYTES] = { 0 };
    uint64_t copied, reads = 0, writes = 0;

    for (unsigned i = 0; i < PLACES; i++) {
        reads += nt_copy_memory(secure, places[i], buffer, BYTES, false, &copied) == STATUS_PARTIAL_COPY && copied == 0;
        writes += nt_copy_memory(secure, places[i], buffer, BYTES, true, &copied) == STATUS_PARTIAL_COPY && copied == 0;
    }
    reads += nt_copy_memory(ordinary, USER_BASE, buffer, BYTES, false, &copied) == STATUS_SUCCESS && copied == BYTES;
    writes += nt_copy_memory(ordinary, USER_END - BYTES, buffer, BYTES, true, &copied) == STATUS_SUCCESS && copied == BYTES;
    reads = test_report("ring0-read", reads == PLACES + 1, reads, PLACES + 1);
    return test_report("ring0-write", writes == PLACES + 1 && unchanged(secure), writes, PLACES + 1) && reads != 0;
}

/* All of the address space is one hole. */
static bool test_query(const struct nt_process *secure, const struct nt_process *ordinary)
{
    uint64_t base = 0, size = 0;
    uint32_t protection = 0;
    uint64_t good = nt_query_memory(secure, USER_BASE, &base, &size, &protection) == STATUS_SUCCESS && base == USER_BASE &&
                    size == USER_END - USER_BASE && protection == PAGE_NOACCESS;

    good += nt_query_memory(ordinary, USER_BASE, &base, &size, &protection) == STATUS_SUCCESS && protection != PAGE_NOACCESS;
    return test_report("ring0-dump", good == 2, good, 2);
}

static uint64_t faults_in(const struct nt_process *target, const uint64_t *addresses, unsigned count)
{
    uint64_t faults = 0;

    write_cr3(target->process->root);
    for (unsigned i = 0; i < count; i++) {
        struct probe probe = { .code = (uint64_t)(uintptr_t)probe_read, .rdi = addresses[i] };

        faults += !probe_call(&probe) && probe.vector == VECTOR_PF && (probe.error & 1) == 0;
    }
    write_cr3(paging_kernel_root());
    return faults;
}

/* Attached to the process: its tables in CR3 (Windows' KeStackAttachProcess). The control's page is there, and SMAP's. */
static bool test_attach(const struct nt_process *secure, const struct nt_process *ordinary)
{
    static const uint64_t there[] = { USER_BASE };
    uint64_t faults = faults_in(secure, places, PLACES);

    return test_report("ring0-attach", faults == PLACES && faults_in(ordinary, there, 1) == 0, faults, PLACES);
}

/* Code put into the process's VTL0 half runs there, at most: the trustlet neither runs it nor sees it. */
static bool test_code(struct nt_process *secure)
{
    static const uint8_t code[] = { 0x48, 0xC7, 0x07, 0x33, 0x22, 0x11, 0, 0xB8, USER_CALL_END_WORK, 0, 0, 0, 0x0F, 0x05, 0x0F, 0x0B };
    uint64_t room = 0, library = 0, copied, word = 0, good = 0;

    good += nt_allocate_memory(secure, PAGE_SIZE, PAGE_EXECUTE_READWRITE, &room) == STATUS_SUCCESS;
    good += nt_copy_memory(secure, room, (void *)(uintptr_t)code, sizeof(code), true, &copied) == STATUS_SUCCESS;
    good += nt_map_image(secure, code, sizeof(code), &library) == STATUS_SUCCESS;
    good += nt_create_thread(secure, room, room + 64) == STATUS_SUCCESS;
    good += nt_create_thread(secure, library, room + 72) == STATUS_SUCCESS;
    process_run_work(secure->process);
    good += nt_copy_memory(secure, room + 64, &word, sizeof(word), false, &copied) == STATUS_SUCCESS && word == 0x112233;
    good += nt_queue_apc(secure, IUM_IMAGE_BASE, 0) == STATUS_SUCCESS;
    process_run_work(secure->process);
    good += secure->process->state == PROCESS_FAULTED && secure->process->fault.rip == IUM_IMAGE_BASE; /* nothing is there */
    return test_report("ring0-code", good == 8 && unchanged(secure), good, 8);
}

/* The registers a debugger gets are those of a thread that never ran. */
static bool test_debugger(struct nt_process *secure)
{
    uint64_t rip = 1, rsp = 1;
    bool good = nt_debug(secure, 4, &rip, &rsp) == STATUS_SUCCESS && rip == 0 && rsp == 0;

    return test_report("ring0-debugger", good && unchanged(secure), rip, 0);
}

bool test_ring0_services(struct nt_process *secure, struct nt_process *ordinary)
{
    bool good;

    before = describe(secure->instance);
    good = test_copies(secure, ordinary);
    good = test_query(secure, ordinary) && good;
    good = test_attach(secure, ordinary) && good;
    good = test_debugger(secure) && good;
    return test_code(secure) && good;
}
