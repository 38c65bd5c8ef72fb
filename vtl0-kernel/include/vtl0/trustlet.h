/*
 * VTL0's part in hosting trustlets: memory given and taken back, images handed
 * over, instances listed and ended (abi/secure_call.h). Each function makes
 * one secure call on the processor it runs on and returns its status.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/normal_call.h>
#include <abi/secure_call.h>

/* Gives the pages of count ranges to VTL1; nothing of VTL0's may need them any more. */
uint32_t trustlet_donate(const struct secure_range *ranges, size_t count);

/* Takes up to pages pages back. out: room for capacity ranges; *count is set. */
uint32_t trustlet_reclaim(uint64_t pages, struct secure_range *out, size_t capacity, size_t *count);

/* What a start came to, besides its status. */
struct trustlet_started {
    uint64_t instance;               /* SUCCESS */
    struct secure_refusal refusal;   /* IMAGE_REFUSED */
    struct secure_fault_info fault;  /* TRUSTLET_FAULT */
};

/* Starts the signed file of size bytes that is in count ranges. */
uint32_t trustlet_start(const struct secure_range *ranges, size_t count, uint64_t size, struct trustlet_started *started);

/* The same, but YIELDED or NORMAL_CALL comes back, with the call's handle in *call. */
uint32_t trustlet_start_once(const struct secure_range *ranges, size_t count, uint64_t size, struct trustlet_started *started,
                             uint64_t *call);

/* Goes on with a start that yielded, to its end. */
uint32_t trustlet_resume_start(uint64_t call, struct trustlet_started *started);

uint32_t trustlet_end(uint64_t instance);

/* Up to capacity (at most 31) trustlets with higher instance numbers than after. */
uint32_t trustlet_list(uint64_t after, struct secure_trustlet *out, size_t capacity, size_t *count);

/* A session with that instance (0: any) of an identity. */
uint32_t trustlet_open(const uint8_t identity[16], uint64_t instance, uint64_t *session);
uint32_t trustlet_close(uint64_t session);

/*
 * One command. data: size bytes in, *size bytes of reply out, at most
 * capacity. Returns the call's status; *status is the trustlet's own.
 */
uint32_t trustlet_invoke(uint64_t session, uint32_t command, void *data, size_t *size, size_t capacity, uint32_t *status);

/*
 * The same, but YIELDED or NORMAL_CALL comes back, with the call's handle in
 * *call, instead of being resumed or served. trustlet_resume goes on with a
 * call that yielded: to its end, which is then that of trustlet_invoke.
 */
uint32_t trustlet_invoke_once(uint64_t session, uint32_t command, const void *data, size_t size, uint64_t *call);
uint32_t trustlet_resume(uint64_t call, void *data, size_t *size, size_t capacity, uint32_t *status);
uint32_t trustlet_cancel(uint64_t call);

/* A command whose bytes and reply are in pages of their own. */
struct trustlet_large {
    uint64_t session;
    uint32_t command;
    const struct secure_range *in, *out; /* in_ranges and out_ranges of them, at most SECURE_LARGE_PAGES each */
    uint32_t in_ranges, out_ranges;
    uint32_t size, capacity;
    uint32_t reserved;                   /* 0 but for tests */
    uint32_t reply_size, status;         /* out, on SUCCESS: bytes written, the trustlet's own status */
};

/* Makes it to its end. _once: YIELDED or NORMAL_CALL comes back, with the handle in *call. */
uint32_t trustlet_invoke_large(struct trustlet_large *large);
uint32_t trustlet_invoke_large_once(struct trustlet_large *large, uint64_t *call);
uint32_t trustlet_resume_large(struct trustlet_large *large, uint64_t call);

/* Goes on with a call that stopped with NORMAL_CALL, by this reply (NULL: none at all) and size bytes behind it. */
uint32_t trustlet_answer(uint64_t call, const struct normal_reply *reply, const void *data, size_t size);

/* How often the last trustlet_start, trustlet_invoke or trustlet_resume of this processor gave way to an interrupt. */
uint32_t trustlet_yields(void);
