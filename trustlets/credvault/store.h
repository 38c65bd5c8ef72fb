/*
 * Where blobs are between their uses: with VTL0, by name (ium/ask.h). It may lose them, change them, bring old ones; whoever
 * reads one here believes nothing of it before its digest or its seal is checked.
 *
 *   state-0, state-1              the state of an even, of an odd generation
 *   credential-NNNNNNNN-GGGGGGGG  a credential: its number, the generation it was sealed for
 *   audit-PPPPPPPP                a full page of the audit log, in the clear: its number
 *
 * Numbers are 8 hexadecimal digits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <crypto/sealed_blob.h>

/* CREDVAULT_SUCCESS: VTL0 says that it keeps it. Else CREDVAULT_STORAGE_FAILED. */
enum credvault_status store_write_state(uint32_t generation, const void *blob, size_t size);
enum credvault_status store_write_credential(uint32_t credential, uint32_t generation, const void *blob, size_t size);
enum credvault_status store_write_audit(uint32_t page, const struct credvault_audit_entry entries[CREDVAULT_AUDIT_PAGE]);

/* What VTL0 brings, *size bytes of it. CREDVAULT_STORAGE_FAILED: it brings nothing. */
enum credvault_status store_read_state(uint32_t generation, uint8_t blob[SEALED_BLOB_MAX], size_t *size);
enum credvault_status store_read_credential(uint32_t credential, uint32_t generation, uint8_t blob[SEALED_BLOB_MAX], size_t *size);

/* What is of no use any more. That VTL0 keeps it all the same hurts nobody. */
void store_delete_state(uint32_t generation);
void store_delete_credential(uint32_t credential, uint32_t generation);
