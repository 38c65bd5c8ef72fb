/*
 * What a trustlet and the secure kernel share: system-call numbers, statuses
 * and the call buffer through which secure calls reach a trustlet.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/normal_call.h>
#include <abi/secure_call.h>

#define IUM_SYSCALL(number, name, handler, callers) IUM_SYSCALL_##name = (number),
enum ium_syscall {
#include <abi/ium_syscalls.def>
    IUM_SYSCALL_COUNT
};
#undef IUM_SYSCALL

enum ium_status {
    IUM_SUCCESS = 0,
    IUM_UNKNOWN_SYSCALL = -1,
    IUM_BAD_ADDRESS = -2,
    IUM_BAD_ARGUMENT = -3,
    IUM_NO_MEMORY = -4,
    IUM_AGAIN = -5,         /* a device is at work: the same call, made again, goes on with it */
    IUM_DEVICE_FAILED = -6, /* a device refuses or does not answer */
};

enum ium_rights { IUM_READ = 1, IUM_WRITE = 2, IUM_EXECUTE = 4 };

/*
 * Where things are in a process. The loader starts at IUM_LOADER_TEXT with
 * RSP = IUM_LOADER_STACK_TOP, RDI = the image's base; it may MAP only inside
 * [base, base + IUM_IMAGE_MAX_SIZE). The image starts at its entry with RSP =
 * its stack's top, RDI = its heap's base, RSI = bytes of heap. Every other
 * register is zero at both starts. Image, heap and stack are each moved up from
 * the addresses below by a random number of pages below IUM_RANDOM_PAGES, another
 * one for each of them and in each process. The first eight bytes at
 * IUM_LOADER_RODATA are the canary of the loader's stack protector, at random in each process.
 */
#define IUM_IMAGE_BASE       UINT64_C(0x0000010000000000)
#define IUM_IMAGE_MAX_SIZE   UINT64_C(0x0000000004000000)
#define IUM_HEAP_BASE        UINT64_C(0x0000012000000000)
#define IUM_STACK_TOP        UINT64_C(0x0000014010000000)
#define IUM_RANDOM_PAGES     (UINT32_C(1) << 24)
#define IUM_STACK_GAP_PAGES  UINT32_C(16) /* at least so many unmapped pages are below each stack */
#define IUM_MAX_THREADS      UINT32_C(16)
#define IUM_THREAD_PAGES     UINT32_C(2) /* what page_quota counts for a thread, beside its stack */
#define IUM_LOADER_TEXT      UINT64_C(0x0000016030000000)
#define IUM_LOADER_RODATA    UINT64_C(0x0000016030100000)
#define IUM_LOADER_STACK_TOP UINT64_C(0x0000016030300000)
#define IUM_CANARY_MASK      (~UINT64_C(0xFF)) /* of any canary: a string that overflows ends at the lowest byte */
#define IUM_MAX_HEAP_PAGES   4096u
#define IUM_MAX_STACK_PAGES  256u
#define IUM_MAX_LOG          256u
#define IUM_MAX_IMAGE_READ   16384u
#define IUM_MAX_PURPOSE      64u
#define IUM_KEY_SIZE         32u

/*
 * How many stacks of stack_pages a trustlet has: its first thread's and, if its manifest names CREATE_THREAD, one for
 * each further thread it may have. All are mapped when it starts, so no mapping changes any more once it runs.
 */
static inline uint32_t ium_stack_count(uint64_t syscalls, uint32_t max_sessions)
{
    if ((syscalls >> IUM_SYSCALL_CREATE_THREAD & 1) == 0) {
        return 1;
    }
    return max_sessions < IUM_MAX_THREADS ? max_sessions : IUM_MAX_THREADS;
}

#define IUM_CALL_DATA_SIZE (SECURE_CALL_DATA_SIZE - 8)

/*
 * On return of WAIT_CALL: session, event, command, size and data are the request. Before WAIT_CALL: status, size, data the reply.
 * A thread that takes large calls names a buffer of its own before each WAIT_CALL (CREATE_THREAD: before the first
 * call): request and reply of INVOKE_LARGE are there, not in data; the reply is in the one that the WAIT_CALL which brings it names.
 * Only a thread whose buffer is large enough gets such a call.
 */
enum ium_call_event { IUM_CALL_INVOKE = 0, IUM_CALL_OPEN = 1, IUM_CALL_CLOSE = 2, IUM_CALL_INVOKE_LARGE = 3 };

struct ium_call {
    uint64_t session;
    uint32_t event;   /* enum ium_call_event */
    uint32_t command;
    uint32_t status;  /* reply: the trustlet's own status */
    uint32_t size;    /* bytes of data[], or of the buffer */
    uint32_t capacity; /* request: largest reply the caller takes */
    uint32_t buffer_size; /* bytes that may be used at buffer; 0: none, no large calls */
    uint64_t buffer;  /* address; readable and writable, in one mapping, else it counts as none */
    uint8_t data[IUM_CALL_DATA_SIZE];
};

/* NORMAL_CALL: number, request_size and the request's data go in, status, reply_size and the reply's data come back. */
struct ium_normal_call {
    uint32_t number;         /* enum normal_call_number */
    uint32_t request_size;
    uint32_t reply_capacity; /* at most NORMAL_CALL_DATA_SIZE; a longer reply is refused to VTL0 */
    uint32_t status;         /* out: enum normal_status */
    uint32_t reply_size;     /* out */
    uint32_t reserved;
    uint8_t data[NORMAL_CALL_DATA_SIZE];
};

struct ium_identity {
    uint8_t identity[16];
    uint32_t security_version;
    uint32_t reserved;
};

/* What GET_FRESHNESS says of the record that the machine keeps for a trustlet's identity. */
enum ium_freshness_state {
    IUM_FRESHNESS_NONE = 0,        /* nothing is remembered: never set, reset, or the TPM was cleared */
    IUM_FRESHNESS_SET = 1,         /* digest and generation are what was set last */
    IUM_FRESHNESS_FOREIGN = 2,     /* there is a record that this root cannot use: of another version, owner or program */
    IUM_FRESHNESS_ROLLED_BACK = 3, /* the record is older than its counter, or ahead of it by more than one: somebody put it there */
};

#define IUM_FRESHNESS_DIGEST_SIZE 32u

struct ium_freshness {
    uint32_t state;      /* enum ium_freshness_state */
    uint32_t lasting;    /* 1: kept by a TPM; 0: for this boot only */
    uint64_t generation; /* 0 unless SET; grows by one with each SET_FRESHNESS */
    /*
     * Milliseconds of the TPM's Clock (TPM2_ReadClock), read once at boot, plus what GET_TIME counted since; without a TPM
     * only the latter. Never goes back.
     */
    uint64_t clock;
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE]; /* zero unless SET */
};
_Static_assert(sizeof(struct ium_freshness) == 56, "a trustlet has it from the secure kernel");

/* Where the root of the trustlets' keys comes from (docs/boot.md, "The key root"). */
enum ium_root {
    IUM_ROOT_RANDOM = 0, /* keys of this boot: what is sealed under them is lost with it */
    IUM_ROOT_TPM = 1,    /* the same keys again in each boot of this machine with the same PCRs */
};

/* What this machine was started with. The PCRs are those of MEASURED_PCR_* in the SHA-256 bank; zero with IUM_ROOT_RANDOM. */
struct ium_platform {
    uint32_t root; /* enum ium_root */
    uint32_t reserved;
    uint8_t pcr_code[32]; /* as the root depends on it: before MEASURED_CAP */
    uint8_t pcr_choices[32];
    uint8_t pcr_trustlets[32];
};
_Static_assert(sizeof(struct ium_platform) == 104, "GET_PLATFORM's output");
