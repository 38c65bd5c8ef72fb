/* Credentials come: ADD, GENERATE, IMPORT. */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>
#include <ium/trustlet.h>

#include "session.h"

/* A request of one of the three whose every field has been checked. Pointers lead into its bytes. */
struct new_request {
    struct credvault_new header;
    const uint8_t *label;
    const uint8_t *pin;
    const uint8_t *secret;
};

/*
 * Decodes and judges the request completely: CREDVAULT_SUCCESS and *request filled; BAD_REQUEST, WRONG_TYPE or
 * NOT_ALLOWED. reply_capacity: a caller that makes a key pair takes CREDVAULT_MAX_PUBLIC bytes of public key.
 */
enum credvault_status new_decode(uint32_t command, const uint8_t *input, uint32_t size, uint32_t reply_capacity,
                                 struct new_request *request);

/* The three commands. */
enum credvault_status new_serve(struct session *session, struct trustlet_call *call);
