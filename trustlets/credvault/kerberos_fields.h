/* SEQUENCEs as Kerberos has them (RFC 4120, "Tagged"): each field inside an explicit tag of its own, in ascending order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "der.h"

/* What field number n of a SEQUENCE is: the table's n-th. */
struct kerberos_field {
    uint8_t tag;    /* of what is inside the explicit tag */
    bool mandatory;
};

#define KERBEROS_MAX_FIELDS 16u

/*
 * fields[n] = content of field n, zero if it is not there. False: der does not consist of these fields, each at most once, in
 * order, the mandatory ones all there and nothing else. What is inside of them is not looked at.
 */
bool kerberos_take_fields(struct der der, const struct kerberos_field *table, uint32_t count, struct der *fields);

/* The same for der that holds one SEQUENCE inside an application tag, and nothing behind it. */
bool kerberos_take_message(struct der der, uint8_t application, const struct kerberos_field *table, uint32_t count,
                           struct der *fields);
