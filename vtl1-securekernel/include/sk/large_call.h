/* INVOKE_LARGE: a command and its reply in pages of VTL0's. Under kernel_lock. */
#pragma once

#include <abi/secure_call.h>

#include <sk/call_decode.h>
#include <sk/gpa.h>
#include <sk/secure_call.h>
#include <sk/thread.h>

struct large_call {
    struct secure_invoke_large header;
    gpa_t input[SECURE_LARGE_PAGES], output[SECURE_LARGE_PAGES]; /* as many as the header's sizes need */
};

/* Pages that size bytes need. */
uint32_t large_call_pages(uint32_t size);

/*
 * Decodes an INVOKE_LARGE's input. Pure; whose the pages are is not asked. On SUCCESS *out is filled, its
 * sizes at most SECURE_LARGE_MAX. BAD_SIZE, RESERVED_NOT_ZERO; BAD_MEMORY: the ranges have not just the pages the sizes need.
 */
enum secure_status large_call_decode(const struct secure_request *request, struct large_call *out);

/* The trustlet's reply, from its buffer to VTL0's pages and the frame. BAD_MEMORY: a page is not VTL0's any more or cannot be written. */
enum secure_status large_call_reply(const struct thread *thread, struct secure_reply *reply);
