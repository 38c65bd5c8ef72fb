/* The controls: each call that a secure process refuses does on an ordinary one what it is for. */
#include "inspector.h"

#include <lib/string.h>

#define WRITTEN    UINT64_C(0x1122334455667788)
#define BY_THREAD  UINT64_C(0xA1)
#define BY_APC     UINT64_C(0xA2)
#define BY_CODE    UINT32_C(0xA3)
#define BY_LIBRARY UINT32_C(0xA4)
#define VECTOR_UNDEFINED 6u
#define SUBJECT(member) ((uint64_t)&subject.member)

static uint64_t read_word(uint64_t handle, uint64_t address)
{
    uint64_t out[3], word = 0;

    nt(NT_SERVICE_NtReadVirtualMemory, (uint64_t[4]){ handle, address, (uint64_t)&word, sizeof(word) }, out);
    return out[0] == sizeof(word) ? word : 0;
}

static bool control_open(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_ALL_ACCESS), weak = open_process(pid, PROCESS_VM_WRITE), out[3], good = 0;

    good += handle != 0 && weak != 0 && handle != weak;
    good += nt(NT_SERVICE_NtReadVirtualMemory, (uint64_t[4]){ weak, SUBJECT(ready), SUBJECT(kept), 8 }, out) == STATUS_ACCESS_DENIED;
    good += nt(NT_SERVICE_NtOpenProcess, (uint64_t[4]){ pid + 1, PROCESS_VM_READ }, out) == STATUS_INVALID_CID;
    good += nt(NT_SERVICE_NtOpenProcess, (uint64_t[4]){ pid, 0 }, out) == STATUS_ACCESS_DENIED;
    good += nt_close(handle) == STATUS_SUCCESS && nt_close(handle) == STATUS_INVALID_HANDLE && nt_close(weak) == STATUS_SUCCESS;
    good += nt((enum nt_service)99, (uint64_t[4]){ 0 }, out) == STATUS_INVALID_SYSTEM_SERVICE;
    return report("control-open", good, 6);
}

static uint32_t query(uint64_t handle, uint64_t class, void *info, uint64_t size)
{
    uint64_t out[3];

    return nt(NT_SERVICE_NtQueryInformationProcess, (uint64_t[4]){ handle, class, (uint64_t)info, size }, out);
}

static bool control_query(uint64_t handle, uint64_t pid)
{
    PROCESS_EXTENDED_BASIC_INFORMATION info = { .Size = sizeof(info) - 1 };
    PROCESS_BASIC_INFORMATION basic = { 0 };
    uint32_t flags;
    uint64_t good = 0;

    good += query_flags(handle, pid, &flags) == STATUS_SUCCESS && (flags & IsSecureProcess) == 0;
    good += query(handle, ProcessBasicInformation, &basic, sizeof(basic)) == STATUS_SUCCESS && basic.UniqueProcessId == pid;
    good += query(handle, ProcessBasicInformation, &info, sizeof(info)) == STATUS_INVALID_PARAMETER;
    good += query(handle, ProcessBasicInformation, &info, sizeof(info) - 8) == STATUS_INFO_LENGTH_MISMATCH;
    good += query(handle, 1000, &info, sizeof(info)) == STATUS_INVALID_INFO_CLASS;
    good += query(handle, ProcessBasicInformation, (void *)8, sizeof(basic)) == STATUS_ACCESS_VIOLATION;
    return report("control-query", good, 6);
}

static bool control_memory(uint64_t handle)
{
    uint64_t out[3], written = WRITTEN;
    bool good = report("control-read", read_word(handle, SUBJECT(ready)), SUBJECT_READY);
    uint32_t status = nt(NT_SERVICE_NtWriteVirtualMemory,
                         (uint64_t[4]){ handle, SUBJECT(written), (uint64_t)&written, sizeof(written) }, out);

    good = report("control-write", status == STATUS_SUCCESS ? read_word(handle, SUBJECT(written)) : 0, WRITTEN) && good;
    status = nt(NT_SERVICE_NtReadVirtualMemory, (uint64_t[4]){ handle, 8, (uint64_t)&written, 8 }, out);
    return report("control-nothing-there", status == STATUS_PARTIAL_COPY && out[0] == 0, 1) && good;
}

static bool control_dump(uint64_t handle)
{
    struct dump dump = dump_memory(handle);

    return report("control-dump", (dump.bytes > 8 * 4096) + dump.found, 2);
}

/* Classic injection: room, code, a thread there. */
static bool inject(uint64_t handle)
{
    uint8_t code[CODE_SIZE];
    uint64_t out[3], room;

    code_that_writes(code, BY_CODE);
    if (nt(NT_SERVICE_NtAllocateVirtualMemory, (uint64_t[4]){ handle, 4096, PAGE_EXECUTE_READWRITE }, out) != STATUS_SUCCESS) {
        return false;
    }
    room = out[0];
    return nt(NT_SERVICE_NtWriteVirtualMemory, (uint64_t[4]){ handle, room, (uint64_t)code, sizeof(code) }, out) == STATUS_SUCCESS &&
           nt(NT_SERVICE_NtCreateThreadEx, (uint64_t[4]){ handle, room, SUBJECT(by_code) }, out) == STATUS_SUCCESS;
}

static bool load_library(uint64_t handle)
{
    uint8_t code[CODE_SIZE];
    uint64_t out[3];

    code_that_writes(code, BY_LIBRARY);
    return nt(NT_SERVICE_NtMapViewOfSection, (uint64_t[4]){ handle, (uint64_t)code, sizeof(code) }, out) == STATUS_SUCCESS &&
           nt(NT_SERVICE_NtCreateThreadEx, (uint64_t[4]){ handle, out[0], SUBJECT(by_library) }, out) == STATUS_SUCCESS;
}

/* Whether all of that had an effect is seen once the kernel has run it. */
static bool give_work(uint64_t handle)
{
    uint64_t out[3], good = 0;

    good += nt(NT_SERVICE_NtCreateThreadEx, (uint64_t[4]){ handle, (uint64_t)subject_thread, BY_THREAD }, out) == STATUS_SUCCESS;
    good += nt(NT_SERVICE_NtQueueApcThread, (uint64_t[4]){ handle, (uint64_t)subject_apc, BY_APC }, out) == STATUS_SUCCESS;
    good += inject(handle);
    good += load_library(handle);
    return report("control-work-given", good, 4);
}

int64_t inspect_ordinary(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_ALL_ACCESS);
    bool good = control_open(pid);

    good = control_query(handle, pid) && good;
    good = control_memory(handle) && good;
    good = control_dump(handle) && good;
    good = give_work(handle) && good;
    return nt_close(handle) == STATUS_SUCCESS && good ? 0 : -1;
}

int64_t inspect_ordinary_after(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_ALL_ACCESS), out[3], good = 0;
    bool all = report("control-thread", read_word(handle, SUBJECT(by_thread)), BY_THREAD);

    all = report("control-apc", read_word(handle, SUBJECT(by_apc)), BY_APC) && all;
    all = report("control-allocate", read_word(handle, SUBJECT(by_code)), BY_CODE) && all;
    all = report("control-library", read_word(handle, SUBJECT(by_library)), BY_LIBRARY) && all;
    good += nt(NT_SERVICE_NtDebugActiveProcess, (uint64_t[4]){ handle }, out) == STATUS_SUCCESS && out[0] >> 40 == 0x40 && out[1] != 0;
    good += nt(NT_SERVICE_NtDebugActiveProcess, (uint64_t[4]){ handle }, out) == STATUS_ACCESS_DENIED;
    good += nt(NT_SERVICE_NtWaitForDebugEvent, (uint64_t[4]){ handle }, out) == STATUS_NO_MORE_ENTRIES;
    all = report("control-debugger", good, 3) && all;
    return nt_close(handle) == STATUS_SUCCESS && all ? 0 : -1;
}

int64_t inspect_faulted(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_ALL_ACCESS), out[3];
    uint32_t status = nt(NT_SERVICE_NtWaitForDebugEvent, (uint64_t[4]){ handle }, out);
    bool good = report("control-debug-event", status == STATUS_SUCCESS ? out[0] : 0, VECTOR_UNDEFINED);

    return nt_close(handle) == STATUS_SUCCESS && good ? 0 : -1;
}

/* The kernel says whether it has ended. */
int64_t inspect_stop(uint64_t pid)
{
    uint64_t handle = open_process(pid, PROCESS_TERMINATE), out[3];
    uint32_t status = nt(NT_SERVICE_NtTerminateProcess, (uint64_t[4]){ handle }, out);

    return nt_close(handle) == STATUS_SUCCESS && status == STATUS_SUCCESS ? 0 : -1;
}
