/*
 * Below the table of trustlet.h: the events of secure calls as they come. For
 * programs that must not have iumbase decide anything; everybody else defines
 * this_trustlet instead. A program that defines `trustlet` gets neither the
 * heap of heap.h nor sessions nor checked sizes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/ium.h>

/* Where a command's answer goes. */
struct trustlet_reply {
    uint8_t *data;     /* capacity bytes; never overlaps the request */
    uint32_t capacity; /* what the caller takes */
    uint32_t size;     /* to be set: bytes written, at most capacity */
};

struct trustlet_operations {
    /* Once, before any call. heap: all of it is the trustlet's. False ends the process. */
    bool (*start)(void *heap, size_t heap_size);

    /* A new session, never 0 and never used before. Not zero refuses it. */
    uint32_t (*open)(uint64_t session);

    /* The session is gone: everything kept for it is to be wiped. */
    void (*close)(uint64_t session);

    /*
     * One command of an open session. input is hostile, but does not change
     * any more. Returns the trustlet's own status; both buffers are wiped
     * once the answer is out.
     */
    uint32_t (*invoke)(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply);
};

extern const struct trustlet_operations trustlet;

/*
 * From now on large calls are taken, of at most size bytes each way: they come in wire, and a command sees its input in
 * request; size bytes each, zeroed. Without it none come. Before the first call, in start().
 */
void ium_serve_large(void *wire, void *request, uint32_t size);

/* Names the buffer for large calls in *call. Before its first WAIT_CALL; it stays named. */
void ium_serve_prepare(struct ium_call *call);

/* Serves the event in *call and leaves the reply there. Part of iumbase's loop; the host harness calls it by itself. */
void ium_serve(struct ium_call *call);

/* iumbase's own entry, called by its start code. */
_Noreturn void ium_main(void *heap, size_t heap_size);
