#include <sk/mutant.h>
#include <sk/syscall.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/ium.h>

#include <sk/freshness.h>
#include <sk/key_root.h>
#include <sk/log.h>
#include <sk/normal_call.h>
#include <sk/process_internal.h>
#include <sk/reference_time.h>
#include <sk/secure_call.h>
#include <sk/syscall_policy.h>
#include <sk/thread.h>
#include <sk/user_memory.h>

/* Arguments in order: RDI RSI RDX R10. */
struct arguments {
    uint64_t a0, a1, a2;
};

static int64_t serve_exit(struct thread *thread, const struct arguments *arguments)
{
    thread_fault(thread, FAULT_VECTOR_EXIT, (uint32_t)arguments->a0);
    return IUM_SUCCESS;
}

static int64_t serve_log(struct thread *thread, const struct arguments *arguments)
{
    char text[IUM_MAX_LOG + 1];

    if (arguments->a1 > IUM_MAX_LOG) {
        return IUM_BAD_ARGUMENT;
    }
    if (!user_copy_in(thread->process, text, arguments->a0, arguments->a1)) {
        return IUM_BAD_ADDRESS;
    }
    for (uint64_t i = 0; i < arguments->a1; i++) {
        /* A console line is for people: no control bytes that could forge another component's line. */
        text[i] = (text[i] >= ' ' && text[i] <= '~') || mutant_is(MUTANT_LOG_RAW) ? text[i] : '?';
    }
    text[arguments->a1] = '\0';
    log_line("%s: %s", thread->process->image.name, text);
    return IUM_SUCCESS;
}

static int64_t serve_image_size(struct thread *thread, const struct arguments *arguments)
{
    (void)arguments;
    return (int64_t)thread->process->payload_size;
}

static int64_t serve_image_read(struct thread *thread, const struct arguments *arguments)
{
    const struct process *process = thread->process;
    uint64_t offset = arguments->a0, size = arguments->a2;

    if (size > IUM_MAX_IMAGE_READ || offset > process->payload_size || size > process->payload_size - offset) {
        return IUM_BAD_ARGUMENT;
    }
    return user_copy_out(process, arguments->a1, process->payload + offset, size) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_image_header(struct thread *thread, const struct arguments *arguments)
{
    const struct process *process = thread->process;

    return user_copy_out(process, arguments->a0, &process->image, sizeof(process->image)) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

/* The loader works on the image's addresses only; it cannot move its own pages or the heap's and stack's. */
static bool in_image(const struct process *process, uint64_t base, uint64_t size)
{
    return mutant_is(MUTANT_MAPS_ANYWHERE) ? base < USER_LIMIT :
           base >= process->image_base && size <= IUM_IMAGE_MAX_SIZE && base - process->image_base <= IUM_IMAGE_MAX_SIZE - size;
}

static bool rights_ok(uint64_t rights)
{
    return (rights & ~(uint64_t)(IUM_READ | IUM_WRITE | IUM_EXECUTE)) == 0 && (rights & IUM_READ) != 0 &&
           (rights & (IUM_WRITE | IUM_EXECUTE)) != (IUM_WRITE | IUM_EXECUTE);
}

static int64_t serve_map(struct thread *thread, const struct arguments *arguments)
{
    if (!in_image(thread->process, arguments->a0, arguments->a1) || !rights_ok(arguments->a2)) {
        return IUM_BAD_ARGUMENT;
    }
    if (!is_page_aligned(arguments->a0) || !is_page_aligned(arguments->a1) || arguments->a1 == 0) {
        return IUM_BAD_ARGUMENT;
    }
    /* Writable until PROTECT says otherwise: the loader has yet to fill it. */
    return user_map(thread->process, arguments->a0, arguments->a1, IUM_READ | IUM_WRITE) ? IUM_SUCCESS : IUM_NO_MEMORY;
}

static int64_t serve_protect(struct thread *thread, const struct arguments *arguments)
{
    if (!in_image(thread->process, arguments->a0, arguments->a1) || !rights_ok(arguments->a2)) {
        return IUM_BAD_ARGUMENT;
    }
    return user_protect(thread->process, arguments->a0, arguments->a1, (uint32_t)arguments->a2) ? IUM_SUCCESS : IUM_BAD_ARGUMENT;
}

static int64_t serve_start(struct thread *thread, const struct arguments *arguments)
{
    return process_enter_image(thread->process, arguments->a0, &thread->context) ? IUM_SUCCESS : IUM_BAD_ARGUMENT;
}

/* All of struct ium_call but its data. False: it is not the process's, or not writable. */
static bool read_call(const struct process *process, uint64_t address, struct ium_call *header)
{
    return user_range_ok(process, address, sizeof(*header), IUM_READ | IUM_WRITE) &&
           user_copy_in(process, header, address, offsetof(struct ium_call, data));
}

/* Where the thread takes large calls, checked now for as long as it waits: no mapping changes any more once the image runs. */
static void note_buffer(struct thread *thread, const struct ium_call *header)
{
    uint32_t size = header->buffer_size < SECURE_LARGE_MAX ? header->buffer_size : SECURE_LARGE_MAX;
    bool usable = user_range_ok(thread->process, header->buffer, size, IUM_READ | IUM_WRITE);

    thread->buffer = header->buffer;
    thread->buffer_size = usable ? size : 0;
}

static uint32_t longest_reply(const struct thread *thread, bool large)
{
    uint32_t capacity = thread->call->capacity;

    if (!large) {
        return IUM_CALL_DATA_SIZE;
    }
    return capacity < thread->buffer_size ? capacity : thread->buffer_size;
}

/*
 * The header says how much of the data counts; what a large call has in the buffer is taken when the call ends, from
 * the buffer that was named last, so that has to be large enough.
 */
static int64_t take_reply(struct thread *thread, const struct ium_call *header, uint64_t address)
{
    struct ium_call *out = thread->call;
    bool large = out->event == IUM_CALL_INVOKE_LARGE;

    if (header->size > longest_reply(thread, large)) {
        return IUM_BAD_ARGUMENT;
    }
    if (!large && header->size != 0 &&
        !user_copy_in(thread->process, out->data, address + offsetof(struct ium_call, data), header->size)) {
        return IUM_BAD_ADDRESS;
    }
    out->status = header->status;
    out->size = header->size;
    thread->serving = false;
    return IUM_SUCCESS;
}

static int64_t serve_wait_call(struct thread *thread, const struct arguments *arguments)
{
    struct process *process = thread->process;
    int64_t status = IUM_SUCCESS;
    struct ium_call header;

    /* Checked now, while there is somebody to tell. */
    if (!read_call(process, arguments->a0, &header)) {
        return IUM_BAD_ADDRESS;
    }
    note_buffer(thread, &header);
    if (thread->serving) {
        status = take_reply(thread, &header, arguments->a0);
    }
    if (status == IUM_SUCCESS) {
        thread->call_address = arguments->a0;
        thread->state = THREAD_WAITING;
        if (process->state == PROCESS_STARTING) {
            process->state = PROCESS_READY;
        }
    }
    return status;
}

/* No more threads than sessions: a session has one call at a time. */
static int64_t serve_create_thread(struct thread *thread, const struct arguments *arguments)
{
    struct process *process = thread->process;
    uint64_t stack = arguments->a2;
    struct ium_call header;
    struct thread *new;

    if (!read_call(process, arguments->a0, &header) || !user_range_ok(process, arguments->a1, 1, IUM_EXECUTE)) {
        return IUM_BAD_ADDRESS;
    }
    if (process->thread_count >= process->image.max_sessions && !mutant_is(MUTANT_THREADS_UNLIMITED)) {
        return IUM_BAD_ARGUMENT;
    }
    if (stack == 0) {
        /* As behind a call instruction, for a function that never returns. The count only grows. */
        stack = process_stack_top(process, process->thread_count) - sizeof(uint64_t);
    }
    new = thread_create(process, arguments->a1, stack);
    if (new == NULL) {
        return IUM_NO_MEMORY;
    }
    new->context.rdi = arguments->a0;
    new->call_address = arguments->a0;
    new->state = THREAD_WAITING;
    note_buffer(new, &header);
    return IUM_SUCCESS;
}

static int64_t serve_normal_call(struct thread *thread, const struct arguments *arguments)
{
    struct {
        uint32_t number, request_size, reply_capacity;
    } header;
    uint64_t address = arguments->a0;

    if (!user_range_ok(thread->process, address, sizeof(struct ium_normal_call), IUM_READ | IUM_WRITE) ||
        !user_copy_in(thread->process, &header, address, sizeof(header))) {
        return IUM_BAD_ADDRESS;
    }
    if (!normal_call_allowed(header.number, header.request_size, header.reply_capacity)) {
        return IUM_BAD_ARGUMENT;
    }
    if (header.request_size != 0 &&
        !user_copy_in(thread->process, thread->call->data, address + offsetof(struct ium_normal_call, data), header.request_size)) {
        return IUM_BAD_ADDRESS;
    }
    thread->ask_address = address;
    thread->ask_number = header.number;
    thread->ask_size = header.request_size;
    thread->ask_capacity = normal_call_longest_reply(header.number, header.reply_capacity);
    if (mutant_is(MUTANT_REQUESTS_READ_TWICE)) {
        user_copy_in(thread->process, &thread->ask_number, address, sizeof(thread->ask_number));
    }
    thread->state = THREAD_ASKING;
    return IUM_SUCCESS;
}

static int64_t serve_is_cancelled(struct thread *thread, const struct arguments *arguments)
{
    (void)arguments;
    return thread->serving && thread->cancelled;
}

static int64_t serve_derive_key(struct thread *thread, const struct arguments *arguments)
{
    uint8_t purpose[IUM_MAX_PURPOSE], key[IUM_KEY_SIZE];
    bool copied;

    if (arguments->a1 == 0 || arguments->a1 > IUM_MAX_PURPOSE) {
        return IUM_BAD_ARGUMENT;
    }
    if (!user_copy_in(thread->process, purpose, arguments->a0, arguments->a1)) {
        return IUM_BAD_ADDRESS;
    }
    key_root_derive(&thread->process->image, purpose, arguments->a1, key);
    copied = user_copy_out(thread->process, arguments->a2, key, sizeof(key));
    secure_zero(key, sizeof(key));
    return copied ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_get_identity(struct thread *thread, const struct arguments *arguments)
{
    const struct process *process = thread->process;
    struct ium_identity identity = { .security_version = process->image.security_version };

    memcpy(identity.identity, process->image.identity, sizeof(identity.identity));
    return user_copy_out(process, arguments->a0, &identity, sizeof(identity)) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_get_platform(struct thread *thread, const struct arguments *arguments)
{
    const struct vtl1_boot_root *root = &secure_call_block()->root;
    struct ium_platform platform = { .root = root->from_tpm != 0 ? IUM_ROOT_TPM : IUM_ROOT_RANDOM };

    memcpy(platform.pcr_code, root->pcrs[0], sizeof(platform.pcr_code));
    memcpy(platform.pcr_choices, root->pcrs[1], sizeof(platform.pcr_choices));
    memcpy(platform.pcr_trustlets, root->pcrs[2], sizeof(platform.pcr_trustlets));
    return user_copy_out(thread->process, arguments->a0, &platform, sizeof(platform)) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_freshness_get(struct thread *thread, const struct arguments *arguments)
{
    struct ium_freshness freshness;
    int64_t status;

    /* Before a TPM is asked for what nobody could be told. */
    if (!user_range_ok(thread->process, arguments->a0, sizeof(freshness), IUM_READ | IUM_WRITE)) {
        return IUM_BAD_ADDRESS;
    }
    status = freshness_get(thread, &freshness);
    if (status == IUM_SUCCESS && !user_copy_out(thread->process, arguments->a0, &freshness, sizeof(freshness))) {
        status = IUM_BAD_ADDRESS;
    }
    return status;
}

static int64_t serve_freshness_set(struct thread *thread, const struct arguments *arguments)
{
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];

    if (!user_copy_in(thread->process, digest, arguments->a0, sizeof(digest))) {
        return IUM_BAD_ADDRESS;
    }
    return freshness_set(thread, digest, arguments->a1);
}

static int64_t serve_freshness_reset(struct thread *thread, const struct arguments *arguments)
{
    (void)arguments;
    return freshness_reset(thread);
}

static int64_t serve_get_time(struct thread *thread, const struct arguments *arguments)
{
    (void)thread;
    (void)arguments;
    return (int64_t)reference_time_forward();
}

/* A number that the list leaves out has no handler; syscall_allowed lets none of them through. */
#define IUM_SYSCALL(number, name, handler, callers) [IUM_SYSCALL_##name] = serve_##handler,
static int64_t (*const handlers[IUM_SYSCALL_COUNT])(struct thread *, const struct arguments *) = {
#include <abi/ium_syscalls.def>
};
#undef IUM_SYSCALL

/* The bounds check again, as a mask: a mispredicted branch must not index behind the table with ring 3's number. */
static uint64_t clamp_speculation(uint64_t number)
{
    uint64_t mask;

    __asm__ volatile("cmp %[count], %[number]\n\tsbb %[mask], %[mask]"
                     : [mask] "=r"(mask)
                     : [number] "r"(number), [count] "i"(IUM_SYSCALL_COUNT)
                     : "cc");
    return number & mask;
}

void syscall_dispatch(struct thread *thread)
{
    struct user_context *context = &thread->context;
    struct process *process = thread->process;
    const struct arguments arguments = { context->rdi, context->rsi, context->rdx };
    enum process_state before = process->state;
    uint64_t number = context->rax;
    int64_t result = IUM_UNKNOWN_SYSCALL;

    if (syscall_allowed(process, number)) {
        result = handlers[clamp_speculation(number)](thread, &arguments);
    }
    /* START replaced the registers. */
    if (before != PROCESS_LOADING || process->state != PROCESS_STARTING) {
        context->rax = (uint64_t)result;
    }
}
