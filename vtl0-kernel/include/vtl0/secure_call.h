/* Secure calls (abi/secure_call.h) from whatever processor runs this, through that processor's own frame. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/secure_call.h>

/* The frame said one thing and RAX another, or the output size is impossible: VTL1 broke its own contract. */
#define SECURE_STATUS_DISAGREES 0xFFFFFFFFu

struct secure_request {
    enum secure_service service;
    uint64_t session;
    const void *input;
    size_t input_size;      /* at most SECURE_CALL_DATA_SIZE */
    void *output;
    size_t output_capacity; /* at most SECURE_CALL_DATA_SIZE */
    size_t output_size;     /* out */
    bool stop_on_the_way;   /* YIELDED and NORMAL_CALL come back to the caller; else the call is resumed, and normal calls served */
    uint64_t call;          /* out: with these two, what to resume */
    uint32_t yields;        /* out: how often the call gave way to an interrupt */
};

/* Returns enum secure_status or SECURE_STATUS_DISAGREES. The frame is wiped afterwards. */
uint32_t secure_call(struct secure_request *request);

/* Service GET_INFO. */
bool secure_get_info(struct secure_info *info);

/* Service GET_PROTECTIONS, of this processor's VTL1. */
bool secure_get_protections(struct secure_protections *protections);

const char *secure_status_text(uint32_t status);
