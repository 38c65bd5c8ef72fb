#include <vtl0/user_call.h>

#include <abi/secure_call.h>
#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/nt_process.h>
#include <vtl0/process.h>
#include <vtl0/processor.h>
#include <vtl0/vault.h>
#include <vtl0/x86.h>

#define WRITE_CHUNK 256u
#define LINE_SIZE   8192u

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

static int64_t run_vault_call(struct user_arguments *arguments, struct user_vault_call *call, uint8_t *data)
{
    struct vault_request request = {
        .command = call->command, .data = data, .input_size = call->input_size, .capacity = call->output_capacity,
    };

    if (!user_copy_in(data, call->input, call->input_size)) {
        return USER_ERROR_BAD_ADDRESS;
    }
    if (!vault_invoke(&arguments->process->session, &request)) {
        return USER_ERROR_NO_VAULT;
    }
    call->secure_status = request.secure_status;
    call->status = request.status;
    call->output_size = request.output_size;
    if (!user_copy_out(call->output, data, request.output_size) || !user_copy_out(arguments->a, call, sizeof(*call))) {
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
    result = run_vault_call(arguments, &call, data);
    secure_zero(data, sizeof(data));
    return result;
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
