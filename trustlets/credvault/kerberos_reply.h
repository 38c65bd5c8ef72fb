/* What a KDC's reply has encrypted for the client: EncKDCRepPart (RFC 4120, "KRB_KDC_REP Definition"). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <crypto/kerberos.h>

struct kerberos_reply {
    uint32_t etype;               /* of the session key, 17 to 20 */
    uint32_t key_offset;          /* where it was */
    uint8_t key[KERBEROS_MAX_KEY]; /* kerberos_key_size(etype) bytes; to be wiped */
    bool ticket_granting;         /* the ticket is for krbtgt, or came in an AS-REP */
};

enum kerberos_reply_kind { KERBEROS_AS_REPLY, KERBEROS_TGS_REPLY };

/*
 * Decodes der[0..size) completely, takes the session key out and leaves zeros where it was, and where other keys could be: in
 * the pre-authentication data that is not known to hold none. False: it is not such a reply, its key is of no type of ours,
 * or the ticket is for changing the password; der and *reply hold anything then.
 */
bool kerberos_reply_open(uint8_t *der, uint32_t size, enum kerberos_reply_kind kind, struct kerberos_reply *reply);
