#include <vtl0/nt_process.h>

/*
 * Windows documents that a trustlet's process can be asked who it is, waited
 * for and ended, and gives no right to its memory, threads or handles ("Isolated User Mode (IUM) Processes").
 */
#define SECURE_RIGHTS (PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE | PROCESS_TERMINATE)

uint32_t nt_rights_of(bool secure)
{
    return secure ? SECURE_RIGHTS : PROCESS_ALL_ACCESS;
}

uint32_t nt_access_check(bool secure, uint32_t access, uint32_t *granted)
{
    uint32_t allowed = nt_rights_of(secure);
    uint32_t wanted = (access & MAXIMUM_ALLOWED) != 0 ? (access & ~MAXIMUM_ALLOWED) | allowed : access;

    if (wanted == 0 || (wanted & ~allowed) != 0) {
        return STATUS_ACCESS_DENIED;
    }
    /* Who may ask everything may ask a little (Windows, "Process Security and Access Rights"). */
    *granted = wanted | ((wanted & PROCESS_QUERY_INFORMATION) != 0 ? PROCESS_QUERY_LIMITED_INFORMATION : 0);
    return STATUS_SUCCESS;
}

#define HANDLE_OF(slot) (4 * ((uint64_t)(slot) + 1))

static struct nt_handle *find_slot(struct nt_process *caller, uint64_t handle)
{
    for (unsigned i = 0; i < NT_HANDLES; i++) {
        if (HANDLE_OF(i) == handle && caller->handles[i].pid != 0) {
            return &caller->handles[i];
        }
    }
    return NULL;
}

uint32_t nt_handle_open(struct nt_process *caller, uint32_t pid, uint32_t granted, uint64_t *handle)
{
    for (unsigned i = 0; i < NT_HANDLES; i++) {
        if (caller->handles[i].pid == 0) {
            caller->handles[i] = (struct nt_handle){ pid, granted };
            *handle = HANDLE_OF(i);
            return STATUS_SUCCESS;
        }
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

uint32_t nt_handle_find(struct nt_process *caller, uint64_t handle, uint32_t access, uint32_t *pid)
{
    const struct nt_handle *slot = find_slot(caller, handle);

    if (slot == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if ((slot->access & access) != access) {
        return STATUS_ACCESS_DENIED;
    }
    *pid = slot->pid;
    return STATUS_SUCCESS;
}

uint32_t nt_handle_close(struct nt_process *caller, uint64_t handle)
{
    struct nt_handle *slot = find_slot(caller, handle);

    if (slot == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    *slot = (struct nt_handle){ 0 };
    return STATUS_SUCCESS;
}

void nt_process_describe(const struct nt_process *process, PROCESS_EXTENDED_BASIC_INFORMATION *info)
{
    *info = (PROCESS_EXTENDED_BASIC_INFORMATION){
        .Size = sizeof(*info),
        .BasicInfo = { .AffinityMask = 1, .UniqueProcessId = process->pid },
        .Flags = nt_process_is_secure(process) ? IsSecureProcess : 0,
    };
}
