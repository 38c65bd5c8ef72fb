#include <vtl0/user_call.h>

#include <abi/credvault.h>
#include <abi/secure_call.h>
#include <lib/string.h>
#include <vtl0/blob_store.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/nt_process.h>
#include <vtl0/process.h>
#include <vtl0/processor.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define WRITE_CHUNK 256u
#define LINE_SIZE   8192u
#define VAULT_DATA_SIZE (SECURE_CALL_DATA_SIZE - sizeof(struct secure_invoke)) /* bytes of a command or a reply */

_Static_assert(USER_BLOB_SIZE == BLOB_MAX_SIZE, "ring 3 has room for a blob");

static const uint8_t vault[16] = CREDVAULT_IDENTITY;

struct user_arguments {
    struct process *process;
    uint64_t a, b, c;
    bool leave; /* out: do not go back to ring 3 now */
};

typedef int64_t user_call_handler(struct user_arguments *arguments);

/* Called by the entry code with interrupts off; true = go back to ring 3. */
bool syscall_dispatch(struct trap_frame *frame);

static int64_t call_exit(struct user_arguments *arguments)
{
    arguments->process->exit_code = (int64_t)arguments->a;
    arguments->process->state = PROCESS_EXITED;
    arguments->leave = true;
    return 0;
}

static int64_t call_write(struct user_arguments *arguments)
{
    char chunk[WRITE_CHUNK];
    uint64_t at = arguments->a;
    uint64_t left = arguments->b;

    while (left > 0) {
        size_t part = left < sizeof(chunk) ? left : sizeof(chunk);

        if (!user_copy_in(chunk, at, part)) {
            return USER_ERROR_BAD_ADDRESS;
        }
        console_write(chunk, part);
        at += part;
        left -= part;
    }
    return (int64_t)arguments->b;
}

/* Leaves ring 3; the buffer is filled when the process is run again (wait_resume). */
static int64_t call_wait(struct user_arguments *arguments)
{
    struct process *process = arguments->process;
    size_t length;

    if (process->command == NULL) {
        process->result = (int64_t)arguments->a;
        process->frame.rip -= 2; /* SYSCALL is two bytes: it is issued again when there is a command */
        arguments->leave = true;
        return USER_CALL_WAIT;
    }
    length = strlen(process->command);
    if (length + 1 > arguments->c) {
        return USER_ERROR_BAD_SIZE;
    }
    if (!user_copy_out(arguments->b, process->command, length + 1)) {
        return USER_ERROR_BAD_ADDRESS;
    }
    process->command = NULL;
    return (int64_t)length;
}

static int64_t call_read_line(struct user_arguments *arguments)
{
    static char line[LINE_SIZE]; /* one processor reads the console */
    int64_t result = USER_ERROR_BAD_SIZE;
    size_t length = console_read_line(line, sizeof(line), false);

    if (length + 1 <= arguments->b) {
        result = user_copy_out(arguments->a, line, length + 1) ? (int64_t)length : USER_ERROR_BAD_ADDRESS;
    }
    secure_zero(line, sizeof(line));
    return result;
}

/* In the process's session with the vault, which the first command opens. */
static uint32_t invoke_vault(uint64_t *session, struct user_vault_call *call, uint8_t *data, size_t *size)
{
    uint32_t status = SECURE_STATUS_SUCCESS;

    if (*session == 0) {
        status = trustlet_open(vault, 0, session);
    }
    if (status == SECURE_STATUS_SUCCESS) {
        status = trustlet_invoke(*session, call->command, data, size, call->output_capacity, &call->status);
    } else {
        *size = 0;
    }
    if (status == SECURE_STATUS_NO_SUCH_SESSION) {
        *session = 0;
    }
    return status;
}

static int64_t run_vault_call(struct user_arguments *arguments, struct user_vault_call *call, uint8_t *data)
{
    size_t size = call->input_size;

    if (!user_copy_in(data, call->input, size)) {
        return USER_ERROR_BAD_ADDRESS;
    }
    call->status = 0;
    call->secure_status = invoke_vault(&arguments->process->session, call, data, &size);
    call->output_size = size;
    if (!user_copy_out(call->output, data, size) || !user_copy_out(arguments->a, call, sizeof(*call))) {
        return USER_ERROR_BAD_ADDRESS;
    }
    return 0;
}

static int64_t call_vault(struct user_arguments *arguments)
{
    static uint8_t data[VAULT_DATA_SIZE]; /* one processor runs ring 3 */
    struct user_vault_call call;
    int64_t result;

    if (!user_copy_in(&call, arguments->a, sizeof(call))) {
        return USER_ERROR_BAD_ADDRESS;
    }
    if (call.input_size > sizeof(data) || call.output_capacity > sizeof(data)) {
        return USER_ERROR_BAD_SIZE;
    }
    if (vsm_state() != VSM_READY) {
        return USER_ERROR_NO_VAULT;
    }
    result = run_vault_call(arguments, &call, data);
    secure_zero(data, sizeof(data));
    return result;
}

static int64_t read_blob(struct user_blob_call *call, const struct blob_key *key, uint8_t *bytes)
{
    if (blob_store_read(key, bytes, &call->size) != NORMAL_STATUS_SUCCESS) {
        return USER_ERROR_NO_BLOB;
    }
    return user_copy_out(call->bytes, bytes, call->size) ? 0 : USER_ERROR_BAD_ADDRESS;
}

static int64_t lie(const struct user_blob_call *call, const struct blob_key *key, uint8_t *bytes)
{
    size_t size = call->size == USER_BLOB_ABSENT ? 0 : call->size;

    if (size > BLOB_MAX_SIZE) {
        return USER_ERROR_BAD_SIZE;
    }
    if (!user_copy_in(bytes, call->bytes, size)) {
        return USER_ERROR_BAD_ADDRESS;
    }
    blob_store_lie(key, bytes, call->size);
    return 0;
}

static int64_t serve_blob_call(struct user_blob_call *call)
{
    static uint8_t bytes[BLOB_MAX_SIZE]; /* one processor runs ring 3 */
    struct blob_key key;

    memcpy(key.identity, vault, sizeof(key.identity));
    memcpy(key.name, call->name, sizeof(key.name));
    switch (call->action) {
    case USER_BLOB_NAME:
        return blob_store_name(vault, call->size, call->name) ? 0 : USER_ERROR_NO_BLOB;
    case USER_BLOB_READ:
        return read_blob(call, &key, bytes);
    case USER_BLOB_LIE:
        return lie(call, &key, bytes);
    default:
        return USER_ERROR_UNKNOWN_CALL;
    }
}

static int64_t call_blob(struct user_arguments *arguments)
{
    struct user_blob_call call;
    int64_t result;

    if (!user_copy_in(&call, arguments->a, sizeof(call))) {
        return USER_ERROR_BAD_ADDRESS;
    }
    result = serve_blob_call(&call);
    return user_copy_out(arguments->a, &call, sizeof(call)) ? result : USER_ERROR_BAD_ADDRESS;
}

static int64_t call_time(struct user_arguments *arguments)
{
    (void)arguments;
    return (int64_t)clock_filetime();
}

static int64_t call_nt(struct user_arguments *arguments)
{
    struct nt_process *caller = nt_process_of(arguments->process);
    struct user_nt_call call;

    if (caller == NULL) {
        return USER_ERROR_UNKNOWN_CALL;
    }
    if (!user_copy_in(&call, arguments->a, sizeof(call))) {
        return USER_ERROR_BAD_ADDRESS;
    }
    nt_dispatch(caller, &call);
    return user_copy_out(arguments->a, &call, sizeof(call)) ? 0 : USER_ERROR_BAD_ADDRESS;
}

static int64_t call_end_work(struct user_arguments *arguments)
{
    arguments->leave = true;
    return 0;
}

static user_call_handler *const handlers[] = {
    [USER_CALL_EXIT] = call_exit,           [USER_CALL_WRITE] = call_write, [USER_CALL_WAIT] = call_wait,
    [USER_CALL_READ_LINE] = call_read_line, [USER_CALL_VAULT] = call_vault, [USER_CALL_TIME] = call_time,
    [USER_CALL_NT] = call_nt,               [USER_CALL_END_WORK] = call_end_work,
    [USER_CALL_BLOB] = call_blob,
};

bool syscall_dispatch(struct trap_frame *frame)
{
    struct user_arguments arguments = {
        .process = this_processor()->process, .a = frame->rdi, .b = frame->rsi, .c = frame->rdx,
    };
    uint64_t number = frame->rax;

    interrupts_on();
    if (number < sizeof(handlers) / sizeof(handlers[0])) {
        frame->rax = (uint64_t)handlers[number](&arguments);
    } else {
        frame->rax = (uint64_t)(int64_t)USER_ERROR_UNKNOWN_CALL;
    }
    interrupts_off();
    return !arguments.leave;
}
