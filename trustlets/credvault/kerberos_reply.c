#include "kerberos_reply.h"

#include <lib/string.h>

#include "kerberos_fields.h"

#define AS_REP_PART  25u
#define TGS_REP_PART 26u

enum field {
    KEY, LAST_REQ, NONCE, KEY_EXPIRATION, FLAGS, AUTH_TIME, START_TIME, END_TIME, RENEW_TILL, REALM, NAME, ADDRESSES, PA_DATA, FIELDS
};

/* The last one is RFC 6806's, "Encrypted Pre-Authentication Data". */
static const struct kerberos_field table[FIELDS] = {
    [KEY] = { DER_SEQUENCE, true },
    [LAST_REQ] = { DER_SEQUENCE, true },
    [NONCE] = { DER_INTEGER, true },
    [KEY_EXPIRATION] = { DER_GENERALIZED_TIME, false },
    [FLAGS] = { DER_BIT_STRING, true },
    [AUTH_TIME] = { DER_GENERALIZED_TIME, true },
    [START_TIME] = { DER_GENERALIZED_TIME, false },
    [END_TIME] = { DER_GENERALIZED_TIME, true },
    [RENEW_TILL] = { DER_GENERALIZED_TIME, false },
    [REALM] = { DER_GENERAL_STRING, true },
    [NAME] = { DER_SEQUENCE, true },
    [ADDRESSES] = { DER_SEQUENCE, false },
    [PA_DATA] = { DER_SEQUENCE, false },
};

/* EncryptionKey, of an encryption type of ours and as long as that wants it. */
static bool take_key(const uint8_t *der, struct der field, struct kerberos_reply *reply)
{
    static const struct kerberos_field parts[] = { { DER_INTEGER, true }, { DER_OCTET_STRING, true } };
    struct der found[2];
    size_t size;

    if (!kerberos_take_fields(field, parts, 2, found) || found[0].size != 1) {
        return false;
    }
    reply->etype = found[0].at[0];
    size = kerberos_key_size((enum kerberos_type)reply->etype);
    if (size == 0 || found[1].size != size) {
        return false;
    }
    reply->key_offset = (uint32_t)(found[1].at - der);
    memcpy(reply->key, found[1].at, size);
    return true;
}

/* The first component of a PrincipalName. */
static bool take_service(struct der field, struct der *service)
{
    static const struct kerberos_field parts[] = { { DER_INTEGER, true }, { DER_SEQUENCE, true } };
    struct der found[2];

    return kerberos_take_fields(field, parts, 2, found) && der_take(&found[1], DER_GENERAL_STRING, service);
}

/*
 * Does the text contain that name, in letters of any case? Services have names in several forms, and KDCs that do not tell
 * upper from lower case: what may mean it, means it.
 */
static bool mentions(struct der text, const char *name)
{
    size_t size = strlen(name), same = 0;

    for (size_t at = 0; at + size <= text.size && same < size; at++) {
        for (same = 0; same < size && (text.at[at + same] | 0x20) == name[same];) {
            same++;
        }
    }
    return same == size;
}

/* RFC 4120's KerberosString is ASCII. Other letters may pass for these with a KDC that compares as people read. */
static bool is_ascii(struct der text)
{
    uint8_t all = 0;

    for (size_t i = 0; i < text.size; i++) {
        all |= text.at[i];
    }
    return all < 0x80;
}

/* PA-REQ-ENC-PA-REP (RFC 6806), PA-SUPPORTED-ENCTYPES and PA-PAC-OPTIONS (MS-KILE): a checksum and flags. */
static bool holds_no_key(struct der type)
{
    return type.size == 2 && type.at[0] == 0 && (type.at[1] == 149 || type.at[1] == 165 || type.at[1] == 167);
}

/*
 * Zeros for the value of all other pre-authentication data. MS-KILE's KERB-KEY-LIST-REP, for one, is the user's long-term
 * keys, and a client gets it by asking for it.
 */
static bool hide_pa_data(uint8_t *der, struct der field)
{
    struct der element, type, value;

    while (field.size > 0) {
        if (!der_take(&field, DER_SEQUENCE, &element) || !der_take_explicit(&element, DER_CONTEXT(1), DER_INTEGER, &type) ||
            !der_take_explicit(&element, DER_CONTEXT(2), DER_OCTET_STRING, &value) || element.size != 0) {
            return false;
        }
        if (!holds_no_key(type)) {
            secure_zero(der + (value.at - der), value.size);
        }
    }
    return true;
}

/* RFC 4120, "KRB_KDC_REP Definition", has clients take the other tag in an AS-REP: some KDCs know one only. */
static bool take_message(struct der der, enum kerberos_reply_kind kind, struct der *fields)
{
    return (kind == KERBEROS_AS_REPLY && kerberos_take_message(der, AS_REP_PART, table, FIELDS, fields)) ||
           kerberos_take_message(der, TGS_REP_PART, table, FIELDS, fields);
}

/* A ticket for kadmin changes the password: one use would do to have a password that VTL0 knows (RFC 3244). */
bool kerberos_reply_open(uint8_t *der, uint32_t size, enum kerberos_reply_kind kind, struct kerberos_reply *reply)
{
    struct der fields[FIELDS], service;

    if (!take_message((struct der){ der, size }, kind, fields) || !take_service(fields[NAME], &service) || !is_ascii(service) ||
        mentions(service, "kadmin") || !hide_pa_data(der, fields[PA_DATA]) || !take_key(der, fields[KEY], reply)) {
        return false;
    }
    reply->ticket_granting = kind == KERBEROS_AS_REPLY || mentions(service, "krbtgt");
    secure_zero(der + reply->key_offset, kerberos_key_size((enum kerberos_type)reply->etype));
    return true;
}
