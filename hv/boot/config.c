#include "config.h"

#include <lib/format.h>
#include <lib/string.h>

const char *const config_log_levels[] = { "error", "info", "debug", NULL };
const char *const config_programs[] = { CONFIG_FIRMWARE, NULL };
const char *const config_securekernels[] = { CONFIG_NONE, CONFIG_BY_VTL0, NULL };

#define DEFAULT_VTL1_MEMORY 16u
#define DEFAULT_LOG_LEVEL   1u
#define LINE_LIMIT          1024u

/* A piece of the file; never empty of characters it was not given. */
struct span {
    const char *at;
    size_t size;
};

struct parser {
    struct config *config;
    struct config_error *error;
    uint32_t line;
    uint32_t seen; /* bit n: config_keys[n] was set */
};

static bool fail(struct parser *parser, const char *what, const char *detail)
{
    parser->error->line = parser->line;
    if (detail != NULL) {
        format(parser->error->text, sizeof(parser->error->text), "%s \"%s\"", what, detail);
    } else {
        format(parser->error->text, sizeof(parser->error->text), "%s", what);
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span span)
{
    while (span.size > 0 && is_blank(span.at[0])) {
        span.at++;
        span.size--;
    }
    while (span.size > 0 && is_blank(span.at[span.size - 1])) {
        span.size--;
    }
    return span;
}

static bool span_is(struct span span, const char *text)
{
    return strlen(text) == span.size && memcmp(text, span.at, span.size) == 0;
}

/* A comment starts at the line's start or behind a blank, so that a value may hold '#'. */
static struct span without_comment(struct span line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.at[i] == '#' && (i == 0 || is_blank(line.at[i - 1]))) {
            line.size = i;
        }
    }
    return line;
}

static bool check_characters(struct parser *parser, struct span line)
{
    if (line.size > LINE_LIMIT) {
        return fail(parser, "the line is too long", NULL);
    }
    for (size_t i = 0; i < line.size; i++) {
        if (line.at[i] != '\t' && (line.at[i] < 0x20 || line.at[i] > 0x7E)) {
            return fail(parser, "only printable ASCII is allowed", NULL);
        }
    }
    return true;
}

static bool store_text(struct parser *parser, const struct config_key *key, struct span value)
{
    char *to = (char *)parser->config + key->offset;

    if (value.size >= CONFIG_TEXT_SIZE) {
        return fail(parser, "the value is too long for key", key->name);
    }
    memcpy(to, value.at, value.size);
    to[value.size] = '\0';
    return true;
}

static bool is_path(struct span value)
{
    if (value.size < 2 || value.at[0] != '\\' || value.at[value.size - 1] == '\\') {
        return false;
    }
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] == '/' || value.at[i] == '\t') {
            return false;
        }
    }
    return true;
}

/* The index of the value, or that of the terminator. */
static uint32_t find_word(const struct config_key *key, struct span value)
{
    uint32_t i = 0;

    while (key->words[i] != NULL && !span_is(value, key->words[i])) {
        i++;
    }
    return i;
}

static bool store_path(struct parser *parser, const struct config_key *key, struct span value)
{
    if (!is_path(value) && (key->words == NULL || key->words[find_word(key, value)] == NULL)) {
        return fail(parser, "a path from the root with backslashes is expected for key", key->name);
    }
    return store_text(parser, key, value);
}

static bool store_number(struct parser *parser, const struct config_key *key, struct span value)
{
    uint32_t number = 0;

    if (value.size == 0 || value.size > 9) { /* nine digits fit 32 bits */
        return fail(parser, "a decimal number is expected for key", key->name);
    }
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return fail(parser, "a decimal number is expected for key", key->name);
        }
        number = number * 10 + (uint32_t)(value.at[i] - '0');
    }
    if (number < key->min || number > key->max) {
        return fail(parser, "the number is out of range for key", key->name);
    }
    memcpy((char *)parser->config + key->offset, &number, sizeof(number));
    return true;
}

static bool store_word(struct parser *parser, const struct config_key *key, struct span value)
{
    uint32_t index = find_word(key, value);

    if (key->words[index] == NULL) {
        return fail(parser, "unknown word for key", key->name);
    }
    memcpy((char *)parser->config + key->offset, &index, sizeof(index));
    return true;
}

static bool store(struct parser *parser, const struct config_key *key, struct span value)
{
    switch (key->kind) {
    case CONFIG_PATH:
        return store_path(parser, key, value);
    case CONFIG_TEXT:
        return store_text(parser, key, value);
    case CONFIG_NUMBER:
        return store_number(parser, key, value);
    case CONFIG_WORD:
        return store_word(parser, key, value);
    }
    return false;
}

static bool unknown_key(struct parser *parser, struct span key)
{
    char name[48];
    size_t length = key.size < sizeof(name) - 1 ? key.size : sizeof(name) - 1;

    memcpy(name, key.at, length);
    name[length] = '\0';
    return fail(parser, "unknown key", name);
}

static bool assign(struct parser *parser, struct span key, struct span value)
{
    for (uint32_t i = 0; i < config_key_count; i++) {
        if (!span_is(key, config_keys[i].name)) {
            continue;
        }
        if ((parser->seen & (1u << i)) != 0) {
            return fail(parser, "second value for key", config_keys[i].name);
        }
        if (value.size == 0 && config_keys[i].kind != CONFIG_TEXT) {
            return fail(parser, "no value for key", config_keys[i].name);
        }
        parser->seen |= 1u << i;
        return store(parser, &config_keys[i], value);
    }
    return unknown_key(parser, key);
}

static bool parse_line(struct parser *parser, struct span line)
{
    if (line.size > 0 && line.at[line.size - 1] == '\r') {
        line.size--;
    }
    if (!check_characters(parser, line)) {
        return false;
    }
    line = trim(without_comment(line));
    if (line.size == 0) {
        return true;
    }
    for (size_t i = 0; i < line.size; i++) {
        if (line.at[i] == '=') {
            return assign(parser, trim((struct span){ line.at, i }),
                          trim((struct span){ line.at + i + 1, line.size - i - 1 }));
        }
    }
    return fail(parser, "\"key = value\" is expected", NULL);
}

bool config_has_securekernel(const struct config *config)
{
    return strcmp(config->vtl1_securekernel, CONFIG_NONE) != 0 && strcmp(config->vtl1_securekernel, CONFIG_BY_VTL0) != 0;
}

bool config_offers_vsm(const struct config *config)
{
    return strcmp(config->vtl1_securekernel, CONFIG_NONE) != 0;
}

static bool check_whole(struct parser *parser)
{
    parser->line = 0;
    for (uint32_t i = 0; i < config_key_count; i++) {
        if (config_keys[i].required && (parser->seen & (1u << i)) == 0) {
            return fail(parser, "missing key", config_keys[i].name);
        }
    }
    if (!config_has_securekernel(parser->config) && parser->config->vtl1_trustlet[0] != '\0') {
        return fail(parser, "a trustlet needs a secure kernel: key", "vtl1.trustlet");
    }
    return true;
}

bool config_parse(const char *text, size_t size, struct config *config, struct config_error *error)
{
    struct parser parser = { .config = config, .error = error };
    size_t start = 0;

    memset(config, 0, sizeof(*config));
    memset(error, 0, sizeof(*error));
    config->vtl1_memory = DEFAULT_VTL1_MEMORY;
    config->log_level = DEFAULT_LOG_LEVEL;
    if (size > CONFIG_FILE_LIMIT) {
        return fail(&parser, "the file is too large", NULL);
    }
    while (start < size) {
        size_t end = start;

        while (end < size && text[end] != '\n') {
            end++;
        }
        parser.line++;
        if (!parse_line(&parser, (struct span){ text + start, end - start })) {
            return false;
        }
        start = end + 1;
    }
    return check_whole(&parser);
}
