/* The key of a purpose: what a trustlet seals its state with. Eight bytes of it are told, which a test trustlet may. */
#include <assailant/attack.h>

#include <ium/syscalls.h>
#include <ium/text.h>

/* number: 0: an ordinary purpose; 1: one that begins with another trustlet's identity, as the kernel's own input does. */
static void derive(uint64_t number, struct assailant_report *report)
{
    static const uint8_t other[16] = ACCOMPLICE_IDENTITY;
    uint8_t purpose[IUM_MAX_PURPOSE] = "state", key[IUM_KEY_SIZE] = { 0 };
    uint64_t told;

    if (number != 0) {
        memcpy(purpose, other, sizeof(other));
    }
    if (ium_derive_key(purpose, sizeof(purpose), key) != IUM_SUCCESS) {
        assailant_say(report, ASSAILANT_BROKEN, 0, "no-key");
        return;
    }
    memcpy(&told, key, sizeof(told));
    assailant_say(report, ASSAILANT_SUCCEEDED, told, "key");
}

TRUSTLET_ATTACKS(trustlet_foreign_keys, { "key-derive", derive });
