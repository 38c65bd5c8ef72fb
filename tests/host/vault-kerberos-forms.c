/* EncKDCRepPart and Authenticator in every form but the right one: authentic, but not well formed. */
#include "vault-use.h"

#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "kerberos_reply.h"
#include "kerberos_request.h"
#include "vault-kdc.h"

static struct writer der;
static uint8_t changed[4096];

/* In memory of exactly that size, so that ASan sees a step over the end. */
static bool reply_ok(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    struct kerberos_reply reply;
    bool good;

    memcpy(copy, bytes, size);
    good = kerberos_reply_open(copy, (uint32_t)size, KERBEROS_AS_REPLY, &reply);
    free(copy);
    return good;
}

static bool authenticator_ok(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    bool good;

    memcpy(copy, bytes, size);
    good = kerberos_authenticator_ok(copy, (uint32_t)size, true);
    free(copy);
    return good;
}

static void write_reply(void)
{
    struct kdc_part part = kdc_part(18, 0x41);

    part.pa_type = 162;
    part.pa_value = "value";
    kdc_write(&der, &part);
}

typedef bool judge(const uint8_t *bytes, size_t size);

static void truncated_and_longer(judge *ok)
{
    size_t size = write_size(&der);

    assert_true(ok(write_begin(&der), size));
    for (size_t cut = 0; cut < size; cut++) {
        assert_false(ok(write_begin(&der), cut));
        assert_false(ok(write_begin(&der) + size - cut, cut));
    }
    memcpy(changed, write_begin(&der), size);
    for (unsigned behind = 0; behind < 256; behind++) {
        changed[size] = (uint8_t)behind;
        assert_false(ok(changed, size + 1));
    }
    memset(changed + size, 0, 2);
    assert_false(ok(changed, size + 2));
}

/* Offsets of the length byte of each element, however deep. */
static unsigned find_lengths(struct der at, size_t *offsets)
{
    const uint8_t *begin = write_begin(&der);
    unsigned count = 0;
    struct der content;
    uint8_t tag;

    while (at.size > 0) {
        offsets[count++] = (size_t)(at.at + 1 - begin);
        assert_true(der_take_any(&at, &tag, &content));
        if ((tag & 0x20) != 0) {
            count += find_lengths(content, offsets + count);
        }
    }
    return count;
}

/* Each length in its other values. Some move a border between two elements that may be anywhere: then it is still DER. */
static void every_length(judge *ok)
{
    size_t offsets[128], size = write_size(&der);
    unsigned count = find_lengths((struct der){ write_begin(&der), size }, offsets), refused = 0;

    assert_true(count > 20);
    memcpy(changed, write_begin(&der), size);
    for (unsigned i = 0; i < count; i++) {
        uint8_t right = changed[offsets[i]];

        for (unsigned value = 0; value < 256; value++) {
            changed[offsets[i]] = (uint8_t)value;
            refused += !ok(changed, size);
            assert_true(!ok(changed, size) || der_is_whole((struct der){ changed, size }));
        }
        changed[offsets[i]] = right;
    }
    assert_in_range(refused, count * 250, count * 255);
}

/* Which element is to be written wrongly, counted in the order they are written in, and with what. */
struct fault {
    unsigned left;
    uint8_t form; /* the length's first byte: 0x81, 0x82: one byte more than it needs; 0x80: indefinite */
};

static void write_faulty(struct writer *to, uint8_t tag, size_t mark, struct fault *fault)
{
    size_t size = write_size(to) - mark;
    uint8_t head[4] = { tag, fault->form, 0, (uint8_t)size };

    if (fault->left-- != 0) {
        write_wrap(to, tag, mark);
    } else if (fault->form == 0x80) {
        memmove(to->bytes + to->at - 2, to->bytes + to->at, size);
        memset(to->bytes + to->at - 2 + size, 0, 2); /* end of contents */
        to->at -= 2;
        write_bytes(to, head, 2);
    } else if (size < 0x80 && fault->form == 0x81) {
        write_bytes(to, head + 3, 1);
        write_bytes(to, head, 2);
    } else {
        head[1] = size < 0x80 ? 0x82 : 0x83;
        write_bytes(to, (uint8_t[]){ 0, (uint8_t)(size >> 8), (uint8_t)size } + (size < 0x80), size < 0x80 ? 2 : 3);
        write_bytes(to, head, 2);
    }
}

/* The same elements once more, all lengths around the faulty one as it makes them. */
static void rewrite(struct writer *to, struct der from, struct fault *fault)
{
    struct der content[16];
    uint8_t tags[16];
    unsigned count = 0;

    while (from.size > 0) {
        assert_true(der_take_any(&from, &tags[count], &content[count]));
        count++;
    }
    while (count-- > 0) {
        size_t mark = write_size(to);

        if ((tags[count] & 0x20) != 0) {
            rewrite(to, content[count], fault);
        } else {
            write_bytes(to, content[count].at, content[count].size);
        }
        write_faulty(to, tags[count], mark, fault);
    }
}

static void other_forms(judge *ok)
{
    static const uint8_t forms[] = { 0x80, 0x81, 0x82 };
    size_t offsets[128];
    unsigned count = find_lengths((struct der){ write_begin(&der), write_size(&der) }, offsets);

    for (size_t i = 0; i < sizeof(forms); i++) {
        for (unsigned element = 0; element <= count; element++) {
            struct fault fault = { element, forms[i] };
            struct writer to;

            write_start(&to);
            rewrite(&to, (struct der){ write_begin(&der), write_size(&der) }, &fault);
            assert_int_equal(ok(write_begin(&to), write_size(&to)), element == count);
        }
    }
}

static void replies(void **state)
{
    (void)state;
    write_reply();
    truncated_and_longer(reply_ok);
    every_length(reply_ok);
    other_forms(reply_ok);
}

static void authenticators(void **state)
{
    (void)state;
    client_authenticator(&der, true);
    truncated_and_longer(authenticator_ok);
    every_length(authenticator_ok);
    other_forms(authenticator_ok);
}

/* A wrapper that is not there, or there twice. */
static void wrappers(void **state)
{
    size_t size;

    (void)state;
    write_reply();
    size = write_size(&der);
    assert_false(reply_ok(write_begin(&der) + 3, size - 3));
    write_wrap(&der, DER_APPLICATION(25), 0);
    assert_false(reply_ok(write_begin(&der), write_size(&der)));
    client_authenticator(&der, false);
    size = write_size(&der);
    assert_false(authenticator_ok(write_begin(&der) + 2, size - 2));
    write_wrap(&der, DER_APPLICATION(2), 0);
    assert_false(authenticator_ok(write_begin(&der), write_size(&der)));
}

/* Other versions than 5, and a subkey where there may be none. */
static void versions_and_subkeys(void **state)
{
    uint8_t *version;

    (void)state;
    client_authenticator(&der, false);
    version = der.bytes + der.at + 2 + 2 + 2 + 2;
    assert_int_equal(*version, 5);
    for (unsigned value = 0; value < 256; value++) {
        *version = (uint8_t)value;
        assert_int_equal(authenticator_ok(write_begin(&der), write_size(&der)), value == 5);
    }
    client_authenticator(&der, true);
    assert_false(kerberos_authenticator_ok(write_begin(&der), (uint32_t)write_size(&der), false));
    client_authenticator(&der, false);
    assert_true(kerberos_authenticator_ok(write_begin(&der), (uint32_t)write_size(&der), false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies),
        cmocka_unit_test(authenticators),
        cmocka_unit_test(wrappers),
        cmocka_unit_test(versions_and_subkeys),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
