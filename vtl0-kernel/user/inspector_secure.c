/* The same calls on a process with a trustlet behind it: who it is can be asked, everything else is refused. */
#include "inspector.h"

#include <lib/string.h>

#define REFUSED_RIGHTS 9u

static const uint32_t refused[REFUSED_RIGHTS] = {
    PROCESS_CREATE_THREAD, PROCESS_VM_OPERATION, PROCESS_VM_READ, PROCESS_VM_WRITE, PROCESS_DUP_HANDLE,
    PROCESS_SET_INFORMATION, PROCESS_QUERY_INFORMATION, PROCESS_SUSPEND_RESUME, PROCESS_ALL_ACCESS,
};

static uint32_t open_status(uint64_t pid, uint32_t access)
{
    uint64_t out[3];
    uint32_t status = nt(NT_SERVICE_NtOpenProcess, (uint64_t[4]){ pid, access }, out);

    if (status == STATUS_SUCCESS) {
        nt_close(out[0]);
    }
    return status;
}

/* Each right alone, and beside one that is given. */
static bool secure_open(uint64_t pid)
{
    uint64_t good = 0;

    for (unsigned i = 0; i < REFUSED_RIGHTS; i++) {
        good += open_status(pid, refused[i]) == STATUS_ACCESS_DENIED;
        good += open_status(pid, refused[i] | PROCESS_QUERY_LIMITED_INFORMATION) == STATUS_ACCESS_DENIED;
        good += open_status(pid, refused[i] | MAXIMUM_ALLOWED) == STATUS_ACCESS_DENIED;
    }
    good += open_status(pid, PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE | PROCESS_TERMINATE) == STATUS_SUCCESS;
    good += open_status(pid, MAXIMUM_ALLOWED) == STATUS_SUCCESS;
    return report("ring3-open", good, 3 * REFUSED_RIGHTS + 2);
}

static bool secure_query(uint64_t handle, uint64_t pid)
{
    uint32_t flags, status = query_flags(handle, pid, &flags);

    return report("ring3-is-secure-process", status == STATUS_SUCCESS && flags == IsSecureProcess, 1);
}

/* With every right that there is, which are not those that it takes. */
static bool denied(const char *id, enum nt_service service, const uint64_t in[4])
{
    uint64_t out[3];
    uint32_t status = nt(service, in, out);

    return report(id, status == STATUS_ACCESS_DENIED && out[0] == 0 && out[1] == 0, 1);
}

static bool secure_calls(uint64_t handle)
{
    uint64_t buffer[2] = { 1, 1 }, address = UINT64_C(0x10000000000);
    bool good = denied("ring3-read", NT_SERVICE_NtReadVirtualMemory, (uint64_t[4]){ handle, address, (uint64_t)buffer, 16 });

    good = denied("ring3-write", NT_SERVICE_NtWriteVirtualMemory, (uint64_t[4]){ handle, address, (uint64_t)buffer, 16 }) && good;
    good = denied("ring3-allocate", NT_SERVICE_NtAllocateVirtualMemory, (uint64_t[4]){ handle, 4096, PAGE_READWRITE }) && good;
    good = denied("ring3-query-memory", NT_SERVICE_NtQueryVirtualMemory, (uint64_t[4]){ handle, address }) && good;
    good = denied("ring3-thread", NT_SERVICE_NtCreateThreadEx, (uint64_t[4]){ handle, address, 1 }) && good;
    good = denied("ring3-apc", NT_SERVICE_NtQueueApcThread, (uint64_t[4]){ handle, address, 1 }) && good;
    good = denied("ring3-library", NT_SERVICE_NtMapViewOfSection, (uint64_t[4]){ handle, (uint64_t)buffer, 16 }) && good;
    good = denied("ring3-debugger", NT_SERVICE_NtDebugActiveProcess, (uint64_t[4]){ handle }) && good;
    good = denied("ring3-debug-event", NT_SERVICE_NtWaitForDebugEvent, (uint64_t[4]){ handle }) && good;
    return report("ring3-buffer", buffer[0] + buffer[1], 2) && good;
}

/* A dumper takes what it can get. */
static bool secure_dump(uint64_t handle)
{
    struct dump dump = dump_memory(handle);

    return report("ring3-dump", dump.bytes, 0) && !dump.found;
}

int64_t inspect_secure(uint64_t pid)
{
    uint64_t handle = open_process(pid, MAXIMUM_ALLOWED);
    bool good = secure_open(pid);

    good = secure_query(handle, pid) && good;
    good = secure_calls(handle) && good;
    good = secure_dump(handle) && good;
    return nt_close(handle) == STATUS_SUCCESS && good ? 0 : -1;
}

/* What the machine's owner starts with it, VTL0 does not end. */
int64_t inspect_owners(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION), out[3];
    uint32_t flags, status = query_flags(handle, pid, &flags);
    bool good = status == STATUS_SUCCESS && flags == IsSecureProcess;

    status = nt(NT_SERVICE_NtTerminateProcess, (uint64_t[4]){ handle }, out);
    good = report("ring3-owners-stays", good && status == STATUS_ACCESS_DENIED, 1);
    return nt_close(handle) == STATUS_SUCCESS && good ? 0 : -1;
}

int64_t inspect_end(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_TERMINATE), out[3];
    uint64_t good = nt(NT_SERVICE_NtTerminateProcess, (uint64_t[4]){ handle }, out) == STATUS_SUCCESS;

    good += nt(NT_SERVICE_NtOpenProcess, (uint64_t[4]){ pid, PROCESS_QUERY_LIMITED_INFORMATION }, out) == STATUS_INVALID_CID;
    good += nt(NT_SERVICE_NtTerminateProcess, (uint64_t[4]){ handle }, out) == STATUS_INVALID_HANDLE;
    good += nt_close(handle) == STATUS_SUCCESS;
    return report("ring3-end", good, 4) ? 0 : -1;
}
