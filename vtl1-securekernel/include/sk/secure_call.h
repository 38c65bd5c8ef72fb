/* Secure calls: VTL0's requests, from the frame's address to the status. */
#pragma once

#include <stdint.h>

#include <abi/boot_block.h>
#include <abi/secure_call.h>

#include <sk/call_decode.h>

/* Remembers which memory frames may be in, and what GET_INFO says. Boot, first processor; block must stay. */
void secure_call_init(const struct vtl1_boot_block *block);

/* One secure call, from the frame's guest-physical address as VTL0 gave it. Any processor, without kernel_lock. */
enum secure_status secure_call(uint64_t frame_address);

/* This processor's own copy of a frame, and the answer to it: a call may give up kernel_lock on its way. */
struct call_buffers {
    struct secure_call_frame *frame, *answer;
    uint8_t *bounce; /* a page for what goes from VTL0 to a trustlet and back; zero while kernel_lock is not held */
};
const struct call_buffers *secure_call_buffers(void);

/* What a service puts into the frame's data. */
struct secure_reply {
    uint8_t *data;     /* SECURE_CALL_DATA_SIZE bytes of VTL1 memory */
    uint32_t capacity; /* how many of them VTL0 takes */
    uint32_t size;     /* how many the service wrote */
    uint64_t call;     /* with YIELDED: the call's handle */
};

/* Answers with size bytes. SUCCESS, or OUTPUT_TOO_SMALL and nothing done. */
enum secure_status secure_reply_put(struct secure_reply *reply, const void *from, uint32_t size);

/* The services of abi/secure_calls.def. Under kernel_lock. */
#define SECURE_CALL(number, name, handler, in_session, min, max) \
    enum secure_status secure_##handler(const struct secure_request *request, struct secure_reply *reply);
#include <abi/secure_calls.def>
#undef SECURE_CALL

/* GET_INFO's numbers about calls, for the service that reports them. */
uint64_t secure_call_count(void);
const struct vtl1_boot_block *secure_call_block(void);
