#include "vault-kdc.h"

#include <string.h>

#include <crypto/kerberos.h>

#include "crypto/support.h"
#include "der.h"

static const char time_text[] = "20260102030405Z";

struct kdc_part kdc_part(uint32_t etype, uint8_t key)
{
    struct kdc_part part = { .application = 25, .etype = etype, .service = "krbtgt" };

    part.key_size = kerberos_key_size((enum kerberos_type)etype);
    for (size_t i = 0; i < part.key_size; i++) {
        part.key[i] = (uint8_t)(key + 7 * i);
    }
    return part;
}

static void text(struct writer *writer, uint8_t tag, const char *content)
{
    write_element(writer, tag, content, strlen(content));
}

static void write_key(struct writer *writer, const struct kdc_part *part)
{
    size_t all = write_size(writer);

    write_element(writer, DER_OCTET_STRING, part->key, part->key_size);
    write_wrap(writer, DER_CONTEXT(1), all);
    {
        size_t mark = write_size(writer);

        write_uint32(writer, part->etype);
        write_wrap(writer, DER_CONTEXT(0), mark);
    }
    write_wrap(writer, DER_SEQUENCE, all);
}

static void write_name(struct writer *writer, const char *first, const char *second)
{
    size_t all = write_size(writer), mark;

    text(writer, DER_GENERAL_STRING, second);
    text(writer, DER_GENERAL_STRING, first);
    write_wrap(writer, DER_SEQUENCE, all);
    write_wrap(writer, DER_CONTEXT(1), all);
    mark = write_size(writer);
    write_uint32(writer, 2);
    write_wrap(writer, DER_CONTEXT(0), mark);
    write_wrap(writer, DER_SEQUENCE, all);
}

static void write_pa_data(struct writer *writer, const struct kdc_part *part)
{
    size_t all = write_size(writer), mark;

    text(writer, DER_OCTET_STRING, part->pa_value);
    write_wrap(writer, DER_CONTEXT(2), all);
    mark = write_size(writer);
    write_uint32(writer, part->pa_type);
    write_wrap(writer, DER_CONTEXT(1), mark);
    write_wrap(writer, DER_SEQUENCE, all);
    write_wrap(writer, DER_SEQUENCE, all);
}

static void write_last_req(struct writer *writer)
{
    size_t all = write_size(writer), mark;

    text(writer, DER_GENERALIZED_TIME, time_text);
    write_wrap(writer, DER_CONTEXT(1), all);
    mark = write_size(writer);
    write_uint32(writer, 0);
    write_wrap(writer, DER_CONTEXT(0), mark);
    write_wrap(writer, DER_SEQUENCE, all);
    write_wrap(writer, DER_SEQUENCE, all);
}

static void write_field(struct writer *writer, const struct kdc_part *part, unsigned field)
{
    static const uint8_t flags[] = { 0, 0x40, 0xe0, 0, 0 };

    switch (field) {
    case 0: write_key(writer, part); break;
    case 1: write_last_req(writer); break;
    case 2: write_uint32(writer, 0x89abcdef); break;
    case 4: write_element(writer, DER_BIT_STRING, flags, sizeof(flags)); break;
    case 9: text(writer, DER_GENERAL_STRING, "EXAMPLE.COM"); break;
    case 10: write_name(writer, part->service, "EXAMPLE.COM"); break;
    case 12: write_pa_data(writer, part); break;
    default: text(writer, DER_GENERALIZED_TIME, time_text); break;
    }
}

/* Without addresses (11), and pre-authentication data (12) only on demand. */
void kdc_write(struct writer *writer, const struct kdc_part *part)
{
    write_start(writer);
    for (unsigned field = 13; field-- > 0;) {
        size_t mark = write_size(writer);

        if (field == 11 || (field == 12 && part->pa_type == 0) || (part->left_out >> field & 1) != 0) {
            continue;
        }
        write_field(writer, part, field);
        write_wrap(writer, DER_CONTEXT(field), mark);
    }
    write_wrap(writer, DER_SEQUENCE, 0);
    write_wrap(writer, DER_APPLICATION(part->application), 0);
}

uint32_t kdc_encrypt(uint32_t etype, const uint8_t *key, uint32_t usage, const void *plaintext, size_t size, uint8_t *cipher)
{
    assert_int_equal(kerberos_encrypt((enum kerberos_type)etype, key, usage, plaintext, size, cipher), CRYPTO_OK);
    return (uint32_t)(size + kerberos_overhead((enum kerberos_type)etype));
}

static void write_authenticator_field(struct writer *writer, unsigned field)
{
    struct kdc_part subkey = kdc_part(18, 0x33);

    switch (field) {
    case 0: write_uint32(writer, 5); break;
    case 1: text(writer, DER_GENERAL_STRING, "EXAMPLE.COM"); break;
    case 2: write_name(writer, "alice", "admin"); break;
    case 4: write_uint32(writer, 999999); break;
    case 5: text(writer, DER_GENERALIZED_TIME, time_text); break;
    case 6: write_key(writer, &subkey); break;
    default: write_uint32(writer, 0x12345678); break;
    }
}

/* Without a checksum (3), which has the shape of a key. */
void client_authenticator(struct writer *writer, bool subkey)
{
    write_start(writer);
    for (unsigned field = 8; field-- > 0;) {
        size_t mark = write_size(writer);

        if (field != 3 && (field != 6 || subkey)) {
            write_authenticator_field(writer, field);
            write_wrap(writer, DER_CONTEXT(field), mark);
        }
    }
    write_wrap(writer, DER_SEQUENCE, 0);
    write_wrap(writer, DER_APPLICATION(2), 0);
}
