/* What the machine remembers for an identity. */
#include <assailant/attack.h>

#include <ium/fresh.h>
#include <ium/text.h>

static void set(uint64_t number, struct assailant_report *report)
{
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE] = { 0 };
    struct ium_freshness now;
    bool good;

    memcpy(digest, &number, sizeof(number));
    good = ium_reset_freshness() == IUM_FRESH_OK && ium_freshness(&now) == IUM_FRESH_OK &&
           ium_set_freshness(digest, now.generation) == IUM_FRESH_OK;
    assailant_say(report, good ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, number, "set");
}

static void get(uint64_t number, struct assailant_report *report)
{
    struct ium_freshness now;
    uint64_t found;

    if (ium_freshness(&now) != IUM_FRESH_OK) {
        assailant_say(report, ASSAILANT_BROKEN, number, "no-answer");
        return;
    }
    memcpy(&found, now.digest, sizeof(found));
    assailant_say(report, now.state == IUM_FRESHNESS_SET ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, found, "digest");
}

static void reset(uint64_t number, struct assailant_report *report)
{
    assailant_say(report, ium_reset_freshness() == IUM_FRESH_OK ? ASSAILANT_SUCCEEDED : ASSAILANT_BROKEN, number, "reset");
}

TRUSTLET_ATTACKS(trustlet_foreign_freshness, { "freshness-set", set }, { "freshness-get", get }, { "freshness-reset", reset });
