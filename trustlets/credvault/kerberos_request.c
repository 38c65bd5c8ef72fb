#include "kerberos_request.h"

#include <lib/string.h>

#include "kerberos_fields.h"

#define AUTHENTICATOR    2u
#define VERSION          5u
#define TIME_SIZE        15u
#define DAY              86400u

struct date {
    uint32_t year, month, day;
};

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

static struct date date_of(uint32_t days)
{
    struct date date = { 1970, 1, 1 };

    while (days >= 365u + is_leap(date.year)) {
        days -= 365u + is_leap(date.year++);
    }
    while (days >= days_in_month(date.year, date.month)) {
        days -= days_in_month(date.year, date.month++);
    }
    date.day += days;
    return date;
}

static uint8_t *put_digits(uint8_t *at, uint32_t value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

/* KerberosTime: "YYYYMMDDHHMMSSZ" and no other form. */
static uint8_t *put_time(uint8_t *at, uint64_t time)
{
    struct date date = date_of((uint32_t)(time / DAY));
    uint32_t second = (uint32_t)(time % DAY);

    at = put_digits(at, date.year, 4);
    at = put_digits(at, date.month, 2);
    at = put_digits(at, date.day, 2);
    at = put_digits(at, second / 3600, 2);
    at = put_digits(at, second / 60 % 60, 2);
    at = put_digits(at, second % 60, 2);
    *at++ = 'Z';
    return at;
}

/* INTEGER of at most 23 bits in its shortest form: a byte more while the one before would read as a sign. */
static uint8_t *put_integer(uint8_t *at, uint32_t value)
{
    uint8_t size = (uint8_t)(value < 0x80 ? 1 : value < 0x8000 ? 2 : 3);

    *at++ = DER_INTEGER;
    *at++ = size;
    for (uint8_t i = size; i > 0; i--) {
        *at++ = (uint8_t)(value >> 8 * (i - 1));
    }
    return at;
}

uint32_t kerberos_timestamp(uint64_t time, uint32_t microseconds, uint8_t to[KERBEROS_TIMESTAMP_MAX])
{
    static const uint8_t time_head[] = { DER_CONTEXT(0), 2 + TIME_SIZE, DER_GENERALIZED_TIME, TIME_SIZE };
    uint8_t *at = to + 2, *inner;

    memcpy(at, time_head, sizeof(time_head));
    at = put_time(at + sizeof(time_head), time);
    at[0] = DER_CONTEXT(1);
    inner = at + 2;
    at[1] = (uint8_t)(put_integer(inner, microseconds) - inner);
    inner += at[1];
    to[0] = DER_SEQUENCE;
    to[1] = (uint8_t)(inner - to - 2);
    return (uint32_t)(inner - to);
}

enum field { VNO, REALM, NAME, CHECKSUM, MICROSECONDS, TIME, SUBKEY, SEQUENCE_NUMBER, AUTHORIZATION, FIELDS };

static const struct kerberos_field table[FIELDS] = {
    [VNO] = { DER_INTEGER, true },
    [REALM] = { DER_GENERAL_STRING, true },
    [NAME] = { DER_SEQUENCE, true },
    [CHECKSUM] = { DER_SEQUENCE, false },
    [MICROSECONDS] = { DER_INTEGER, true },
    [TIME] = { DER_GENERALIZED_TIME, true },
    [SUBKEY] = { DER_SEQUENCE, false },
    [SEQUENCE_NUMBER] = { DER_INTEGER, false },
    [AUTHORIZATION] = { DER_SEQUENCE, false },
};

bool kerberos_authenticator_ok(const uint8_t *der, uint32_t size, bool subkey)
{
    struct der fields[FIELDS];

    return kerberos_take_message((struct der){ der, size }, AUTHENTICATOR, table, FIELDS, fields) && fields[VNO].size == 1 &&
           fields[VNO].at[0] == VERSION && (subkey || fields[SUBKEY].at == NULL);
}
