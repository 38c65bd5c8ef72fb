/*
 * PINs. A try is counted and committed before the PIN is looked at, so no power cut and no VTL0 makes one free; a right one
 * clears the count, and the session may use the credential once.
 */
#pragma once

#include <stdint.h>

#include <ium/trustlet.h>

#include "record.h"
#include "session.h"

#define PIN_ITERATIONS 4096u

/* May this be a PIN? CREDVAULT_MIN_PIN to CREDVAULT_MAX_PIN bytes of UTF-8. Pure. */
bool pin_is_text(const uint8_t *pin, uint32_t size);

/* record->pin_salt and pin_hash for a PIN. CREDVAULT_SUCCESS or CREDVAULT_INTERNAL. */
enum credvault_status pin_set(struct record *record, const uint8_t *pin, uint32_t size);

/* CREDVAULT_UNLOCK. */
enum credvault_status pin_serve(struct session *session, struct trustlet_call *call);
