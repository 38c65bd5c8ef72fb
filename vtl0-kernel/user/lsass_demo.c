/* The demo's credentials come into the vault. */
#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "credential_line.h"

#define LINE_SIZE 3072u
#define TOTP_USES 2u
#define TOTP_STEP 30u
#define DIGITS    6u

static struct vault_client *const client = &lsass.console.client;

static struct vault_bytes text(const char *words)
{
    return (struct vault_bytes){ (const uint8_t *)words, strlen(words) };
}

/* A vault that cannot open what it left in a TPM's machine is of no use to a demo, whose store is new. */
static bool reset_if_closed(const struct credvault_info *info)
{
    if (info->state == CREDVAULT_OPEN) {
        return true;
    }
    print("the vault is closed: %s; it is reset\n", vault_reason_words(info->reason).text);
    return lsass_succeeded(vault_reset(client), "is not reset");
}

int64_t lsass_demo_info(char *argument)
{
    struct credvault_info info;

    (void)argument;
    if (!lsass_succeeded(vault_info(client, &info), "does not say what it is")) {
        return 1;
    }
    print("@openvsm vault-info root=%s lasting=%s state=%s reason=%s ", info.root != 0 ? "tpm" : "boot", info.lasting != 0 ? "yes" : "no",
          info.state == CREDVAULT_OPEN ? "open" : "refused", vault_reason_words(info.reason).name);
    print("generation=%lu credentials=%u audit_next=%lu\n", info.generation, info.credentials, info.audit_next);
    return reset_if_closed(&info) ? 0 : 1;
}

/* Prints what came in, and keeps its number. */
static bool enrolled(struct vault_result result, const struct vault_new *new_one, const struct vault_added *added, uint32_t *number)
{
    if (!lsass_succeeded(result, "does not take the credential")) {
        return false;
    }
    *number = added->credential;
    print("@openvsm enrolled credential=%u type=%s label=", added->credential, vault_name_of(vault_types, new_one->type));
    print_hex(new_one->label.at, new_one->label.size);
    if (added->public_key_size > 0) {
        print(" public=");
        print_hex(added->public_key, added->public_key_size);
    }
    print("\n");
    return true;
}

/* RFC 4120's default: not secret, and what the demo's Kerberos answers are checked with. */
static void keep_salt(const struct vault_password *password)
{
    memcpy(lsass.salt, password->domain.at, password->domain.size);
    memcpy(lsass.salt + password->domain.size, password->user.at, password->user.size);
    lsass.salt_size = password->domain.size + password->user.size;
}

static bool enrol_password(const struct vault_password *password)
{
    const struct vault_new new_one = {
        .type = CREDVAULT_PASSWORD,
        .label = text("password"),
        .policy = { .operations = CREDVAULT_ALLOW_NTLMV2 | CREDVAULT_ALLOW_KERBEROS | CREDVAULT_ALLOW_HMAC },
    };
    struct vault_added added;

    keep_salt(password);
    return enrolled(vault_add_password(client, &new_one, password, &added), &new_one, &added, &lsass.password);
}

int64_t lsass_demo_provision(char *argument)
{
    static char line[LINE_SIZE];
    struct vault_password password;
    bool good;

    (void)argument;
    print("@openvsm provision ready\n");
    good = user_read_line(line, sizeof(line)) >= 0 && credential_line_parse(line, &password);
    if (good) {
        print("@openvsm provision accepted\n");
        good = enrol_password(&password);
    } else {
        print("error: lsass: the provisioning line is not a credential\n");
    }
    secure_zero(line, sizeof(line));
    lsass.check = lsass.password;
    return good ? 0 : 1;
}

static bool generate(uint32_t type, const char *label, uint32_t *number)
{
    const struct vault_new new_one = {
        .type = type, .label = text(label), .policy = { .operations = CREDVAULT_ALLOW_SIGN },
    };
    struct vault_added added;

    return enrolled(vault_generate(client, &new_one, &added), &new_one, &added, number);
}

int64_t lsass_demo_keys(char *argument)
{
    (void)argument;
    return generate(CREDVAULT_ED25519, "signing key", &lsass.ed25519) && generate(CREDVAULT_P256, "device key", &lsass.p256) ? 0 : 1;
}

static const char right_pin[] = "2580", wrong_pin[] = "0852";

/* RFC 6238's own secret ("Test Vectors"): everybody can compute the codes, and so check them. */
static bool enrol_totp(void)
{
    const struct vault_new new_one = {
        .type = CREDVAULT_SYMMETRIC,
        .label = text("second factor"),
        .pin = text(right_pin),
        .secret = text("12345678901234567890"),
        .policy = { .operations = CREDVAULT_ALLOW_TOTP, .flags = CREDVAULT_POLICY_PIN, .pin_tries = 3, .max_uses = TOTP_USES },
        .symmetric = { .hash = CREDVAULT_SHA1, .digits = DIGITS, .step = TOTP_STEP },
    };
    struct vault_added added;

    return enrolled(vault_add(client, &new_one, &added), &new_one, &added, &lsass.totp);
}

static bool use_totp(void)
{
    struct credvault_otp_reply reply;

    if (!lsass_succeeded(vault_unlock(client, lsass.totp, text(right_pin)), "does not take the PIN") ||
        !lsass_succeeded(vault_otp(client, CREDVAULT_TOTP, lsass.totp, &reply), "gives no code")) {
        return false;
    }
    print("@openvsm totp credential=%u hash=sha1 digits=%u step=%u counter=%lu code=%06u\n", lsass.totp, reply.digits, TOTP_STEP,
          reply.counter, reply.code);
    return true;
}

int64_t lsass_demo_totp(char *argument)
{
    struct credvault_otp_reply reply;

    (void)argument;
    return enrol_totp() &&
           lsass_refused("pin-required", vault_otp(client, CREDVAULT_TOTP, lsass.totp, &reply), CREDVAULT_PIN_REQUIRED) &&
           lsass_refused("pin-wrong", vault_unlock(client, lsass.totp, text(wrong_pin)), CREDVAULT_PIN_WRONG) && use_totp() ? 0 : 1;
}

/* The second use is the last one. */
int64_t lsass_demo_used_up(char *argument)
{
    struct credvault_otp_reply reply;
    struct vault_result result;

    (void)argument;
    if (!use_totp()) {
        return 1;
    }
    result = vault_unlock(client, lsass.totp, text(right_pin));
    if (vault_succeeded(result)) {
        result = vault_otp(client, CREDVAULT_TOTP, lsass.totp, &reply);
    }
    return lsass_refused("used-up", result, CREDVAULT_USED_UP) ? 0 : 1;
}

int64_t lsass_demo_list(char *argument)
{
    char line[] = "list";

    (void)argument;
    vault_console_run(&lsass.console, line);
    return 0;
}
