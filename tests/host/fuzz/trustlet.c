/*
 * Commands by chance to a whole trustlet: its own sources, iumbase and PSA, in
 * the harness of ium/host. The input is a row of struct record, each with its
 * bytes behind it; REPLAY sends the last reply instead, with one bit changed
 * or none. VTL0 keeps what the trustlet has it keep, and SPOIL changes it, so
 * that sealed blobs get in too, whole and damaged.
 */
#include <stdlib.h>
#include <string.h>

#include <ium/host.h>
#include <ium/trustlet.h>

#include "../vault/vault.h"

#define REPLAY   0x80u /* in record.command: data[0..2] says which byte, and with what */
#define REOPEN   0x7Fu
#define RESTART  0x7Eu
#define SPOIL    0x7Du /* data[0..3] says which blob, which byte, and with what */
#define SESSIONS 2u

struct record {
    uint8_t command;
    uint8_t session;
    uint16_t size;     /* bytes behind it */
    uint16_t capacity;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sessions[SESSIONS];
static uint8_t last[TRUSTLET_MAX_REPLY], out[TRUSTLET_MAX_REPLY];
static uint32_t last_size;

/* Nothing that VTL0 sends may end a trustlet. */
static void call(uint64_t session, uint32_t command, const uint8_t *in, uint32_t in_size, uint32_t capacity)
{
    struct trustlet_answer answer = trustlet_call(session, command, in, in_size, out, capacity);

    if (answer.outcome != TRUSTLET_ANSWERED) {
        abort();
    }
    if (answer.size != 0) {
        memcpy(last, out, answer.size);
        last_size = answer.size;
    }
}

static void replay(uint64_t session, const struct record *record, const uint8_t *data)
{
    uint32_t at = record->size >= 3 && last_size != 0 ? (data[0] | (uint32_t)data[1] << 8) % last_size : 0;
    uint8_t change = record->size >= 3 ? data[2] : 0;

    last[at] ^= change;
    call(session, record->command & ~REPLAY, last, last_size, record->capacity % (TRUSTLET_MAX_REPLY + 1));
    last[at] ^= change;
}

static void spoil(const struct record *record, const uint8_t *data)
{
    struct store_blob *blob = record->size >= 4 ? &vtl0.blobs[data[0] % STORE_BLOBS] : NULL;

    if (blob != NULL && blob->size != 0) {
        blob->data[(data[1] | (uint32_t)data[2] << 8) % blob->size] ^= data[3];
    }
}

static void start(void)
{
    if (!trustlet_start()) {
        abort();
    }
    for (uint32_t i = 0; i < SESSIONS; i++) {
        sessions[i] = trustlet_open();
    }
}

static void serve(const struct record *record, const uint8_t *data)
{
    uint64_t *session = &sessions[record->session % SESSIONS];

    if (record->command == REOPEN) {
        trustlet_close(*session);
        *session = trustlet_open();
    } else if (record->command == RESTART) {
        trustlet_stop();
        start();
    } else if (record->command == SPOIL) {
        spoil(record, data);
    } else if ((record->command & REPLAY) != 0) {
        replay(*session, record, data);
    } else {
        call(*session, record->command, data, record->size, record->capacity % (TRUSTLET_MAX_REPLY + 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ium_freshness nothing = { .state = IUM_FRESHNESS_NONE, .lasting = 1 };
    struct record record;

    last_size = 0;
    memset(&vtl0, 0, sizeof(vtl0));
    trustlet_fresh(&nothing);
    trustlet_vtl0(vtl0_answer);
    start();
    while (size >= sizeof(record)) {
        memcpy(&record, data, sizeof(record));
        data += sizeof(record);
        size -= sizeof(record);
        record.size = record.size < size ? record.size : (uint16_t)size;
        record.size = record.size < TRUSTLET_MAX_INPUT ? record.size : TRUSTLET_MAX_INPUT;
        serve(&record, data);
        data += record.size;
        size -= record.size;
    }
    trustlet_stop();
    return 0;
}
