/*
 * The host's store of blobs, asked for over COM1 (load option store=com1): a line "@openvsm blob-read|blob-write|blob-delete
 * identity=HEX name=HEX [data=HEX]" and one line of answer. Only the boot processor reads the console: for another one the
 * answer is REFUSED, and nothing was asked.
 */
#pragma once

#include <stddef.h>

#include <vtl0/blob_store.h>

/* bytes: room for BLOB_MAX_SIZE. *size is set, to 0 unless SUCCESS. */
enum normal_status blob_com1_read(const struct blob_key *key, uint8_t *bytes, uint32_t *size);

/* SUCCESS: it is on the host's disk. */
enum normal_status blob_com1_write(const struct blob_key *key, const uint8_t *bytes, uint32_t size);

/* SUCCESS: it is not there any more, or was not. */
enum normal_status blob_com1_delete(const struct blob_key *key);

/*
 * The answer to a read: "OVSM-BLOB " and digits, "OVSM-BLOB none", "OVSM-REFUSED". Anything else, a longer blob too, counts
 * as REFUSED. Plain text only; runs on a host too.
 */
enum normal_status blob_line_decode(const char *line, uint8_t *bytes, uint32_t *size);
