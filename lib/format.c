#include <lib/format.h>

#include <stdbool.h>
#include <stdint.h>

struct output {
    char *at;
    char *end; /* where the terminator must fit */
};

struct spec {
    bool zero;
    unsigned width;
    unsigned longs;
};

static void put(struct output *out, char c)
{
    if (out->at < out->end) {
        *out->at++ = c;
    }
}

static void put_number(struct output *out, uint64_t value, unsigned base, bool negative, const struct spec *spec)
{
    char digits[24];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative) {
        put(out, '-');
    }
    for (unsigned i = count + negative; i < spec->width; i++) {
        put(out, spec->zero ? '0' : ' ');
    }
    while (count > 0) {
        put(out, digits[--count]);
    }
}

static void put_string(struct output *out, const char *text, const struct spec *spec)
{
    unsigned length = 0;

    for (text = text != NULL ? text : "(null)"; *text != '\0'; text++, length++) {
        put(out, *text);
    }
    while (length++ < spec->width) {
        put(out, ' ');
    }
}

static const char *parse_spec(const char *at, struct spec *spec)
{
    *spec = (struct spec){ .zero = *at == '0' };
    while (*at >= '0' && *at <= '9') {
        spec->width = spec->width * 10 + (unsigned)(*at++ - '0');
    }
    while (*at == 'l') {
        spec->longs++;
        at++;
    }
    return at;
}

static void put_conversion(struct output *out, char conversion, const struct spec *spec, va_list *arguments)
{
    int64_t number;

    switch (conversion) {
    case 's':
        put_string(out, va_arg(*arguments, const char *), spec);
        break;
    case 'c':
        put(out, (char)va_arg(*arguments, int));
        break;
    case 'd':
        number = spec->longs > 0 ? va_arg(*arguments, long) : va_arg(*arguments, int);
        put_number(out, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, number < 0, spec);
        break;
    case 'u':
        put_number(out, spec->longs > 0 ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned), 10, false, spec);
        break;
    case 'x':
        put_number(out, spec->longs > 0 ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned), 16, false, spec);
        break;
    default:
        put(out, conversion);
        break;
    }
}

size_t format_v(char *to, size_t size, const char *text, va_list arguments)
{
    struct output out = { to, to + (size > 0 ? size - 1 : 0) };
    va_list copy;

    va_copy(copy, arguments);
    for (; *text != '\0'; text++) {
        struct spec spec;

        if (*text != '%') {
            put(&out, *text);
            continue;
        }
        text = parse_spec(text + 1, &spec);
        if (*text == '\0') {
            break;
        }
        put_conversion(&out, *text, &spec, &copy);
    }
    va_end(copy);
    if (size > 0) {
        *out.at = '\0';
    }
    return (size_t)(out.at - to);
}

size_t format(char *to, size_t size, const char *text, ...)
{
    va_list arguments;
    size_t length;

    va_start(arguments, text);
    length = format_v(to, size, text, arguments);
    va_end(arguments);
    return length;
}
