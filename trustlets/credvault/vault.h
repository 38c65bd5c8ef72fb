/* What the vault does with a checked request. crypto_start comes first. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <crypto/sealed_blob.h>

#include "request.h"

/* Takes the key all blobs are sealed under, and who seals. The caller wipes its copy of the key. False: the library failed. */
bool vault_init(const uint8_t key[SEALED_BLOB_KEY_SIZE], const uint8_t identity[16], uint32_t security_version);

/*
 * Serves one decoded request of a session. reply has the room vault_decode
 * asked for; *reply_size is set, 0 unless CREDVAULT_SUCCESS. Nothing secret is
 * left in this function's own memory.
 */
enum credvault_status vault_serve(uint64_t session, const struct vault_request *request, uint8_t *reply,
                                  uint32_t *reply_size);
