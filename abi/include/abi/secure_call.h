/*
 * The marshalled channel from VTL0 to VTL1.
 *
 * VTL0 fills one page-aligned, 4 KiB frame in its own memory, loads
 *     RDX = guest-physical address of the frame, RCX = 0 (VTL call control),
 * and calls the VTL call entry of its hypercall page with interrupts enabled.
 * VTL1 copies the frame once, checks and decodes the copy completely, acts,
 * and writes status, output size and output data back into the frame. On
 * return RAX holds the secure status too (also when the frame itself could
 * not be used), RCX is zero, and every other general register is as VTL0
 * left it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/measured_boot.h>

#define SECURE_CALL_VERSION     1u
#define SECURE_CALL_DATA_SIZE   4032u

#define SECURE_CALL(number, name, handler, in_session, min, max) SECURE_SERVICE_##name = (number),
enum secure_service {
#include <abi/secure_calls.def>
};
#undef SECURE_CALL

struct secure_call_frame {
    uint32_t version;         /* in: SECURE_CALL_VERSION */
    uint32_t service;         /* in: enum secure_service */
    uint64_t session;         /* in: handle of OPEN_SESSION, else zero */
    uint32_t input_size;      /* in: bytes of data[] that are input */
    uint32_t output_capacity; /* in: bytes of data[] VTL1 may write */
    uint32_t status;          /* out: enum secure_status */
    uint32_t output_size;     /* out: bytes of data[] VTL1 wrote */
    uint64_t call;            /* in: zero; out: with YIELDED and NORMAL_CALL, what RESUME_CALL continues, else zero */
    uint8_t reserved[24];     /* in: must be zero */
    uint8_t data[SECURE_CALL_DATA_SIZE];
};
_Static_assert(sizeof(struct secure_call_frame) == 4096, "one page");
_Static_assert(offsetof(struct secure_call_frame, data) == 64, "header is 64 bytes");
_Static_assert(offsetof(struct secure_call_frame, call) == 32, "what VTL1 writes of the header is in one piece");

#define SECURE_STATUS(number, name, text) SECURE_STATUS_##name = (number),
enum secure_status {
#include <abi/secure_statuses.def>
};
#undef SECURE_STATUS

/* GET_INFO output. */
struct secure_info {
    uint32_t version;
    uint32_t trustlet_count;
    uint64_t region_base;     /* guest-physical; VTL0 has no right to any of it */
    uint64_t region_size;
    uint64_t intercept_count; /* secure intercepts answered so far, all processors */
    uint64_t calls;           /* secure calls answered so far */
    uint64_t donated_pages;   /* of DONATE_MEMORY that VTL1 still has */
    uint64_t reclaimable_pages; /* of these, free now: what RECLAIM_MEMORY could give back */
    uint64_t free_pages;      /* what new trustlets can have, the reclaimable ones included */
    uint64_t system_threads;  /* of the secure system process */
    uint64_t handles;         /* it holds for VTL0 now: sessions, and calls under way or stopped */
    uint64_t start_call;      /* handle of the START_TRUSTLET whose file is being copied or checked, for whoever lost it; 0: none */
    uint8_t owner_key_hash[32]; /* whose images VTL1 runs (abi/owner.h) */
    struct measured_boot measured;
};
_Static_assert(offsetof(struct secure_info, owner_key_hash) == 88 && sizeof(struct secure_info) == 200, "GET_INFO's output");

#define SECURE_PROTECTION(bit, name, text) SECURE_PROTECTION_##name = 1u << (bit),
enum secure_protection {
#include <abi/secure_protections.def>
};
#undef SECURE_PROTECTION

/* GET_PROTECTIONS output: of the calling processor's VTL1, read from its registers during the call. */
struct secure_protections {
    uint32_t available;      /* set of enum secure_protection: the processor and the hypervisor have it */
    uint32_t enabled;        /* of these, in force */
    uint32_t default_rights; /* HV_MAP_GPA_*: what VTL0 has of a page until VTL1 takes it (DefaultVtlProtectionMask) */
    uint32_t reserved;       /* zero */
};
_Static_assert(sizeof(struct secure_protections) == 16, "GET_PROTECTIONS' output");

/*
 * OPEN_SESSION input: the trustlet's identity (UUID, 16 bytes); then, if given,
 * uint64_t instance (0: any instance of that identity). Output: uint64_t handle.
 */

/* INVOKE input: this header, then the command's own bytes. Output: struct secure_invoke_reply, then the reply's own bytes. */
struct secure_invoke {
    uint32_t command;
    uint32_t reserved; /* must be zero */
};

struct secure_invoke_reply {
    uint32_t trustlet_status; /* the trustlet's own status, e.g. enum credvault_status */
    uint32_t reserved;
};

/* Whole pages of VTL0's RAM, one behind the other. */
struct secure_range {
    uint64_t gpa;   /* page aligned */
    uint64_t pages; /* not zero */
};

/*
 * INVOKE_LARGE: a command whose bytes do not fit a frame. Input: this header,
 * then input_ranges and output_ranges struct secure_range each: the pages of
 * the command's bytes and those the reply's go to, in order, just as many as input_size
 * and output_capacity need; the last one need not be full. VTL1 copies the input once, before the
 * trustlet runs, and the reply when it is done; the pages stay VTL0's. Output: struct secure_invoke_large_reply.
 */
#define SECURE_LARGE_MAX       65536u /* bytes, each way */
#define SECURE_LARGE_PAGES     (SECURE_LARGE_MAX / 4096u)
#define SECURE_LARGE_MAX_INPUT (sizeof(struct secure_invoke_large) + 2 * SECURE_LARGE_PAGES * sizeof(struct secure_range))

struct secure_invoke_large {
    uint32_t command;
    uint32_t reserved;        /* must be zero */
    uint32_t input_size;      /* bytes, at most SECURE_LARGE_MAX */
    uint32_t output_capacity; /* bytes, at most SECURE_LARGE_MAX */
    uint32_t input_ranges;
    uint32_t output_ranges;
};

struct secure_invoke_large_reply {
    uint32_t trustlet_status; /* the trustlet's own status */
    uint32_t output_size;     /* bytes of the output pages that VTL1 wrote */
};

/* How a trustlet ended. Offsets are from its image's base, so that addr2line makes lines of them; no other register leaves VTL1. */
#define SECURE_FAULT_FRAMES  7u
#define SECURE_FAULT_NOWHERE UINT64_MAX /* rip_offset: not in its image's code, so where is not told */

struct secure_fault_info {
    uint32_t vector;      /* exception vector; 0xFFFFFFFF: system call EXIT; 0xFFFFFFFE: END_TRUSTLET; 0xFFFFFFFD: call_time */
    uint32_t exit_code;
    uint64_t rip_offset;
    uint32_t frame_count; /* of frames[], the innermost caller first */
    uint32_t frames[SECURE_FAULT_FRAMES]; /* return addresses into its code; none while it was loaded */
};
_Static_assert(sizeof(struct secure_fault_info) == 48, "output of TRUSTLET_FAULT");

/*
 * DONATE_MEMORY input: struct secure_range[], disjoint, together at most
 * SECURE_DONATION_MAX pages. All become VTL1's, or none. VTL0 has no right to
 * them from then on, and their content is gone. No output.
 *
 * RECLAIM_MEMORY input: uint64_t pages, how many are wanted back. Output:
 * struct secure_range[], zeroed pages that VTL0 has every right to again: as
 * many as were asked for, are free, and fit the output; perhaps none.
 */
#define SECURE_DONATION_MAX 256u

/*
 * START_TRUSTLET input: this header, then struct secure_range[]: where the
 * signed file (abi/image.h) is, its pages in order; the last one need not be
 * full. VTL1 copies it; the pages stay VTL0's. Output: uint64_t instance, or
 * struct secure_refusal with IMAGE_REFUSED, or struct secure_fault_info with
 * TRUSTLET_FAULT.
 */
struct secure_start {
    uint64_t image_size; /* bytes; the ranges have just the pages it needs */
};

enum secure_refusal_reason {
    SECURE_REFUSAL_SIZE = 1,      /* not that of a signed image */
    SECURE_REFUSAL_SIGNATURE = 2, /* changed since it was signed, or no signature at all */
    SECURE_REFUSAL_HEADER = 3,    /* signed, but a field is outside abi/image.h */
    SECURE_REFUSAL_KIND = 4,      /* signed for another purpose */
    SECURE_REFUSAL_LIMITS = 5,    /* stack or heap out of range, or page_quota too small for them and the image */
    SECURE_REFUSAL_ELF = 6,       /* the IUM loader refused the file; detail: its exit code */
    SECURE_REFUSAL_KEY = 7,       /* signed by another key than the machine owner's */
    SECURE_REFUSAL_FLOOR = 8,     /* the owner accepts later versions of it only */
    SECURE_REFUSAL_INSTANCES = 9, /* as many live instances as its manifest allows */
};

struct secure_refusal {
    uint32_t reason; /* enum secure_refusal_reason */
    uint32_t detail;
};

/*
 * END_TRUSTLET input: uint64_t instance, of a trustlet that START_TRUSTLET
 * started, ended by itself or not. Its sessions are closed, its memory is
 * wiped and free. No output.
 *
 * LIST_TRUSTLETS input: uint64_t instance; output: struct secure_trustlet[] of
 * the trustlets with higher instance numbers, ascending, as many as fit.
 */
enum secure_trustlet_state { SECURE_TRUSTLET_RUNNING = 1, SECURE_TRUSTLET_ENDED = 2 };
enum secure_trustlet_origin { SECURE_TRUSTLET_OF_OWNER = 1, SECURE_TRUSTLET_OF_VTL0 = 2 };

struct secure_trustlet {
    uint64_t instance;       /* never used twice in a boot */
    uint8_t identity[16];
    char name[32];           /* NUL padded */
    uint8_t measurement[32]; /* SHA-256 of signed header and payload */
    uint32_t security_version;
    uint32_t flags;          /* the header's */
    uint32_t state;          /* enum secure_trustlet_state */
    uint32_t sessions;       /* open now */
    uint32_t origin;         /* enum secure_trustlet_origin: configured with the boot image, or of START_TRUSTLET */
    uint32_t reserved;       /* zero */
    uint64_t pages;          /* of memory it has, page tables not counted */
    struct secure_fault_info fault; /* when ENDED; else zero */
};
_Static_assert(sizeof(struct secure_trustlet) == 168, "LIST_TRUSTLETS' output");

/*
 * A call that runs in a trustlet ends with YIELDED when VTL0 has an interrupt
 * waiting, so that VTL0 takes it, and with NORMAL_CALL when the trustlet asks for a service of
 * VTL0's (abi/normal_call.h). RESUME_CALL input: uint64_t, the frame's field
 * call; after NORMAL_CALL then the reply. The call goes on where it was, on whichever
 * processor asks, and ends as it would have ended, output and all, or stops
 * again, with another handle. Of a call of START_TRUSTLET, OPEN_SESSION, INVOKE,
 * INVOKE_LARGE or CLOSE_SESSION.
 *
 * CANCEL_CALL input: the handle. The trustlet is told when it asks (system
 * call IS_CANCELLED); VTL0 still resumes the call to its end. A START_TRUSTLET whose
 * file is still being copied or checked ends at once, its handle is no more; BUSY: a processor is in it. No output.
 */
