/*
 * The part of Windows NT's process interface that this kernel has, in NT's own
 * names and values: what a process may ask of another one. Shared with ring 3.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define STATUS_SUCCESS                UINT32_C(0x00000000)
#define STATUS_PARTIAL_COPY           UINT32_C(0x8000000D)
#define STATUS_NO_MORE_ENTRIES        UINT32_C(0x8000001A)
#define STATUS_INVALID_INFO_CLASS     UINT32_C(0xC0000003)
#define STATUS_INFO_LENGTH_MISMATCH   UINT32_C(0xC0000004)
#define STATUS_ACCESS_VIOLATION       UINT32_C(0xC0000005)
#define STATUS_INVALID_HANDLE         UINT32_C(0xC0000008)
#define STATUS_INVALID_CID            UINT32_C(0xC000000B)
#define STATUS_INVALID_PARAMETER      UINT32_C(0xC000000D)
#define STATUS_NO_MEMORY              UINT32_C(0xC0000017)
#define STATUS_INVALID_SYSTEM_SERVICE UINT32_C(0xC000001C)
#define STATUS_ACCESS_DENIED          UINT32_C(0xC0000022)
#define STATUS_INSUFFICIENT_RESOURCES UINT32_C(0xC000009A)

#define PROCESS_TERMINATE                 UINT32_C(0x0001)
#define PROCESS_CREATE_THREAD             UINT32_C(0x0002)
#define PROCESS_VM_OPERATION              UINT32_C(0x0008)
#define PROCESS_VM_READ                   UINT32_C(0x0010)
#define PROCESS_VM_WRITE                  UINT32_C(0x0020)
#define PROCESS_DUP_HANDLE                UINT32_C(0x0040)
#define PROCESS_SET_INFORMATION           UINT32_C(0x0200)
#define PROCESS_QUERY_INFORMATION         UINT32_C(0x0400)
#define PROCESS_SUSPEND_RESUME            UINT32_C(0x0800)
#define PROCESS_QUERY_LIMITED_INFORMATION UINT32_C(0x1000)
#define SYNCHRONIZE                       UINT32_C(0x00100000)
#define PROCESS_ALL_ACCESS                UINT32_C(0x001FFFFF)
#define MAXIMUM_ALLOWED                   UINT32_C(0x02000000)

#define PAGE_NOACCESS          UINT32_C(0x01)
#define PAGE_READONLY          UINT32_C(0x02)
#define PAGE_READWRITE         UINT32_C(0x04)
#define PAGE_EXECUTE_READ      UINT32_C(0x20)
#define PAGE_EXECUTE_READWRITE UINT32_C(0x40)

/* PROCESSINFOCLASS: the one there is. */
#define ProcessBasicInformation 0u

typedef struct {
    uint32_t ExitStatus;
    uint32_t Padding0;
    uint64_t PebBaseAddress;
    uint64_t AffinityMask;
    int32_t BasePriority;
    uint32_t Padding1;
    uint64_t UniqueProcessId;
    uint64_t InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION;
_Static_assert(sizeof(PROCESS_BASIC_INFORMATION) == 48, "as on x64");
_Static_assert(offsetof(PROCESS_BASIC_INFORMATION, UniqueProcessId) == 32, "as on x64");

/* Asked for by a buffer of this size whose Size says so. */
typedef struct {
    uint64_t Size;
    PROCESS_BASIC_INFORMATION BasicInfo;
    uint32_t Flags;
    uint32_t Padding;
} PROCESS_EXTENDED_BASIC_INFORMATION;
_Static_assert(sizeof(PROCESS_EXTENDED_BASIC_INFORMATION) == 64, "as on x64");
_Static_assert(offsetof(PROCESS_EXTENDED_BASIC_INFORMATION, Flags) == 56, "as on x64");

/* Of Flags; the other bits are never set here. */
#define IsSecureProcess (UINT32_C(1) << 7)

/* NT_SERVICE(number, Name, handler); arguments and results are in nt_services.def. */
#define NT_SERVICE(number, name, handler) NT_SERVICE_##name = (number),
enum nt_service {
#include <vtl0/nt_services.def>
};
#undef NT_SERVICE

/* One service, by USER_CALL_NT. */
struct user_nt_call {
    uint32_t service; /* enum nt_service */
    uint32_t status;  /* out: NTSTATUS */
    uint64_t in[4];
    uint64_t out[3];  /* zero on a failure, but for bytes that were copied */
};
