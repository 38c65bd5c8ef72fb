/* Credentials as blobs: struct record to bytes and back, sealed, in VTL0's keeping. */
#pragma once

#include "record.h"
#include "state.h"

/* Bytes of a record's form without label, public key and secret. */
#define RECORD_FORM_SIZE 88u
#define RECORD_FORM_MAX  (RECORD_FORM_SIZE + CREDVAULT_MAX_LABEL + CREDVAULT_MAX_PUBLIC + CREDVAULT_MAX_SECRET)

/* The record's form, RECORD_FORM_MAX bytes at most, in to. Returns its size. The policy is not in it: that is the row's. Pure. */
uint32_t record_encode(const struct record *record, uint8_t *to);

/*
 * The reverse, for the credential of that row, whose policy comes into the record. Only the vault can have sealed it; what it
 * must be is checked all the same. False, and *record zeroed: it is not that. Pure.
 */
bool record_decode(const struct row *row, const uint8_t *form, size_t size, struct record *record);

/* Seals a new record for the draft's generation, gives it to VTL0, and tells the row. CREDVAULT_SUCCESS, STORAGE_FAILED or INTERNAL. */
enum credvault_status record_store(const struct record *record, struct row *row);

/*
 * What VTL0 brings for the row's blob. CREDVAULT_SUCCESS; CREDVAULT_STORAGE_FAILED: it brings nothing;
 * CREDVAULT_BLOB_REFUSED: something else. *record is zeroed unless CREDVAULT_SUCCESS; then the caller wipes it.
 */
enum credvault_status record_load(const struct row *row, struct record *record);
