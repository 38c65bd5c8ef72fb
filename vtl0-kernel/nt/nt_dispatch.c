/* The services as ring 3 asks for them: handles judged, buffers copied, then nt_memory.c, nt_thread.c and nt_process.c act. */
#include <vtl0/nt_process.h>

#include <lib/string.h>

#define CHUNK 4096u

static uint8_t chunk[CHUNK]; /* one processor runs ring 3 */

static uint32_t target_of(struct nt_process *caller, uint64_t handle, uint32_t access, struct nt_process **target)
{
    uint32_t pid = 0, status = nt_handle_find(caller, handle, access, &pid);

    if (status == STATUS_SUCCESS) {
        *target = nt_process_find(pid);
        status = *target != NULL ? STATUS_SUCCESS : STATUS_INVALID_HANDLE; /* it has ended */
    }
    return status;
}

static uint32_t serve_close(struct nt_process *caller, struct user_nt_call *call)
{
    return nt_handle_close(caller, call->in[0]);
}

static uint32_t serve_open_process(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t granted, status;

    nt_secure_processes_update();
    target = call->in[0] <= UINT32_MAX ? nt_process_find((uint32_t)call->in[0]) : NULL;
    if (target == NULL) {
        return STATUS_INVALID_CID;
    }
    status = nt_access_check(nt_process_is_secure(target), (uint32_t)call->in[1], &granted);
    return status == STATUS_SUCCESS ? nt_handle_open(caller, target->pid, granted, &call->out[0]) : status;
}

static uint32_t serve_get_next_process(struct nt_process *caller, struct user_nt_call *call)
{
    const struct nt_process *next;

    (void)caller;
    nt_secure_processes_update();
    next = call->in[0] <= UINT32_MAX ? nt_process_after((uint32_t)call->in[0]) : NULL;
    if (next == NULL) {
        return STATUS_NO_MORE_ENTRIES;
    }
    call->out[0] = next->pid;
    return STATUS_SUCCESS;
}

/* The extended form is asked for by the buffer's size and by what its Size says. */
static uint32_t put_information(const PROCESS_EXTENDED_BASIC_INFORMATION *info, uint64_t buffer, uint64_t size)
{
    uint64_t said;

    if (size == sizeof(info->BasicInfo)) {
        return user_copy_out(buffer, &info->BasicInfo, sizeof(info->BasicInfo)) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    }
    if (size != sizeof(*info)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (!user_copy_in(&said, buffer, sizeof(said))) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (said != sizeof(*info)) {
        return STATUS_INVALID_PARAMETER;
    }
    return user_copy_out(buffer, info, sizeof(*info)) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint32_t serve_query_information_process(struct nt_process *caller, struct user_nt_call *call)
{
    PROCESS_EXTENDED_BASIC_INFORMATION info;
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_QUERY_LIMITED_INFORMATION, &target);

    if (status != STATUS_SUCCESS) {
        return status;
    }
    if (call->in[1] != ProcessBasicInformation) {
        return STATUS_INVALID_INFO_CLASS;
    }
    nt_process_describe(target, &info);
    return put_information(&info, call->in[2], call->in[3]);
}

static uint32_t serve_read_virtual_memory(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_VM_READ, &target);

    if (status != STATUS_SUCCESS || call->in[3] > CHUNK) {
        return status != STATUS_SUCCESS ? status : STATUS_INVALID_PARAMETER;
    }
    status = nt_copy_memory(target, call->in[1], chunk, call->in[3], false, &call->out[0]);
    return user_copy_out(call->in[2], chunk, call->out[0]) ? status : STATUS_ACCESS_VIOLATION;
}

static uint32_t serve_write_virtual_memory(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_VM_WRITE | PROCESS_VM_OPERATION, &target);

    if (status != STATUS_SUCCESS || call->in[3] > CHUNK) {
        return status != STATUS_SUCCESS ? status : STATUS_INVALID_PARAMETER;
    }
    if (!user_copy_in(chunk, call->in[2], call->in[3])) {
        return STATUS_ACCESS_VIOLATION;
    }
    return nt_copy_memory(target, call->in[1], chunk, call->in[3], true, &call->out[0]);
}

static uint32_t serve_allocate_virtual_memory(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_VM_OPERATION, &target);

    return status == STATUS_SUCCESS ? nt_allocate_memory(target, call->in[1], (uint32_t)call->in[2], &call->out[0]) : status;
}

static uint32_t serve_query_virtual_memory(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t protection = 0, status = target_of(caller, call->in[0], PROCESS_QUERY_INFORMATION, &target);

    if (status == STATUS_SUCCESS) {
        status = nt_query_memory(target, call->in[1], &call->out[0], &call->out[1], &protection);
        call->out[2] = protection;
    }
    return status;
}

static uint32_t serve_create_thread(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_CREATE_THREAD, &target);

    return status == STATUS_SUCCESS ? nt_create_thread(target, call->in[1], call->in[2]) : status;
}

static uint32_t serve_queue_apc(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_SET_INFORMATION, &target);

    return status == STATUS_SUCCESS ? nt_queue_apc(target, call->in[1], call->in[2]) : status;
}

static uint32_t serve_map_view(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_VM_OPERATION, &target);

    if (status != STATUS_SUCCESS || call->in[2] > CHUNK) {
        return status != STATUS_SUCCESS ? status : STATUS_INVALID_PARAMETER;
    }
    return user_copy_in(chunk, call->in[1], call->in[2]) ? nt_map_image(target, chunk, call->in[2], &call->out[0])
                                                         : STATUS_ACCESS_VIOLATION;
}

static uint32_t serve_debug_process(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_SUSPEND_RESUME, &target);

    return status == STATUS_SUCCESS ? nt_debug(target, caller->pid, &call->out[0], &call->out[1]) : status;
}

static uint32_t serve_debug_event(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_SUSPEND_RESUME, &target);

    return status == STATUS_SUCCESS ? nt_debug_event(target, caller->pid, &call->out[0], &call->out[1]) : status;
}

static uint32_t serve_terminate_process(struct nt_process *caller, struct user_nt_call *call)
{
    struct nt_process *target;
    uint32_t status = target_of(caller, call->in[0], PROCESS_TERMINATE, &target);

    return status == STATUS_SUCCESS ? nt_terminate(target) : status;
}

void nt_dispatch(struct nt_process *caller, struct user_nt_call *call)
{
#define NT_SERVICE(number, name, handler) [number] = serve_##handler,
    static uint32_t (*const handlers[])(struct nt_process *, struct user_nt_call *) = {
#include <vtl0/nt_services.def>
    };
#undef NT_SERVICE

    memset(call->out, 0, sizeof(call->out));
    call->status = call->service < sizeof(handlers) / sizeof(handlers[0]) ? handlers[call->service](caller, call)
                                                                         : STATUS_INVALID_SYSTEM_SERVICE;
    secure_zero(chunk, sizeof(chunk));
}
