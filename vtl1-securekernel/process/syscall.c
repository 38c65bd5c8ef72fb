#include <sk/syscall.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/ium.h>

#include <sk/key_root.h>
#include <sk/log.h>
#include <sk/process_internal.h>
#include <sk/syscall_policy.h>
#include <sk/user_memory.h>

/* Arguments in order: RDI RSI RDX R10. */
struct arguments {
    uint64_t a0, a1, a2;
};

static int64_t serve_exit(struct process *process, const struct arguments *arguments)
{
    process_end(process, FAULT_VECTOR_EXIT, (uint32_t)arguments->a0);
    return IUM_SUCCESS;
}

static int64_t serve_log(struct process *process, const struct arguments *arguments)
{
    char text[IUM_MAX_LOG + 1];

    if (arguments->a1 > IUM_MAX_LOG) {
        return IUM_BAD_ARGUMENT;
    }
    if (!user_copy_in(process, text, arguments->a0, arguments->a1)) {
        return IUM_BAD_ADDRESS;
    }
    for (uint64_t i = 0; i < arguments->a1; i++) {
        /* A console line is for people: no control bytes that could forge another component's line. */
        text[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    }
    text[arguments->a1] = '\0';
    log_line("%s: %s", process->image.name, text);
    return IUM_SUCCESS;
}

static int64_t serve_image_size(struct process *process, const struct arguments *arguments)
{
    (void)arguments;
    return (int64_t)process->payload_size;
}

static int64_t serve_image_read(struct process *process, const struct arguments *arguments)
{
    uint64_t offset = arguments->a0, size = arguments->a2;

    if (offset > process->payload_size || size > process->payload_size - offset) {
        return IUM_BAD_ARGUMENT;
    }
    return user_copy_out(process, arguments->a1, process->payload + offset, size) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_image_header(struct process *process, const struct arguments *arguments)
{
    return user_copy_out(process, arguments->a0, &process->image, sizeof(process->image)) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

/* The loader works on the image's addresses only; it cannot move its own pages or the heap's and stack's. */
static bool in_image(uint64_t base, uint64_t size)
{
    return base >= IUM_IMAGE_BASE && size <= IUM_IMAGE_MAX_SIZE && base - IUM_IMAGE_BASE <= IUM_IMAGE_MAX_SIZE - size;
}

static bool rights_ok(uint64_t rights)
{
    return (rights & ~(uint64_t)(IUM_READ | IUM_WRITE | IUM_EXECUTE)) == 0 && (rights & IUM_READ) != 0 &&
           (rights & (IUM_WRITE | IUM_EXECUTE)) != (IUM_WRITE | IUM_EXECUTE);
}

static int64_t serve_map(struct process *process, const struct arguments *arguments)
{
    if (!in_image(arguments->a0, arguments->a1) || !rights_ok(arguments->a2)) {
        return IUM_BAD_ARGUMENT;
    }
    if (!is_page_aligned(arguments->a0) || !is_page_aligned(arguments->a1) || arguments->a1 == 0) {
        return IUM_BAD_ARGUMENT;
    }
    /* Writable until PROTECT says otherwise: the loader has yet to fill it. */
    return user_map(process, arguments->a0, arguments->a1, IUM_READ | IUM_WRITE) ? IUM_SUCCESS : IUM_NO_MEMORY;
}

static int64_t serve_protect(struct process *process, const struct arguments *arguments)
{
    if (!in_image(arguments->a0, arguments->a1) || !rights_ok(arguments->a2)) {
        return IUM_BAD_ARGUMENT;
    }
    return user_protect(process, arguments->a0, arguments->a1, (uint32_t)arguments->a2) ? IUM_SUCCESS : IUM_BAD_ARGUMENT;
}

static int64_t serve_start(struct process *process, const struct arguments *arguments)
{
    return process_enter_image(process, arguments->a0) ? IUM_SUCCESS : IUM_BAD_ARGUMENT;
}

static int64_t take_reply(struct process *process, uint64_t address, struct ium_call *out)
{
    struct ium_call header;

    if (!user_copy_in(process, &header, address, offsetof(struct ium_call, data))) {
        return IUM_BAD_ADDRESS;
    }
    if (header.size > IUM_CALL_DATA_SIZE) {
        return IUM_BAD_ARGUMENT;
    }
    if (header.size != 0 && !user_copy_in(process, out->data, address + offsetof(struct ium_call, data), header.size)) {
        return IUM_BAD_ADDRESS;
    }
    out->status = header.status;
    out->size = header.size;
    return IUM_SUCCESS;
}

static int64_t serve_wait_call(struct process *process, const struct arguments *arguments)
{
    struct ium_call *out = process_reply(process);
    int64_t status = IUM_SUCCESS;

    /* Checked now, while there is somebody to tell; the mapping cannot change any more once the image runs. */
    if (!user_range_ok(process, arguments->a0, sizeof(struct ium_call), IUM_READ | IUM_WRITE)) {
        return IUM_BAD_ADDRESS;
    }
    if (out != NULL) {
        status = take_reply(process, arguments->a0, out);
    }
    if (status == IUM_SUCCESS) {
        process->call_address = arguments->a0;
        process->state = PROCESS_WAITING;
    }
    return status;
}

static int64_t serve_derive_key(struct process *process, const struct arguments *arguments)
{
    uint8_t purpose[IUM_MAX_PURPOSE], key[IUM_KEY_SIZE];
    bool copied;

    if (arguments->a1 == 0 || arguments->a1 > IUM_MAX_PURPOSE) {
        return IUM_BAD_ARGUMENT;
    }
    if (!user_copy_in(process, purpose, arguments->a0, arguments->a1)) {
        return IUM_BAD_ADDRESS;
    }
    key_root_derive(&process->image, purpose, arguments->a1, key);
    copied = user_copy_out(process, arguments->a2, key, sizeof(key));
    secure_zero(key, sizeof(key));
    return copied ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

static int64_t serve_get_identity(struct process *process, const struct arguments *arguments)
{
    struct ium_identity identity = { .security_version = process->image.security_version };

    memcpy(identity.identity, process->image.identity, sizeof(identity.identity));
    return user_copy_out(process, arguments->a0, &identity, sizeof(identity)) ? IUM_SUCCESS : IUM_BAD_ADDRESS;
}

#define IUM_SYSCALL(number, name, handler, callers) [IUM_SYSCALL_##name] = serve_##handler,
static int64_t (*const handlers[IUM_SYSCALL_COUNT])(struct process *, const struct arguments *) = {
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

void syscall_dispatch(struct process *process)
{
    struct user_context *context = &process->context;
    const struct arguments arguments = { context->rdi, context->rsi, context->rdx };
    enum process_state before = process->state;
    uint64_t number = context->rax;
    int64_t result = IUM_UNKNOWN_SYSCALL;

    if (syscall_allowed(process, number)) {
        result = handlers[clamp_speculation(number)](process, &arguments);
    }
    /* EXIT leaves nobody to answer, and START replaced the registers. */
    if (process->state != PROCESS_ENDED && (before != PROCESS_LOADING || process->state == PROCESS_LOADING)) {
        context->rax = (uint64_t)result;
    }
}
