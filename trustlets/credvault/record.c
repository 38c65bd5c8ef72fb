#include "record_blob.h"

#include <crypto/text.h>
#include <lib/string.h>

#include "policy.h"

/* In front of label, public key and secret, which follow without gaps. */
struct record_form {
    uint32_t credential;
    uint32_t type;
    struct credvault_symmetric symmetric;
    uint8_t pin_salt[PIN_SALT_SIZE];
    uint8_t pin_hash[PIN_HASH_SIZE];
    uint16_t label_size;
    uint16_t public_key_size;
    uint32_t secret_size;
};
_Static_assert(sizeof(struct record_form) == RECORD_FORM_SIZE, "no holes: it is sealed as it is");

uint32_t record_encode(const struct record *record, uint8_t *to)
{
    struct record_form form = {
        .credential = record->credential,
        .type = record->type,
        .symmetric = record->symmetric,
        .label_size = (uint16_t)record->label_size,
        .public_key_size = (uint16_t)record->public_key_size,
        .secret_size = record->secret_size,
    };
    uint8_t *at = to + sizeof(form);

    memcpy(form.pin_salt, record->pin_salt, sizeof(form.pin_salt));
    memcpy(form.pin_hash, record->pin_hash, sizeof(form.pin_hash));
    memcpy(to, &form, sizeof(form));
    secure_zero(&form, sizeof(form));
    memcpy(at, record->label, record->label_size);
    at += record->label_size;
    memcpy(at, record->public_key, record->public_key_size);
    at += record->public_key_size;
    memcpy(at, record->secret, record->secret_size);
    return (uint32_t)(at - to) + record->secret_size;
}

static bool secret_fits(const struct row *row, const struct record_form *form)
{
    switch (form->type) {
    case CREDVAULT_PASSWORD:
        return form->secret_size == sizeof(struct password_keys) && form->symmetric.size == 0;
    case CREDVAULT_SYMMETRIC:
        return form->symmetric.size == form->secret_size && policy_takes_size(row->operations, form->secret_size);
    default:
        return form->secret_size != 0 && form->symmetric.size == 0;
    }
}

static bool form_is_sound(const struct row *row, const struct record_form *form, size_t size)
{
    bool has_public_key = (POLICY_PUBLIC_TYPES & POLICY_TYPE(row->type)) != 0;

    return form->credential == row->number && form->type == row->type &&
           policy_fits(row->type, row->operations, &form->symmetric) && secret_fits(row, form) && form->label_size >= 1 &&
           form->label_size <= CREDVAULT_MAX_LABEL && form->public_key_size <= CREDVAULT_MAX_PUBLIC &&
           (form->public_key_size != 0) == has_public_key && form->secret_size <= CREDVAULT_MAX_SECRET &&
           size == sizeof(*form) + form->label_size + form->public_key_size + form->secret_size;
}

static void fill(struct record *record, const struct record_form *form, const uint8_t *at)
{
    record->credential = form->credential;
    record->type = form->type;
    record->symmetric = form->symmetric;
    memcpy(record->pin_salt, form->pin_salt, sizeof(record->pin_salt));
    memcpy(record->pin_hash, form->pin_hash, sizeof(record->pin_hash));
    record->label_size = form->label_size;
    record->public_key_size = form->public_key_size;
    record->secret_size = form->secret_size;
    memcpy(record->label, at, record->label_size);
    at += record->label_size;
    memcpy(record->public_key, at, record->public_key_size);
    at += record->public_key_size;
    memcpy(record->secret, at, record->secret_size);
}

bool record_decode(const struct row *row, const uint8_t *form_bytes, size_t size, struct record *record)
{
    struct record_form form;
    bool sound = size >= sizeof(form);

    secure_zero(record, sizeof(*record));
    if (sound) {
        memcpy(&form, form_bytes, sizeof(form));
        sound = form_is_sound(row, &form, size) && text_is_utf8(form_bytes + sizeof(form), form.label_size);
    }
    if (sound) {
        fill(record, &form, form_bytes + sizeof(form));
        record->policy = policy_of(row);
    }
    secure_zero(&form, sizeof(form));
    return sound;
}
