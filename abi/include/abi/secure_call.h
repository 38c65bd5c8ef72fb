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

#define SECURE_CALL_VERSION     1u
#define SECURE_CALL_DATA_SIZE   4032u

#define SECURE_CALL(number, name, handler, min, max) SECURE_SERVICE_##name = (number),
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
    uint8_t reserved[32];     /* in: must be zero */
    uint8_t data[SECURE_CALL_DATA_SIZE];
};
_Static_assert(sizeof(struct secure_call_frame) == 4096, "one page");
_Static_assert(offsetof(struct secure_call_frame, data) == 64, "header is 64 bytes");

/* Every way a secure call can end. Negative outcomes change nothing in VTL1 unless said otherwise. */
enum secure_status {
    SECURE_STATUS_SUCCESS = 0,
    SECURE_STATUS_BAD_FRAME_ADDRESS = 1,  /* not page aligned, not RAM that VTL0 owns */
    SECURE_STATUS_BAD_VERSION = 2,
    SECURE_STATUS_UNKNOWN_SERVICE = 3,
    SECURE_STATUS_BAD_SIZE = 4,           /* input_size or output_capacity out of the service's range */
    SECURE_STATUS_RESERVED_NOT_ZERO = 5,
    SECURE_STATUS_NO_SUCH_TRUSTLET = 6,
    SECURE_STATUS_NO_SUCH_SESSION = 7,
    SECURE_STATUS_NO_RESOURCES = 8,
    SECURE_STATUS_TRUSTLET_FAULT = 9,     /* the trustlet ended by a fault; data: struct secure_fault_info */
    SECURE_STATUS_TRUSTLET_EXITED = 10,   /* the trustlet had ended before */
    SECURE_STATUS_OUTPUT_TOO_SMALL = 11,
    SECURE_STATUS_BUSY = 12,              /* the trustlet serves another call */
};

/* GET_INFO output. */
struct secure_info {
    uint32_t version;
    uint32_t trustlet_count;
    uint64_t region_base;     /* guest-physical; VTL0 has no right to any of it */
    uint64_t region_size;
    uint64_t intercept_count; /* secure intercepts answered so far, all processors */
    uint64_t calls;           /* secure calls answered so far */
};

/* OPEN_SESSION input: the trustlet's identity (UUID, 16 bytes). Output: uint64_t handle. */

/* INVOKE input: this header, then the command's own bytes. Output: struct secure_invoke_reply, then the reply's own bytes. */
struct secure_invoke {
    uint32_t command;
    uint32_t reserved; /* must be zero */
};

struct secure_invoke_reply {
    uint32_t trustlet_status; /* the trustlet's own status, e.g. enum credvault_status */
    uint32_t reserved;
};

struct secure_fault_info {
    uint32_t vector;     /* exception vector, or 0xFFFFFFFF for a call of ium_exit */
    uint32_t exit_code;
    uint64_t rip_offset; /* relative to the trustlet's image base; no other register leaves VTL1 */
};
