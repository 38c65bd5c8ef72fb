#include <sk/process.h>

#include <stddef.h>

#include <lib/string.h>

#include <sk/check.h>
#include <sk/cpu_offsets.h>
#include <sk/kernel_space.h>
#include <sk/log.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/process_internal.h>
#include <sk/syscall.h>
#include <sk/user_memory.h>
#include <sk/x86.h>

#define VECTOR_GP 13u

#define LOADER_STACK_PAGES 8u

/* Status flags, DF, AC and ID; neither TF nor anything of the system's (AMD APM volume 1, "RFLAGS Register"). */
#define USER_FLAGS       UINT64_C(0x240CD5)
#define FLAGS_ALWAYS_ONE UINT64_C(2)

extern const char ium_loader_text[], ium_loader_text_end[]; /* process/ium_loader.S */
extern const char ium_loader_rodata[], ium_loader_rodata_end[];

static struct process *first_process, *last_process;
static uint64_t last_instance;
static struct ium_call *reply; /* one call at a time: kernel_lock */

_Static_assert(sizeof(struct process) <= PAGE_SIZE, "a process has one page");

static bool map_filled(struct process *process, uint64_t base, const char *from, const char *end, uint32_t rights)
{
    uint64_t size = (uint64_t)(end - from);

    return size == 0 || (user_map(process, base, page_align_up(size), rights) && user_fill(process, base, from, size));
}

static bool map_stack(struct process *process, uint64_t top, uint32_t pages)
{
    return user_map(process, top - pages * PAGE_SIZE, pages * PAGE_SIZE, IUM_READ | IUM_WRITE);
}

static bool map_loader(struct process *process)
{
    return map_filled(process, IUM_LOADER_TEXT, ium_loader_text, ium_loader_text_end, IUM_READ | IUM_EXECUTE) &&
           map_filled(process, IUM_LOADER_RODATA, ium_loader_rodata, ium_loader_rodata_end, IUM_READ) &&
           map_stack(process, IUM_LOADER_STACK_TOP, LOADER_STACK_PAGES);
}

static void unmap_loader(struct process *process)
{
    user_unmap(process, IUM_LOADER_TEXT, page_align_up((uint64_t)(ium_loader_text_end - ium_loader_text)));
    user_unmap(process, IUM_LOADER_RODATA, page_align_up((uint64_t)(ium_loader_rodata_end - ium_loader_rodata)));
    user_unmap(process, IUM_LOADER_STACK_TOP - LOADER_STACK_PAGES * PAGE_SIZE, LOADER_STACK_PAGES * PAGE_SIZE);
}

bool process_image_usable(const struct signed_image_header *header)
{
    return header->stack_pages >= 1 && header->stack_pages <= IUM_MAX_STACK_PAGES &&
           header->heap_pages <= IUM_MAX_HEAP_PAGES;
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

struct process *process_create(const struct process_image *image)
{
    struct process *process = new_process(image);

    if (process == NULL) {
        return NULL;
    }
    if (!kernel_space_new_root(&process->root)) {
        page_free(process->page);
        return NULL;
    }
    if (!map_loader(process)) {
        page_table_destroy_user(process->root);
        page_free(process->page);
        return NULL;
    }
    process->context = (struct user_context){ .rip = IUM_LOADER_TEXT, .rsp = IUM_LOADER_STACK_TOP };
    process->state = PROCESS_LOADING;
    append(process);
    return process;
}

bool process_enter_image(struct process *process, uint64_t entry)
{
    uint64_t heap = process->image.heap_pages * PAGE_SIZE;
    uint64_t stack = process->image.stack_pages * PAGE_SIZE;

    if (!user_range_ok(process, entry, 1, IUM_EXECUTE) || !map_stack(process, IUM_STACK_TOP, process->image.stack_pages)) {
        return false;
    }
    if (heap != 0 && !user_map(process, IUM_HEAP_BASE, heap, IUM_READ | IUM_WRITE)) {
        user_unmap(process, IUM_STACK_TOP - stack, stack);
        return false;
    }
    unmap_loader(process);
    process->payload = NULL;
    process->context = (struct user_context){ .rip = entry, .rsp = IUM_STACK_TOP, .rdi = IUM_HEAP_BASE, .rsi = heap };
    process->state = PROCESS_STARTING;
    return true;
}

static void log_end(const struct process *process)
{
    const char *when = process->ended_loading ? "while loading" : "while running";
    uint64_t at = process->fault.rip_offset;

    if (process->fault.vector == FAULT_VECTOR_KILLED) {
        log_line("trustlet %s instance %lu ended by VTL0", process->image.name, process->instance);
    } else if (process->fault.vector == FAULT_VECTOR_EXIT) {
        log_line("trustlet %s ended %s: exit %u at image+0x%lx", process->image.name, when, process->fault.exit_code, at);
    } else {
        log_line("trustlet %s ended %s: fault %u at image+0x%lx", process->image.name, when, process->fault.vector, at);
    }
}

void process_end(struct process *process, uint32_t vector, uint32_t exit_code)
{
    process->fault = (struct secure_fault_info){
        .vector = vector,
        .exit_code = exit_code,
        .rip_offset = process->context.rip - IUM_IMAGE_BASE,
    };
    process->ended_loading = process->state == PROCESS_LOADING;
    log_end(process);
    kernel_space_enter();
    page_table_destroy_user(process->root);
    memset(process->mappings, 0, sizeof(process->mappings));
    secure_zero(&process->context, sizeof(process->context));
    process->pages = 0;
    process->state = PROCESS_ENDED;
}

void process_kill(struct process *process)
{
    process_end(process, FAULT_VECTOR_KILLED, 0);
}

/* Until the process waits or is no more. Its tables must be in CR3; on return the kernel's own are. */
static void run(struct process *process)
{
    struct user_context *context = &process->context;

    while (process->state != PROCESS_WAITING && process->state != PROCESS_ENDED) {
        context->rflags = (context->rflags & USER_FLAGS) | FLAGS_ALWAYS_ONE;
        if (context->rip >= USER_LIMIT) {
            process_end(process, VECTOR_GP, 0);
        } else if (user_run(context) == USER_EXIT_SYSCALL) {
            syscall_dispatch(process);
        } else {
            process_end(process, (uint32_t)context->fault_vector, 0);
        }
    }
    kernel_space_enter();
}

bool process_start(struct process *process)
{
    write_cr3(process->root.value);
    run(process);
    return process->state == PROCESS_WAITING;
}

bool process_call(struct process *process, struct ium_call *call)
{
    uint64_t request_size = offsetof(struct ium_call, data) + call->size;
    bool taken;

    write_cr3(process->root.value);
    reply = call;
    process->state = PROCESS_SERVING;
    process->call_capacity = call->capacity;
    process->context.rax = IUM_SUCCESS;
    taken = user_copy_out(process, process->call_address, call, request_size);
    if (taken) {
        run(process);
    } else {
        process_end(process, VECTOR_GP, 0);
    }
    reply = NULL;
    return process->state == PROCESS_WAITING;
}

struct ium_call *process_reply(struct process *process)
{
    return process->state == PROCESS_SERVING ? reply : NULL;
}

struct process *process_find(const uint8_t identity[16], uint64_t instance)
{
    struct process *ended = NULL;

    for (struct process *process = first_process; process != NULL; process = process->next) {
        if (memcmp(process->image.identity, identity, 16) != 0 || (instance != 0 && process->instance != instance)) {
            continue;
        }
        if (process->state != PROCESS_ENDED) {
            return process;
        }
        ended = process;
    }
    return ended;
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
