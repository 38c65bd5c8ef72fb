#include "confirm.h"

#include <abi/ium.h>
#include <crypto/equal.h>
#include <ium/log.h>
#include <ium/text.h>
#include <psa/crypto.h>
#include <vault_mutant.h>

#include "clock.h"
#include "ledger.h"

#define CODES      UINT32_C(1000000)
#define SHOWN_HASH 16u /* bytes of the request's digest on the console: VTL0 chooses requests, so it may look for two that look alike */

struct name {
    uint32_t command;
    const char *text;
};

static const struct name names[] = {
    { CREDVAULT_IMPORT, "import of a key by" },
    { CREDVAULT_NTLMV2, "NTLMv2 answer by" },
    { CREDVAULT_KERBEROS_PREAUTH, "Kerberos pre-authentication by" },
    { CREDVAULT_KERBEROS_AS_REP, "Kerberos AS reply for" },
    { CREDVAULT_HMAC_SHA256, "HMAC by" },
    { CREDVAULT_HOTP, "one-time password of" },
    { CREDVAULT_TOTP, "one-time password of" },
    { CREDVAULT_SIGN, "signature by" },
    { CREDVAULT_AGREE, "key agreement by" },
    { CREDVAULT_WRAP, "export of a key by" },
};

static const char *name_of(uint32_t command)
{
    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].command == command) {
            return names[i].text;
        }
    }
    return "use of";
}

uint32_t confirm_wait(uint32_t codes)
{
    uint32_t doublings = codes > CONFIRM_FREE ? codes - CONFIRM_FREE : 0;

    if (codes < CONFIRM_FREE) {
        return 0;
    }
    return doublings < 12 && (UINT32_C(1) << doublings) < CONFIRM_MOST_SECONDS ? UINT32_C(1) << doublings : CONFIRM_MOST_SECONDS;
}

static bool digest_request(const struct trustlet_call *call, uint8_t digest[DIGEST_SIZE])
{
    const struct mac_part parts[] = {
        { &call->command, sizeof(call->command) },
        { call->input, call->input_size },
    };

    return digest_of(parts, sizeof(parts) / sizeof(parts[0]), digest);
}

/* A number below CODES, each as likely: what is above their largest multiple is drawn again. */
static bool draw(uint32_t *code)
{
    uint32_t word;

    do {
        if (psa_generate_random((uint8_t *)&word, sizeof(word)) != PSA_SUCCESS) {
            return false;
        }
    } while (word >= UINT32_MAX / CODES * CODES);
    *code = word % CODES;
    return true;
}

/* A label is what somebody wrote: it must not look like the vault's own words. */
static void clean_label(const struct record *record, char text[CREDVAULT_MAX_LABEL + 1])
{
    for (uint32_t i = 0; i < record->label_size; i++) {
        uint8_t c = record->label[i];

        text[i] = (c >= ' ' && c <= '~' && c != '"') || mutant_is(MUTANT_LABELS_RAW) ? (char)c : '?';
    }
    text[record->label_size] = '\0';
}

static void show(uint32_t code, const struct trustlet_call *call, const uint8_t digest[DIGEST_SIZE],
                 const struct record *const *records, uint32_t count)
{
    char line[IUM_MAX_LOG + 1], label[CREDVAULT_MAX_LABEL + 1];
    size_t at = format(line, sizeof(line), "confirm %06u: request ", code);

    for (uint32_t i = 0; i < SHOWN_HASH; i++) {
        at += format(line + at, sizeof(line) - at, "%02x", digest[i]);
    }
    at += format(line + at, sizeof(line) - at, ", %s", name_of(call->command));
    for (uint32_t i = 0; i < count; i++) {
        clean_label(records[i], label);
        at += format(line + at, sizeof(line) - at, "%s credential %u \"%s\"", i > 0 ? "," : "", records[i]->credential, label);
    }
    ium_print(line);
    secure_zero(line, sizeof(line));
}

/* Counted before anybody sees it. */
static enum credvault_status count_code(const struct trustlet_call *call, uint32_t credential)
{
    const struct state *state = ledger_state();
    struct state *draft;
    enum credvault_status status;

    if (clock_counted() - state->code_time < confirm_wait(state->codes) * CLOCK_SECOND && !mutant_is(MUTANT_CODES_UNLIMITED)) {
        return CREDVAULT_TOO_OFTEN;
    }
    status = ledger_begin(&draft);
    if (status == CREDVAULT_SUCCESS) {
        draft->codes += draft->codes < UINT32_MAX;
        draft->code_time = clock_counted();
        status = ledger_note(call->session, call->command, credential, CREDVAULT_CONFIRM_REQUIRED);
    }
    return status == CREDVAULT_SUCCESS ? ledger_commit() : status;
}

static enum credvault_status ask(struct session *session, const struct trustlet_call *call, const uint8_t digest[DIGEST_SIZE],
                                 const struct record *const *records, uint32_t count)
{
    struct confirmation *confirmation = &session->confirmation;
    enum credvault_status status = count_code(call, records[0]->credential);

    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    secure_zero(confirmation, sizeof(*confirmation));
    if (!draw(&confirmation->code)) {
        return CREDVAULT_INTERNAL;
    }
    memcpy(confirmation->request, digest, DIGEST_SIZE);
    confirmation->waiting = true;
    show(confirmation->code, call, digest, records, count);
    return CREDVAULT_CONFIRM_REQUIRED;
}

enum credvault_status confirm_check(struct session *session, const struct trustlet_call *call, const struct record *const *records,
                                    uint32_t count)
{
    uint8_t digest[DIGEST_SIZE];

    if (!digest_request(call, digest)) {
        return CREDVAULT_INTERNAL;
    }
    if (session->confirmation.confirmed && (memcmp(session->confirmation.request, digest, sizeof(digest)) == 0 ||
                                            mutant_is(MUTANT_CONFIRM_ANY_REQUEST))) {
        return CREDVAULT_SUCCESS;
    }
    return ask(session, call, digest, records, count);
}

void confirm_settle(struct state *draft)
{
    draft->codes = 0;
}

void confirm_used(struct session *session)
{
    secure_zero(&session->confirmation, sizeof(session->confirmation));
}

enum credvault_status confirm_serve(struct session *session, struct trustlet_call *call)
{
    struct confirmation *confirmation = &session->confirmation;

    if (!confirmation->waiting) {
        return CREDVAULT_CONFIRM_WRONG;
    }
    if (crypto_equal(&confirmation->code, call->input, sizeof(confirmation->code)) || mutant_is(MUTANT_CONFIRM_ANY_CODE)) {
        confirmation->waiting = false;
        confirmation->confirmed = true;
        return CREDVAULT_SUCCESS;
    }
    confirmation->wrong += !mutant_is(MUTANT_CONFIRM_UNLIMITED);
    if (confirmation->wrong >= CONFIRM_TRIES) {
        secure_zero(confirmation, sizeof(*confirmation));
    }
    return CREDVAULT_CONFIRM_WRONG;
}
