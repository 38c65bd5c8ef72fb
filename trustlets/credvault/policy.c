#include "policy.h"

#include <vault_mutant.h>

#include "clock.h"

#define KEY_PAIR (CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_EXPORT)

static const uint32_t can[CREDVAULT_TYPE_COUNT] = {
    [CREDVAULT_PASSWORD] = CREDVAULT_ALLOW_NTLMV2 | CREDVAULT_ALLOW_KERBEROS | CREDVAULT_ALLOW_HMAC,
    [CREDVAULT_SYMMETRIC] = CREDVAULT_ALLOW_HMAC | CREDVAULT_ALLOW_HOTP | CREDVAULT_ALLOW_TOTP | CREDVAULT_ALLOW_WRAP |
                            CREDVAULT_ALLOW_UNWRAP | CREDVAULT_ALLOW_EXPORT,
    [CREDVAULT_P256] = KEY_PAIR | CREDVAULT_ALLOW_AGREE,
    [CREDVAULT_P384] = KEY_PAIR | CREDVAULT_ALLOW_AGREE,
    [CREDVAULT_ED25519] = KEY_PAIR,
    [CREDVAULT_RSA_2048] = KEY_PAIR,
    [CREDVAULT_RSA_3072] = KEY_PAIR,
};

static bool is_policy(const struct credvault_policy *policy)
{
    const uint32_t operations = (CREDVAULT_ALLOW_EXPORT << 1) - 1, flags = CREDVAULT_POLICY_PIN | CREDVAULT_POLICY_CONFIRM;
    bool pin = (policy->flags & CREDVAULT_POLICY_PIN) != 0;

    return (policy->operations & ~operations) == 0 && (policy->flags & ~flags) == 0 && policy->reserved == 0 &&
           (policy->rate_uses == 0) == (policy->rate_seconds == 0) && (policy->pin_tries != 0) == pin &&
           policy->pin_tries <= CREDVAULT_MAX_PIN_TRIES;
}

static uint32_t purpose(uint32_t operations)
{
    return operations & ~CREDVAULT_ALLOW_EXPORT;
}

static bool is_one_purpose(uint32_t operations)
{
    uint32_t wanted = purpose(operations);

    return wanted == CREDVAULT_ALLOW_HMAC || wanted == CREDVAULT_ALLOW_HOTP || wanted == CREDVAULT_ALLOW_TOTP ||
           (wanted != 0 && (wanted & ~(CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP)) == 0);
}

enum credvault_status policy_is_valid(uint32_t type, const struct credvault_policy *policy)
{
    if (type == 0 || type >= CREDVAULT_TYPE_COUNT) {
        return CREDVAULT_WRONG_TYPE;
    }
    if (!is_policy(policy)) {
        return CREDVAULT_BAD_REQUEST;
    }
    if (policy->operations == 0 || (policy->operations & ~can[type]) != 0 ||
        (type == CREDVAULT_SYMMETRIC && !is_one_purpose(policy->operations))) {
        return CREDVAULT_NOT_ALLOWED;
    }
    return CREDVAULT_SUCCESS;
}

static bool is_otp_hash(uint32_t hash)
{
    return hash >= CREDVAULT_SHA1 && hash <= CREDVAULT_SHA512;
}

bool policy_fits(uint32_t type, uint32_t operations, const struct credvault_symmetric *symmetric)
{
    bool hotp = type == CREDVAULT_SYMMETRIC && (operations & CREDVAULT_ALLOW_HOTP) != 0;
    bool totp = type == CREDVAULT_SYMMETRIC && (operations & CREDVAULT_ALLOW_TOTP) != 0;
    bool digits = symmetric->digits >= 6 && symmetric->digits <= 8, step = symmetric->step >= 1 && symmetric->step <= 3600;

    return (hotp || totp ? is_otp_hash(symmetric->hash) && digits : symmetric->hash == 0 && symmetric->digits == 0) &&
           (totp ? step : symmetric->step == 0) && (hotp || symmetric->counter == 0);
}

bool policy_takes_size(uint32_t operations, uint32_t size)
{
    if ((operations & (CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP)) != 0) {
        return size == 16 || size == 24 || size == 32;
    }
    return size >= 16 && size <= 64;
}

/* 0 is no limit. */
static bool limit_is_tighter(uint64_t from, uint64_t to)
{
    return from == 0 || (to != 0 && to <= from);
}

bool policy_is_tighter(const struct credvault_policy *from, const struct credvault_policy *to)
{
    if (mutant_is(MUTANT_POLICY_LOOSENS)) {
        return true;
    }
    return (to->operations & ~from->operations) == 0 && (from->flags & ~to->flags) == 0 &&
           ((from->flags ^ to->flags) & CREDVAULT_POLICY_PIN) == 0 && to->pin_tries == from->pin_tries &&
           limit_is_tighter(from->max_uses, to->max_uses) && limit_is_tighter(from->expires, to->expires) &&
           limit_is_tighter(from->rate_uses, to->rate_uses) && to->rate_seconds >= from->rate_seconds;
}

struct credvault_policy policy_of(const struct row *row)
{
    return (struct credvault_policy){
        .operations = row->operations,
        .flags = row->flags,
        .max_uses = row->max_uses,
        .rate_uses = row->rate_uses,
        .rate_seconds = row->rate_seconds,
        .expires = row->expires,
        .pin_tries = row->pin_tries,
    };
}

static uint64_t period_of(const struct row *row, uint64_t counted)
{
    return counted / CLOCK_SECOND / row->rate_seconds;
}

/* Uses in this period and the one before. */
static uint64_t used_lately(const struct row *row, uint64_t counted)
{
    uint64_t period = period_of(row, counted);

    if (period <= row->period) {
        return (uint64_t)row->recent + row->before;
    }
    return period == row->period + 1 ? row->recent : 0;
}

/* Makes the row's period the one of now. */
static void turn_period(struct row *row, uint64_t counted)
{
    uint64_t period = period_of(row, counted);

    if (period > row->period) {
        row->before = period == row->period + 1 ? row->recent : 0;
        row->recent = 0;
        row->period = period;
    }
}

/* With another length of periods, uses that may still count do so as if they were of now. */
void policy_set(struct row *row, const struct credvault_policy *policy, uint64_t counted)
{
    uint64_t lately = row->rate_seconds != 0 ? used_lately(row, counted) : 0;

    row->operations = (uint16_t)policy->operations;
    row->flags = (uint8_t)policy->flags;
    row->max_uses = policy->max_uses;
    row->rate_uses = policy->rate_uses;
    row->expires = policy->expires;
    row->pin_tries = (uint8_t)policy->pin_tries;
    if (row->rate_seconds != policy->rate_seconds) {
        row->rate_seconds = policy->rate_seconds;
        row->period = period_of(row, counted);
        row->recent = (uint32_t)lately;
        row->before = 0;
    }
}

bool policy_is_locked(const struct row *row)
{
    return row->pin_tries != 0 && row->pin_failures >= row->pin_tries && !mutant_is(MUTANT_PIN_NEVER_LOCKED);
}

static bool is_expired(const struct row *row, uint64_t now)
{
    return row->expires != 0 && now >= row->expires && !mutant_is(MUTANT_EXPIRY_IGNORED);
}

static bool is_used_up(const struct row *row)
{
    return (row->max_uses != 0 && row->uses >= row->max_uses) || row->uses == UINT64_MAX || row->counter == UINT64_MAX;
}

enum credvault_status policy_check(const struct row *row, uint32_t operation, uint64_t now, uint64_t counted)
{
    if ((row->operations & operation) == 0 && !mutant_is(MUTANT_OPERATIONS_OPEN)) {
        return CREDVAULT_NOT_ALLOWED;
    }
    if (policy_is_locked(row)) {
        return CREDVAULT_PIN_LOCKED;
    }
    if (is_expired(row, now)) {
        return CREDVAULT_EXPIRED;
    }
    if (is_used_up(row)) {
        return CREDVAULT_USED_UP;
    }
    if (row->rate_seconds != 0 && used_lately(row, counted) >= row->rate_uses && !mutant_is(MUTANT_RATE_IGNORED)) {
        return CREDVAULT_TOO_OFTEN;
    }
    return CREDVAULT_SUCCESS;
}

void policy_charge(struct row *row, uint32_t operation, uint64_t counted)
{
    row->uses += !mutant_is(MUTANT_USES_UNCOUNTED);
    row->counter += operation == CREDVAULT_ALLOW_HOTP;
    if (row->rate_seconds != 0) {
        turn_period(row, counted);
        row->recent++;
    }
}

uint32_t policy_entry_state(const struct row *row, uint64_t now)
{
    return (policy_is_locked(row) ? (uint32_t)CREDVAULT_ENTRY_LOCKED : 0) | (is_used_up(row) ? (uint32_t)CREDVAULT_ENTRY_USED_UP : 0) |
           (is_expired(row, now) ? (uint32_t)CREDVAULT_ENTRY_EXPIRED : 0);
}
