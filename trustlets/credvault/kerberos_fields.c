#include "kerberos_fields.h"

bool kerberos_take_fields(struct der der, const struct kerberos_field *table, uint32_t count, struct der *fields)
{
    for (uint32_t n = 0; n < count; n++) {
        bool present = der.size > 0 && der.at[0] == DER_CONTEXT(n);

        fields[n] = (struct der){ 0 };
        if (present ? !der_take_explicit(&der, DER_CONTEXT(n), table[n].tag, &fields[n]) : table[n].mandatory) {
            return false;
        }
    }
    return der.size == 0;
}

bool kerberos_take_message(struct der der, uint8_t application, const struct kerberos_field *table, uint32_t count,
                           struct der *fields)
{
    struct der sequence;

    return der_is_whole(der) && der_take_explicit(&der, DER_APPLICATION(application), DER_SEQUENCE, &sequence) && der.size == 0 &&
           kerberos_take_fields(sequence, table, count, fields);
}
