#include "tpm_root.h"

#include <lib/string.h>

#include <stddef.h>

#define ANSWER_ROOM 512u /* the longest is TPM2_CreatePrimary's: below 400 bytes with every digest as long as there are */

#define HEADER(tag, type, code) { BE16(tag), BE32(sizeof(type)), BE32(code) }
#define PCRS(mask) { BE32(1), BE16(TPM_ALG_SHA256), 3, { (mask) & 0xFF, (mask) >> 8 & 0xFF, (mask) >> 16 & 0xFF } }

#define KEY_ATTRIBUTES (TPM_FIXED_TPM | TPM_FIXED_PARENT | TPM_SENSITIVE_DATA_ORIGIN | TPM_ADMIN_WITH_POLICY | TPM_NO_DA | TPM_SIGN)

/* Its nonces protect nothing: there is no key that they would make fresh. The policy is what counts. */
static const struct tpm_start_auth_session start_auth_session = {
    .header = HEADER(TPM_ST_NO_SESSIONS, struct tpm_start_auth_session, TPM_CC_START_AUTH_SESSION),
    .key = BE32(TPM_RH_NULL),
    .bind = BE32(TPM_RH_NULL),
    .nonce = { .size = BE16(TPM_DIGEST_SIZE) },
    .type = TPM_SE_POLICY,
    .symmetric = BE16(TPM_ALG_NULL),
    .hash = BE16(TPM_ALG_SHA256),
};

static const struct tpm_policy_pcr policy_pcr = {
    .header = HEADER(TPM_ST_NO_SESSIONS, struct tpm_policy_pcr, TPM_CC_POLICY_PCR),
    .pcrs = PCRS(TPM_ROOT_POLICY_PCRS),
};

static const struct tpm_of_handle policy_get_digest = {
    .header = HEADER(TPM_ST_NO_SESSIONS, struct tpm_of_handle, TPM_CC_POLICY_GET_DIGEST),
};

/* Together with the owner seed this is the key: another template is another key. The policy's digest goes in. */
static const struct tpm_create_primary create_primary = {
    .header = HEADER(TPM_ST_SESSIONS, struct tpm_create_primary, TPM_CC_CREATE_PRIMARY),
    .hierarchy = BE32(TPM_RH_OWNER),
    .owner = { .size = BE32(sizeof(struct tpm_password) - sizeof(struct be32)), .session = BE32(TPM_RS_PW) },
    .sensitive_size = BE16(2 * sizeof(struct be16)),
    .public_area = {
        .size = BE16(sizeof(struct tpm_public) - sizeof(struct be16) + sizeof(TPM_ROOT_UNIQUE) - 1),
        .type = BE16(TPM_ALG_KEYEDHASH),
        .name_algorithm = BE16(TPM_ALG_SHA256),
        .attributes = BE32(KEY_ATTRIBUTES),
        .policy = { .size = BE16(TPM_DIGEST_SIZE) },
        .scheme = BE16(TPM_ALG_HMAC),
        .hash = BE16(TPM_ALG_SHA256),
        .unique_size = BE16(sizeof(TPM_ROOT_UNIQUE) - 1),
    },
};

static const struct tpm_hmac hmac = {
    .header = HEADER(TPM_ST_SESSIONS, struct tpm_hmac, TPM_CC_HMAC),
    .policy = { .size = BE32(sizeof(struct tpm_policy) - sizeof(struct be32)),
                .nonce = { .size = BE16(TPM_DIGEST_SIZE) },
                .attributes = TPM_SESSION_CONTINUE },
    .size = BE16(sizeof(TPM_ROOT_LABEL) - 1),
    .hash = BE16(TPM_ALG_SHA256),
};

static const struct tpm_pcr_read pcr_read = {
    .header = HEADER(TPM_ST_NO_SESSIONS, struct tpm_pcr_read, TPM_CC_PCR_READ),
    .pcrs = PCRS(TPM_ROOT_OWN_PCRS),
};

static const struct tpm_of_handle flush_context = {
    .header = HEADER(TPM_ST_NO_SESSIONS, struct tpm_of_handle, TPM_CC_FLUSH_CONTEXT),
};

/* One way through all commands. Handles are 0 as long as there is nothing to flush. */
struct run {
    const struct tpm_link *link;
    struct tpm_refusal *refusal;
    uint32_t session;
    uint32_t key;
    uint8_t policy[TPM_DIGEST_SIZE];
    uint8_t answer[ANSWER_ROOM];
};

static bool not_its_form(struct run *run, const char *name)
{
    *run->refusal = (struct tpm_refusal){ name, 0 };
    return false;
}

/* For a command whose answer has one size: a pointer to it. NULL: *run->refusal says why. */
static const void *ask(struct run *run, const char *name, const void *command, uint32_t size)
{
    uint32_t got = tpm_run(run->link, name, command, run->answer, sizeof(run->answer), run->refusal);

    if (got == size) {
        return run->answer;
    }
    if (got != 0) {
        not_its_form(run, name);
    }
    return NULL;
}

static bool is_digest(const struct tpm_digest *digest)
{
    return be16_get(digest->size) == TPM_DIGEST_SIZE;
}

static uint32_t handle_of(struct be32 handle, uint32_t type)
{
    uint32_t value = be32_get(handle);

    return (value & TPM_HANDLE_TYPE) == type ? value : 0;
}

static bool start_session(struct run *run)
{
    const char *name = "TPM2_StartAuthSession";
    const struct tpm_session_started *started = ask(run, name, &start_auth_session, sizeof(*started));

    if (started == NULL) {
        return false;
    }
    run->session = handle_of(started->session, TPM_HANDLE_POLICY);
    return (run->session != 0 && is_digest(&started->nonce)) || not_its_form(run, name);
}

/* The session stands for what the PCRs hold from here on; the TPM refuses it when one of them changes later. */
static bool bind_to_pcrs(struct run *run)
{
    struct tpm_policy_pcr command = policy_pcr;

    command.session = be32_of(run->session);
    return ask(run, "TPM2_PolicyPCR", &command, sizeof(struct tpm_header)) != NULL;
}

static bool get_policy(struct run *run)
{
    const char *name = "TPM2_PolicyGetDigest";
    struct tpm_of_handle command = policy_get_digest;
    const struct tpm_policy_digest *got;

    command.handle = be32_of(run->session);
    got = ask(run, name, &command, sizeof(*got));
    if (got == NULL) {
        return false;
    }
    memcpy(run->policy, got->digest.bytes, sizeof(run->policy));
    return is_digest(&got->digest) || not_its_form(run, name);
}

/* Steps over fixed bytes and then over a TPM2B, of at least least bytes. False: there is less in [*at, end). */
static bool skip(const uint8_t **at, const uint8_t *end, size_t fixed, size_t least)
{
    size_t left = (size_t)(end - *at), size;

    if (left < fixed + sizeof(struct be16)) {
        return false;
    }
    size = (size_t)(*at)[fixed] << 8 | (*at)[fixed + 1];
    if (size < least || size > left - fixed - sizeof(struct be16)) {
        return false;
    }
    *at += fixed + sizeof(struct be16) + size;
    return true;
}

/* Behind the public area: creation data, its digest, the ticket, the key's name; then the password session's part. */
static bool tail_ok(const uint8_t *at, const uint8_t *end, uint32_t parameters_size)
{
    const struct tpm_creation_ticket ticket = { BE16(TPM_ST_CREATION), BE32(TPM_RH_OWNER) };
    const struct tpm_password_answer answer = { .attributes = TPM_SESSION_CONTINUE };
    const uint8_t *parameters = at - sizeof(struct tpm_public) - TPM_DIGEST_SIZE;

    if (!skip(&at, end, 0, 1) || !skip(&at, end, 0, TPM_DIGEST_SIZE) || (size_t)(end - at) < sizeof(ticket) ||
        memcmp(at, &ticket, sizeof(ticket)) != 0) {
        return false;
    }
    return skip(&at, end, sizeof(ticket), 0) && skip(&at, end, 0, sizeof(struct be16) + TPM_DIGEST_SIZE) &&
           (size_t)(at - parameters) == parameters_size && (size_t)(end - at) == sizeof(answer) &&
           memcmp(at, &answer, sizeof(answer)) == 0;
}

/* The TPM answers with the template, but for unique, which is the key's own digest. */
static bool public_ok(const struct tpm_primary_created *created, const struct tpm_create_primary *command)
{
    struct tpm_public wanted = command->public_area;

    wanted.size = (struct be16)BE16(sizeof(wanted) - sizeof(wanted.size) + TPM_DIGEST_SIZE);
    wanted.unique_size = (struct be16)BE16(TPM_DIGEST_SIZE);
    return memcmp(&created->public_area, &wanted, sizeof(wanted)) == 0;
}

static bool create_key(struct run *run)
{
    const char *name = "TPM2_CreatePrimary";
    const struct tpm_primary_created *created = (const struct tpm_primary_created *)run->answer;
    struct tpm_create_primary command = create_primary;
    uint32_t size;

    memcpy(command.public_area.policy.bytes, run->policy, sizeof(run->policy));
    memcpy(command.unique, TPM_ROOT_UNIQUE, sizeof(command.unique));
    size = tpm_run(run->link, name, &command, run->answer, sizeof(run->answer), run->refusal);
    if (size == 0) {
        return false;
    }
    if (size < sizeof(*created)) {
        return not_its_form(run, name);
    }
    run->key = handle_of(created->key, TPM_HANDLE_TRANSIENT);
    return (run->key != 0 && public_ok(created, &command) &&
            tail_ok(run->answer + sizeof(*created), run->answer + size, be32_get(created->parameters_size))) ||
           not_its_form(run, name);
}

static bool take_secret(struct run *run, uint8_t secret[TPM_DIGEST_SIZE])
{
    const char *name = "TPM2_HMAC";
    struct tpm_hmac command = hmac;
    const struct tpm_hmac_done *done;

    command.key = be32_of(run->key);
    command.policy.session = be32_of(run->session);
    memcpy(command.label, TPM_ROOT_LABEL, sizeof(command.label));
    done = ask(run, name, &command, sizeof(*done));
    if (done == NULL) {
        return false;
    }
    memcpy(secret, done->result.bytes, TPM_DIGEST_SIZE);
    return (be32_get(done->parameters_size) == sizeof(done->result) && is_digest(&done->result) && is_digest(&done->nonce) &&
            done->attributes == TPM_SESSION_CONTINUE && be16_get(done->hmac_size) == 0) ||
           not_its_form(run, name);
}

/*
 * Right behind TPM2_HMAC on purpose. A TPM keeps its last answer where VTL0 may look later: the response buffer of a CRB TPM is
 * memory. This answer is longer than the one with the secret, so it takes its place; most other commands' would be too short.
 */
static bool read_pcrs(struct run *run, uint8_t values[TPM_ROOT_PCRS_READ][TPM_DIGEST_SIZE])
{
    _Static_assert(sizeof(struct tpm_pcrs_read) > sizeof(struct tpm_hmac_done), "covers the answer with the secret");
    const char *name = "TPM2_PCR_Read";
    const struct tpm_pcrs_read *got = ask(run, name, &pcr_read, sizeof(*got));
    bool good;

    if (got == NULL) {
        return false;
    }
    good = memcmp(&got->pcrs, &pcr_read.pcrs, sizeof(got->pcrs)) == 0 && be32_get(got->count) == TPM_ROOT_PCRS_READ;
    for (uint32_t i = 0; i < TPM_ROOT_PCRS_READ; i++) {
        memcpy(values[i], got->values[i].bytes, TPM_DIGEST_SIZE);
        good = good && is_digest(&got->values[i]);
    }
    return good || not_its_form(run, name);
}

/* It has failed, perhaps behind TPM2_HMAC: an answer with the secret does not stay. What counts is the refusal there is already. */
static void cover_secret(struct run *run)
{
    uint8_t values[TPM_ROOT_PCRS_READ][TPM_DIGEST_SIZE];
    struct tpm_refusal mine;

    run->refusal = &mine;
    read_pcrs(run, values);
}

/* refusal: NULL when another one counts already. */
static bool flush(struct run *run, uint32_t handle, struct tpm_refusal *refusal)
{
    struct tpm_of_handle command = flush_context;
    struct tpm_refusal mine;

    if (handle == 0) {
        return true;
    }
    command.handle = be32_of(handle);
    run->refusal = refusal != NULL ? refusal : &mine;
    return ask(run, "TPM2_FlushContext", &command, sizeof(struct tpm_header)) != NULL;
}

bool tpm_root_take(const struct tpm_link *link, struct vtl1_boot_root *root, struct tpm_refusal *refusal)
{
    struct run run = { .link = link, .refusal = refusal };
    bool taken = start_session(&run) && bind_to_pcrs(&run) && get_policy(&run) && create_key(&run) &&
                 take_secret(&run, root->secret) && read_pcrs(&run, root->pcrs);

    if (!taken && run.key != 0) {
        cover_secret(&run);
    }
    taken = flush(&run, run.key, taken ? refusal : NULL) && taken;
    taken = flush(&run, run.session, taken ? refusal : NULL) && taken;
    secure_zero(&run, sizeof(run));
    if (!taken) {
        secure_zero(root, sizeof(*root));
    }
    root->from_tpm = taken;
    return taken;
}
