#include "manifest.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <abi/ium.h>
#include <crypto/signed_image.h>
#include <sodium.h>

#include "words.h"

#define MAX_LINE     512u
#define MAX_SESSIONS 4096u
#define BLANKS       " \t"

enum value_kind { VALUE_UUID, VALUE_NAME, VALUE_U32, VALUE_U64, VALUE_SYSCALLS, VALUE_POLICY };

struct key {
    const char *name;
    enum value_kind kind;
    bool needed;
    size_t offset;
    uint64_t least, most; /* of numbers */
};

#define AT(field) offsetof(struct signed_image_header, field)

static const struct key keys[] = {
    { "identity", VALUE_UUID, true, AT(identity), 0, 0 },
    { "family", VALUE_UUID, false, AT(family), 0, 0 },
    { "name", VALUE_NAME, true, AT(name), 0, 0 },
    { "security_version", VALUE_U32, true, AT(security_version), 1, UINT32_MAX },
    { "heap_pages", VALUE_U32, true, AT(heap_pages), 0, IUM_MAX_HEAP_PAGES },
    { "stack_pages", VALUE_U32, true, AT(stack_pages), 1, IUM_MAX_STACK_PAGES },
    { "max_sessions", VALUE_U32, true, AT(max_sessions), 1, MAX_SESSIONS },
    { "max_instances", VALUE_U32, true, AT(max_instances), 1, MAX_SESSIONS },
    { "page_quota", VALUE_U32, false, AT(page_quota), 0, UINT32_MAX },
    { "handle_quota", VALUE_U32, false, AT(handle_quota), 0, UINT32_MAX },
    { "call_time", VALUE_U64, false, AT(call_time), 0, UINT64_MAX },
    { "syscalls", VALUE_SYSCALLS, true, AT(syscalls), 0, 0 },
    { "policy", VALUE_POLICY, false, AT(policy), 0, 0 },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

struct parser {
    struct signed_image_header *header;
    struct manifest_problem *problem;
    unsigned line;
    bool given[KEY_COUNT];
};

static bool refuse(struct parser *parser, const char *text, ...) __attribute__((format(printf, 2, 3)));

/* Always false, so that a parser can end with it. */
static bool refuse(struct parser *parser, const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    vsnprintf(parser->problem->text, sizeof(parser->problem->text), text, arguments);
    va_end(arguments);
    parser->problem->line = parser->line;
    return false;
}

static bool take_number(struct parser *parser, const struct key *key, const char *value)
{
    uint8_t *field = (uint8_t *)parser->header + key->offset;
    uint64_t number;
    uint32_t small;

    if (!number_parse(value, key->most, &number) || number < key->least) {
        return refuse(parser, "%s is not a number from %llu to %llu", key->name, (unsigned long long)key->least,
                      (unsigned long long)key->most);
    }
    small = (uint32_t)number;
    memcpy(field, key->kind == VALUE_U32 ? (void *)&small : (void *)&number, key->kind == VALUE_U32 ? 4 : 8);
    return true;
}

static bool take_uuid(struct parser *parser, const struct key *key, const char *value)
{
    uint8_t *field = (uint8_t *)parser->header + key->offset;

    return (uuid_parse(value, field) && !sodium_is_zero(field, 16)) || refuse(parser, "%s is not a UUID, or zero", key->name);
}

static bool take_name(struct parser *parser, const char *value)
{
    size_t length = strlen(value);

    if (length >= sizeof(parser->header->name)) {
        return refuse(parser, "name is longer than 31 characters");
    }
    if (strchr(value, '\t') != NULL) {
        return refuse(parser, "name has a tab in it");
    }
    memcpy(parser->header->name, value, length);
    return true;
}

/* A name of the list, or a number of 0 to 63 for one of another version's. */
static bool take_syscall(struct parser *parser, const char *word)
{
    bool loader = false;
    uint64_t number;
    int known = syscall_by_name(word, &loader);

    if (known < 0 && !number_parse(word, 63, &number)) {
        return refuse(parser, "there is no system call %.32s", word);
    }
    if (loader) {
        return refuse(parser, "system call %s is the loader's, no trustlet may make it", word);
    }
    number = known >= 0 ? (uint64_t)known : number;
    if ((parser->header->syscalls >> number & 1) != 0) {
        return refuse(parser, "system call %s is named twice", word);
    }
    parser->header->syscalls |= UINT64_C(1) << number;
    return true;
}

static bool take_syscalls(struct parser *parser, char *value)
{
    char *rest = NULL;

    for (char *word = strtok_r(value, BLANKS, &rest); word != NULL; word = strtok_r(NULL, BLANKS, &rest)) {
        if (!take_syscall(parser, word)) {
            return false;
        }
    }
    return true;
}

static bool take_policy(struct parser *parser, const char *value)
{
    size_t size;

    return sodium_hex2bin(parser->header->policy, sizeof(parser->header->policy), value, strlen(value), NULL, &size, NULL) == 0 ||
           refuse(parser, "policy is not hexadecimal, or more than %zu bytes", sizeof(parser->header->policy));
}

static bool take_value(struct parser *parser, const struct key *key, char *value)
{
    switch (key->kind) {
    case VALUE_UUID:
        return take_uuid(parser, key, value);
    case VALUE_NAME:
        return take_name(parser, value);
    case VALUE_SYSCALLS:
        return take_syscalls(parser, value);
    case VALUE_POLICY:
        return take_policy(parser, value);
    default:
        return take_number(parser, key, value);
    }
}

static bool take_pair(struct parser *parser, const char *name, char *value)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            if (parser->given[i]) {
                return refuse(parser, "%s is given twice", name);
            }
            if (*value == '\0') {
                return refuse(parser, "%s has no value", name);
            }
            parser->given[i] = true;
            return take_value(parser, &keys[i], value);
        }
    }
    return refuse(parser, "there is no key '%.32s'", name);
}

static char *trim(char *text)
{
    size_t length;

    text += strspn(text, BLANKS);
    length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL) {
        text[--length] = '\0';
    }
    return text;
}

static bool take_line(struct parser *parser, char *line)
{
    char *equals;

    for (const char *at = line; *at != '\0'; at++) {
        if ((*at < ' ' && *at != '\t') || *at > '~') {
            return refuse(parser, "only printable ASCII is allowed");
        }
    }
    line[strcspn(line, "#")] = '\0';
    line = trim(line);
    if (*line == '\0') {
        return true;
    }
    equals = strchr(line, '=');
    if (equals == NULL) {
        return refuse(parser, "not a line 'key = value'");
    }
    *equals = '\0';
    return take_pair(parser, trim(line), trim(equals + 1));
}

static bool all_there(struct parser *parser)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].needed && !parser->given[i]) {
            return refuse(parser, "the key '%s' is missing", keys[i].name);
        }
    }
    return true;
}

static bool next_line(struct parser *parser, const char **at, const char *end)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    size_t length = (size_t)((stop != NULL ? stop : end) - *at);
    char line[MAX_LINE];

    parser->line++;
    if (length >= sizeof(line)) {
        return refuse(parser, "the line is longer than %u characters", MAX_LINE - 1);
    }
    if (memchr(*at, '\0', length) != NULL) {
        return refuse(parser, "only printable ASCII is allowed");
    }
    memcpy(line, *at, length);
    line[length > 0 && line[length - 1] == '\r' ? length - 1 : length] = '\0';
    *at += length + (stop != NULL);
    return take_line(parser, line);
}

bool manifest_parse(const char *text, size_t size, bool debug, struct signed_image_header *header,
                    struct manifest_problem *problem)
{
    struct parser parser = { .header = header, .problem = problem };
    const char *at = text, *end = text + size;

    *header = (struct signed_image_header){
        .magic = SIGNED_IMAGE_MAGIC,
        .header_size = sizeof(*header),
        .kind = SIGNED_IMAGE_TRUSTLET,
        .flags = debug ? SIGNED_IMAGE_DEBUG : 0,
    };
    if (size > MANIFEST_MAX_SIZE) {
        return refuse(&parser, "larger than %u bytes", MANIFEST_MAX_SIZE);
    }
    while (at < end) {
        if (!next_line(&parser, &at, end)) {
            return false;
        }
    }
    return all_there(&parser);
}
