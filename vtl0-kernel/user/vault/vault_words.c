#include "vault_words.h"

#include <lib/string.h>

static const struct vault_words vault_statuses[] = {
    [CREDVAULT_SUCCESS] = { "success", "it is done" },
    [CREDVAULT_UNKNOWN_COMMAND] = { "unknown-command", "it has no such command" },
    [CREDVAULT_BAD_REQUEST] = { "bad-request", "the request is not formed as it must be" },
    [CREDVAULT_NO_SUCH_CREDENTIAL] = { "no-such-credential", "there is no credential of that number" },
    [CREDVAULT_NO_SUCH_KEY] = { "no-such-key", "this session has no session key of that number" },
    [CREDVAULT_WRONG_TYPE] = { "wrong-type", "a credential of this type cannot do that" },
    [CREDVAULT_NOT_ALLOWED] = { "not-allowed", "the credential's policy does not allow that" },
    [CREDVAULT_EXPIRED] = { "expired", "the credential has expired" },
    [CREDVAULT_USED_UP] = { "used-up", "the credential has been used as often as it may be" },
    [CREDVAULT_TOO_OFTEN] = { "too-often", "the credential has been used too often in a short time" },
    [CREDVAULT_PIN_REQUIRED] = { "pin-required", "each use of this credential needs its PIN first" },
    [CREDVAULT_PIN_WRONG] = { "pin-wrong", "the PIN is wrong, and there is one try less" },
    [CREDVAULT_PIN_LOCKED] = { "pin-locked", "this credential is locked" },
    [CREDVAULT_CONFIRM_REQUIRED] = { "confirm-required", "the code on VTL1's console has to be confirmed first" },
    [CREDVAULT_CONFIRM_WRONG] = { "confirm-wrong", "that is not the code, or nothing waits for one" },
    [CREDVAULT_WEAK] = { "weak", "it never does that: the method is weak" },
    [CREDVAULT_REFUSED] = { "refused", "what it was given is not good for this key" },
    [CREDVAULT_FULL] = { "full", "it has no room for another one" },
    [CREDVAULT_STORAGE_FAILED] = { "storage-failed", "VTL0 does not keep or bring what the vault needs kept" },
    [CREDVAULT_BLOB_REFUSED] = { "blob-refused", "what VTL0 brings is not what the vault had it keep" },
    [CREDVAULT_CLOSED] = { "closed", "its state could not be opened; info says why" },
    [CREDVAULT_FRESHNESS_FAILED] = { "freshness-failed", "the TPM failed, and nothing was answered" },
    [CREDVAULT_LOOSER] = { "looser", "a policy can only become tighter" },
    [CREDVAULT_INTERNAL] = { "internal", "it has an error of its own" },
};

static const struct vault_words secure_statuses[] = {
    [SECURE_STATUS_SUCCESS] = { "success", "it is done" },
    [SECURE_STATUS_BAD_FRAME_ADDRESS] = { "bad-frame-address", "the call's frame is not where one can be" },
    [SECURE_STATUS_BAD_VERSION] = { "bad-version", "the call is of another version" },
    [SECURE_STATUS_UNKNOWN_SERVICE] = { "unknown-service", "it has no such service" },
    [SECURE_STATUS_BAD_SIZE] = { "bad-size", "a size in the call is not right" },
    [SECURE_STATUS_RESERVED_NOT_ZERO] = { "reserved-not-zero", "a reserved field of the call is not zero" },
    [SECURE_STATUS_NO_SUCH_TRUSTLET] = { "no-such-trustlet", "no vault runs in VTL1" },
    [SECURE_STATUS_NO_SUCH_SESSION] = { "no-such-session", "the session with the vault is gone" },
    [SECURE_STATUS_NO_RESOURCES] = { "no-resources", "it has no room for this call" },
    [SECURE_STATUS_TRUSTLET_FAULT] = { "trustlet-fault", "the vault ended by a fault" },
    [SECURE_STATUS_TRUSTLET_EXITED] = { "trustlet-exited", "the vault has ended" },
    [SECURE_STATUS_OUTPUT_TOO_SMALL] = { "output-too-small", "the answer does not fit" },
    [SECURE_STATUS_BUSY] = { "busy", "the session is busy with another call" },
    [SECURE_STATUS_BAD_MEMORY] = { "bad-memory", "the call names memory that it may not" },
    [SECURE_STATUS_IMAGE_REFUSED] = { "image-refused", "the image is refused" },
    [SECURE_STATUS_NOT_ALLOWED] = { "not-allowed", "it does not allow that" },
    [SECURE_STATUS_YIELDED] = { "yielded", "the call stopped for an interrupt and was not resumed" },
    [SECURE_STATUS_NO_SUCH_CALL] = { "no-such-call", "there is no such call to resume" },
    [SECURE_STATUS_NORMAL_CALL] = { "normal-call", "the vault's question to VTL0 was not answered" },
    [SECURE_STATUS_BAD_REPLY] = { "bad-reply", "VTL0's answer to the vault's question was not one" },
};

static const struct vault_words vtl0_statuses[] = {
    [VAULT_LINE_BAD] = { "bad-line", "the line is no request" },
    [VAULT_UNREACHABLE] = { "unreachable", "this machine has no VTL1" },
    [VAULT_TOO_LONG] = { "too-long", "the request is longer than a secure call" },
    [VAULT_REPLY_BAD] = { "reply-bad", "what came back is not an answer of a vault" },
    [VAULT_NO_RANDOM] = { "no-random", "the processor gives no random bytes" },
    [VAULT_AUDIT_BROKEN] = { "audit-broken", "the audit log is not the one that the vault signed" },
};

static const struct vault_words reasons[] = {
    [CREDVAULT_REASON_NONE] = { "none", "nothing is wrong" },
    [CREDVAULT_OLD_STATE] = { "old-state", "VTL0 brings this vault's state, but not the newest" },
    [CREDVAULT_STATE_MISSING] = { "state-missing", "VTL0 brings no state, and there was one" },
    [CREDVAULT_STATE_DAMAGED] = { "state-damaged", "what VTL0 brings is no state of this vault" },
    [CREDVAULT_OTHER_CODE] = { "other-code", "the state was sealed under another hypervisor or secure kernel" },
    [CREDVAULT_OTHER_OWNER] = { "other-owner", "the state was sealed under another owner or configuration of VTL1" },
    [CREDVAULT_OTHER_TRUSTLETS] = { "other-trustlets", "the state was sealed with another image of the vault" },
    [CREDVAULT_OTHER_VERSION] = { "other-version", "the state was sealed by a vault of another security version" },
    [CREDVAULT_OTHER_ROOT] = { "other-root", "the state was sealed under another root: another machine, firmware or TPM" },
    [CREDVAULT_RECORD_FOREIGN] = { "record-foreign", "the TPM's record is not of this root" },
    [CREDVAULT_RECORD_ROLLED_BACK] = { "record-rolled-back", "the TPM's record and its counter contradict each other" },
    [CREDVAULT_RECORD_LOST] = { "record-lost", "VTL0 brings a state of this root, and the TPM remembers none" },
    [CREDVAULT_RECORD_FAILED] = { "record-failed", "the TPM does not answer" },
};

const struct vault_name vault_types[] = {
    { "password", CREDVAULT_PASSWORD }, { "symmetric", CREDVAULT_SYMMETRIC }, { "p256", CREDVAULT_P256 }, { "p384", CREDVAULT_P384 },
    { "ed25519", CREDVAULT_ED25519 }, { "rsa2048", CREDVAULT_RSA_2048 }, { "rsa3072", CREDVAULT_RSA_3072 }, { NULL, 0 },
};

const struct vault_name vault_operations[] = {
    { "ntlmv2", CREDVAULT_ALLOW_NTLMV2 }, { "kerberos", CREDVAULT_ALLOW_KERBEROS }, { "hmac", CREDVAULT_ALLOW_HMAC },
    { "hotp", CREDVAULT_ALLOW_HOTP }, { "totp", CREDVAULT_ALLOW_TOTP }, { "sign", CREDVAULT_ALLOW_SIGN },
    { "agree", CREDVAULT_ALLOW_AGREE }, { "wrap", CREDVAULT_ALLOW_WRAP }, { "unwrap", CREDVAULT_ALLOW_UNWRAP },
    { "export", CREDVAULT_ALLOW_EXPORT }, { NULL, 0 },
};

const struct vault_name vault_flags[] = { { "pin", CREDVAULT_POLICY_PIN }, { "confirm", CREDVAULT_POLICY_CONFIRM }, { NULL, 0 } };

const struct vault_name vault_states[] = {
    { "locked", CREDVAULT_ENTRY_LOCKED }, { "used-up", CREDVAULT_ENTRY_USED_UP }, { "expired", CREDVAULT_ENTRY_EXPIRED }, { NULL, 0 },
};

const struct vault_name vault_hashes[] = {
    { "sha1", CREDVAULT_SHA1 }, { "sha256", CREDVAULT_SHA256 }, { "sha512", CREDVAULT_SHA512 }, { NULL, 0 },
};

const struct vault_name vault_wrappings[] = { { "rfc5649", CREDVAULT_RFC5649 }, { "rfc3394", CREDVAULT_RFC3394 }, { NULL, 0 } };

const struct vault_name vault_algorithms[] = {
    { "ecdsa-sha256", CREDVAULT_ECDSA_SHA256 }, { "ecdsa-sha384", CREDVAULT_ECDSA_SHA384 }, { "ed25519", CREDVAULT_ED25519_PURE },
    { "rsa-pss-sha256", CREDVAULT_RSA_PSS_SHA256 }, { "rsa-pkcs1-sha256", CREDVAULT_RSA_PKCS1_SHA256 }, { NULL, 0 },
};

const struct vault_name vault_commands[] = {
    { "info", CREDVAULT_INFO }, { "reset", CREDVAULT_RESET }, { "list", CREDVAULT_LIST }, { "public", CREDVAULT_PUBLIC_KEY },
    { "audit", CREDVAULT_AUDIT }, { "add", CREDVAULT_ADD }, { "generate", CREDVAULT_GENERATE }, { "import", CREDVAULT_IMPORT },
    { "remove", CREDVAULT_REMOVE }, { "policy", CREDVAULT_RESTRICT }, { "unlock", CREDVAULT_UNLOCK }, { "confirm", CREDVAULT_CONFIRM },
    { "respond", CREDVAULT_NTLMV2 }, { "preauth", CREDVAULT_KERBEROS_PREAUTH }, { "as-rep", CREDVAULT_KERBEROS_AS_REP },
    { "tgs-rep", CREDVAULT_KERBEROS_TGS_REP }, { "authenticator", CREDVAULT_KERBEROS_AUTHENTICATOR },
    { "checksum", CREDVAULT_KERBEROS_CHECKSUM }, { "hmac", CREDVAULT_HMAC_SHA256 }, { "hotp", CREDVAULT_HOTP }, { "totp", CREDVAULT_TOTP },
    { "sign", CREDVAULT_SIGN }, { "agree", CREDVAULT_AGREE }, { "wrap", CREDVAULT_WRAP }, { "ntlmv1", CREDVAULT_NTLMV1 },
    { "mschapv2", CREDVAULT_MSCHAPV2 }, { "rsa-raw", CREDVAULT_RSA_RAW }, { NULL, 0 },
};

const char *vault_origin_text(enum vault_origin origin)
{
    static const char *const texts[] = { "the vault refuses", "the secure kernel refuses", "VTL0 refuses" };

    return texts[origin];
}

const char *vault_origin_name(enum vault_origin origin)
{
    static const char *const names[] = { "vault", "secure-kernel", "vtl0" };

    return names[origin];
}

static struct vault_words pick(const struct vault_words *list, size_t count, uint32_t number)
{
    static const struct vault_words none = { "unknown-status", "for a reason of another version" };

    return number < count && list[number].name != NULL ? list[number] : none;
}

struct vault_words vault_status_words(struct vault_result result)
{
    switch (result.origin) {
    case VAULT_ORIGIN_VAULT:
        return pick(vault_statuses, sizeof(vault_statuses) / sizeof(vault_statuses[0]), result.status);
    case VAULT_ORIGIN_SECURE_KERNEL:
        return pick(secure_statuses, sizeof(secure_statuses) / sizeof(secure_statuses[0]), result.status);
    default:
        return pick(vtl0_statuses, sizeof(vtl0_statuses) / sizeof(vtl0_statuses[0]), result.status);
    }
}

struct vault_words vault_reason_words(uint32_t reason)
{
    return pick(reasons, sizeof(reasons) / sizeof(reasons[0]), reason);
}

const char *vault_name_of(const struct vault_name *names, uint32_t number)
{
    for (; names->name != NULL; names++) {
        if (names->number == number) {
            return names->name;
        }
    }
    return NULL;
}

bool vault_number_of(const struct vault_name *names, const char *text, size_t size, uint32_t *number)
{
    for (; names->name != NULL; names++) {
        if (strlen(names->name) == size && memcmp(names->name, text, size) == 0) {
            *number = names->number;
            return true;
        }
    }
    return false;
}
