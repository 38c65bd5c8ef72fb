#include <sk/mutant.h>
#include <sk/process.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/image_window.h>
#include <sk/kernel_space.h>
#include <sk/log.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/process_internal.h>
#include <sk/session.h>
#include <sk/thread.h>
#include <sk/user_memory.h>

#define LOADER_STACK_PAGES 8u
#define LEAST_IMAGE_PAGES  1u

extern const char ium_loader_text[], ium_loader_text_end[]; /* process/ium_loader.S */
extern const char ium_loader_rodata[], ium_loader_rodata_end[];

static struct process *first_process, *last_process;
static uint64_t last_instance;

_Static_assert(sizeof(struct process) <= PAGE_SIZE, "a process has one page");

static bool map_filled(struct process *process, uint64_t base, const char *from, const char *end, uint32_t rights)
{
    uint64_t size = (uint64_t)(end - from);

    return size == 0 || (user_map(process, base, page_align_up(size), rights) && user_fill(process, base, from, size));
}

/* Randomised once for each process. */
static void place(struct process *process, const struct process_random *random)
{
    static const struct process_random none;

    random = mutant_is(MUTANT_PLACES_FIXED) ? &none : random;
    process->image_base = IUM_IMAGE_BASE + random->pages[0] % IUM_RANDOM_PAGES * PAGE_SIZE;
    process->heap_base = IUM_HEAP_BASE + random->pages[1] % IUM_RANDOM_PAGES * PAGE_SIZE;
    process->stack_top = IUM_STACK_TOP + random->pages[2] % IUM_RANDOM_PAGES * PAGE_SIZE;
}

static bool map_stack(struct process *process, uint64_t top, uint32_t pages)
{
    return user_map(process, top - pages * PAGE_SIZE, pages * PAGE_SIZE, IUM_READ | IUM_WRITE);
}

uint64_t process_stack_top(const struct process *process, uint32_t number)
{
    uint64_t gap = mutant_is(MUTANT_STACKS_ADJACENT) ? 0 : IUM_STACK_GAP_PAGES;

    return process->stack_top - number * (process->image.stack_pages + gap) * PAGE_SIZE;
}

static uint32_t stack_count(const struct signed_image_header *header)
{
    return ium_stack_count(header->syscalls, header->max_sessions);
}

static void unmap_stacks(struct process *process, uint32_t count)
{
    uint64_t size = process->image.stack_pages * PAGE_SIZE;

    for (uint32_t i = 0; i < count; i++) {
        user_unmap(process, process_stack_top(process, i) - size, size);
    }
}

static bool map_stacks(struct process *process)
{
    for (uint32_t i = 0; i < stack_count(&process->image); i++) {
        if (!map_stack(process, process_stack_top(process, i), process->image.stack_pages)) {
            unmap_stacks(process, i);
            return false;
        }
    }
    return true;
}

static uint64_t pages_of(const char *from, const char *end)
{
    return page_align_up((uint64_t)(end - from)) >> PAGE_SHIFT;
}

/* The loader's stack protector finds its canary among its constants. */
static bool map_loader(struct process *process, uint64_t canary)
{
    process->loader_pages = pages_of(ium_loader_text, ium_loader_text_end) +
                            pages_of(ium_loader_rodata, ium_loader_rodata_end) + LOADER_STACK_PAGES;
    return map_filled(process, IUM_LOADER_TEXT, ium_loader_text, ium_loader_text_end, IUM_READ | IUM_EXECUTE) &&
           map_filled(process, IUM_LOADER_RODATA, ium_loader_rodata, ium_loader_rodata_end, IUM_READ) &&
           user_fill(process, IUM_LOADER_RODATA, &canary, sizeof(canary)) &&
           map_stack(process, IUM_LOADER_STACK_TOP, LOADER_STACK_PAGES);
}

static void unmap_loader(struct process *process)
{
    user_unmap(process, IUM_LOADER_TEXT, page_align_up((uint64_t)(ium_loader_text_end - ium_loader_text)));
    user_unmap(process, IUM_LOADER_RODATA, page_align_up((uint64_t)(ium_loader_rodata_end - ium_loader_rodata)));
    user_unmap(process, IUM_LOADER_STACK_TOP - LOADER_STACK_PAGES * PAGE_SIZE, LOADER_STACK_PAGES * PAGE_SIZE);
    process->loader_pages = 0;
}

static bool quota_suffices(const struct signed_image_header *header)
{
    uint64_t least = IUM_THREAD_PAGES + LEAST_IMAGE_PAGES + header->heap_pages +
                     (uint64_t)stack_count(header) * header->stack_pages;

    return header->page_quota == 0 || header->page_quota >= least;
}

bool process_image_usable(const struct signed_image_header *header)
{
    return header->stack_pages >= 1 && header->stack_pages <= IUM_MAX_STACK_PAGES &&
           header->heap_pages <= IUM_MAX_HEAP_PAGES && quota_suffices(header);
}

static struct process *new_process(const struct process_image *image)
{
    struct process *process;
    gpa_t page;

    if (!page_alloc(&page)) {
        return NULL;
    }
    process = direct_map(page);
    *process = (struct process){
        .page = page,
        .image = image->header,
        .payload = image->payload,
        .payload_size = image->payload_size,
    };
    memcpy(process->measurement, image->measurement, sizeof(process->measurement));
    return process;
}

static void append(struct process *process)
{
    process->instance = ++last_instance;
    if (last_process == NULL) {
        first_process = process;
    } else {
        last_process->next = process;
    }
    last_process = process;
}

/* All of ring 3's addresses are behind one entry of the top-level table. */
static void share_tables(const struct process *process)
{
    const size_t entry = IUM_IMAGE_BASE / PAGE_TABLE_TOP_REACH;

    for (const struct process *other = first_process; other != NULL; other = other->next) {
        if (process_alive(other)) {
            ((uint64_t *)direct_map(process->root))[entry] = ((uint64_t *)direct_map(other->root))[entry];
        }
    }
}

struct process *process_create(const struct process_image *image)
{
    struct process *process = new_process(image);

    if (process == NULL) {
        return NULL;
    }
    place(process, &image->random);
    if (!kernel_space_new_root(&process->root)) {
        page_free(process->page);
        return NULL;
    }
    if (mutant_is(MUTANT_PROCESSES_SHARE)) {
        share_tables(process);
    }
    if (!map_loader(process, image->random.canary & IUM_CANARY_MASK) ||
        thread_create(process, IUM_LOADER_TEXT, IUM_LOADER_STACK_TOP) == NULL) {
        page_table_destroy_user(process->root);
        page_free(process->page);
        return NULL;
    }
    process->threads->context.rdi = process->image_base;
    process->state = PROCESS_LOADING;
    append(process);
    return process;
}

/* A file that VTL0 handed over is in the window while it loads. */
static void drop_payload(struct process *process)
{
    process->payload = NULL;
    image_window_clear();
}

bool process_enter_image(struct process *process, uint64_t entry, struct user_context *context)
{
    uint64_t heap = process->image.heap_pages * PAGE_SIZE;

    if (!user_range_ok(process, entry, 1, IUM_EXECUTE) || !map_stacks(process)) {
        return false;
    }
    if (heap != 0 && !user_map(process, process->heap_base, heap, IUM_READ | IUM_WRITE)) {
        unmap_stacks(process, stack_count(&process->image));
        return false;
    }
    unmap_loader(process);
    drop_payload(process);
    *context = (struct user_context){ .rip = entry, .rsp = process->stack_top, .rdi = process->heap_base, .rsi = heap };
    process->state = PROCESS_STARTING;
    return true;
}

/* Where it ended, after what was said of how: an offset of its code, or nothing. */
static void log_place(const struct process *process, const char *how, uint32_t number)
{
    const char *when = process->ended_loading ? "while loading" : "while running";

    if (process->fault.rip_offset == SECURE_FAULT_NOWHERE) {
        log_line("trustlet %s ended %s: %s %u outside its code", process->image.name, when, how, number);
    } else {
        log_line("trustlet %s ended %s: %s %u at image+0x%lx", process->image.name, when, how, number, process->fault.rip_offset);
    }
}

static void log_end(const struct process *process)
{
    if (process->fault.vector == FAULT_VECTOR_KILLED) {
        log_line("trustlet %s instance %lu ended by VTL0", process->image.name, process->instance);
    } else if (process->fault.vector == FAULT_VECTOR_EXIT) {
        log_place(process, "exit", process->fault.exit_code);
    } else {
        log_place(process, "fault", process->fault.vector);
    }
}

void process_end(struct process *process, const struct secure_fault_info *why)
{
    if (!process_alive(process)) {
        return; /* the first reason is the reason */
    }
    process->fault = *why;
    process->ended_loading = process->state == PROCESS_LOADING;
    if (process->ended_loading) {
        drop_payload(process);
    }
    process->state = PROCESS_ENDING;
    log_end(process);
}

void process_destroy(struct process *process)
{
    CHECK(process->state == PROCESS_ENDING && process->running == 0);
    session_close_unopened(process);
    if (!mutant_is(MUTANT_PROCESSES_SHARE)) {
        page_table_destroy_user(process->root);
    }
    memset(process->mappings, 0, sizeof(process->mappings));
    threads_free(process);
    process->pages = 0;
    process->state = PROCESS_ENDED;
}

void process_kill(struct process *process)
{
    process_end(process, &(struct secure_fault_info){ .vector = FAULT_VECTOR_KILLED });
    if (process->running == 0) {
        process_destroy(process);
    }
}

struct process *process_find(const uint8_t identity[16], uint64_t instance)
{
    struct process *ended = NULL;

    for (struct process *process = first_process; process != NULL; process = process->next) {
        if ((memcmp(process->image.identity, identity, 16) != 0 && !mutant_is(MUTANT_TRUSTLETS_ANY)) ||
            (instance != 0 && process->instance != instance)) {
            continue;
        }
        if (process_alive(process)) {
            return process;
        }
        ended = process;
    }
    return ended;
}

uint32_t process_instances(const uint8_t identity[16])
{
    uint32_t count = 0;

    for (const struct process *process = first_process; process != NULL; process = process->next) {
        count += process_alive(process) && memcmp(process->image.identity, identity, 16) == 0;
    }
    return count;
}

struct process *process_after(uint64_t instance)
{
    struct process *process = first_process;

    while (process != NULL && process->instance <= instance) {
        process = process->next;
    }
    return process;
}

void process_release(struct process *process)
{
    struct process *before = NULL;

    CHECK(process->state == PROCESS_ENDED && process->session_count == 0);
    for (struct process *at = first_process; at != process; at = at->next) {
        before = at;
    }
    if (before == NULL) {
        first_process = process->next;
    } else {
        before->next = process->next;
    }
    if (last_process == process) {
        last_process = before;
    }
    page_free(process->page);
}

uint32_t process_count(void)
{
    uint32_t count = 0;

    for (const struct process *process = first_process; process != NULL; process = process->next) {
        count++;
    }
    return count;
}
