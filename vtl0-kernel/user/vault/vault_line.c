#include "vault_line.h"

#include <lib/string.h>
#include <vtl0/hex.h>

#define HEX_MARK "hex:"
#define HEX_MARK_SIZE (sizeof(HEX_MARK) - 1)

static void fail(struct vault_line *line, enum vault_line_error error, const char *key)
{
    if (line->error == VAULT_LINE_GOOD) {
        line->error = error;
        line->error_key = key;
    }
}

static bool is_key(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && i > 0) || (c == '-' && i > 0))) {
            return false;
        }
    }
    return size > 0;
}

static struct vault_word *find(struct vault_line *line, const char *key, size_t size)
{
    for (size_t i = 0; i < line->count; i++) {
        if (line->words[i].key_size == size && memcmp(line->words[i].key, key, size) == 0) {
            return &line->words[i];
        }
    }
    return NULL;
}

static bool take_value(struct vault_line *line, struct vault_word *word, char *value, size_t size)
{
    size_t decoded;

    word->value = (struct vault_bytes){ (const uint8_t *)value, size };
    if (size < HEX_MARK_SIZE || memcmp(value, HEX_MARK, HEX_MARK_SIZE) != 0) {
        return true;
    }
    if (!hex_decode(value + HEX_MARK_SIZE, size - HEX_MARK_SIZE, (uint8_t *)value, size, &decoded)) {
        fail(line, VAULT_LINE_BAD_HEX, "");
        return false;
    }
    word->value.size = decoded;
    return true;
}

static bool take_word(struct vault_line *line, char *text, size_t size)
{
    struct vault_word word = { .key = text };

    while (word.key_size < size && text[word.key_size] != '=') {
        word.key_size++;
    }
    if (word.key_size == size || !is_key(text, word.key_size)) {
        fail(line, VAULT_LINE_BAD_WORD, "");
        return false;
    }
    if (find(line, text, word.key_size) != NULL) {
        fail(line, VAULT_LINE_REPEATED_WORD, "");
        return false;
    }
    if (line->count == VAULT_LINE_WORDS) {
        fail(line, VAULT_LINE_TOO_MANY_WORDS, "");
        return false;
    }
    if (!take_value(line, &word, text + word.key_size + 1, size - word.key_size - 1)) {
        return false;
    }
    line->words[line->count++] = word;
    return true;
}

/* The next piece without blanks at *text; its size, 0 at the end. */
static size_t next_piece(char **text)
{
    size_t size = 0;

    while (**text == ' ') {
        ++*text;
    }
    while ((*text)[size] != ' ' && (*text)[size] != '\0') {
        size++;
    }
    return size;
}

static bool has_control_characters(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F) {
            return true;
        }
    }
    return false;
}

bool vault_line_parse(char *text, struct vault_line *line)
{
    memset(line, 0, sizeof(*line));
    line->error_key = line->verb = "";
    if (has_control_characters(text)) {
        fail(line, VAULT_LINE_BAD_CHARACTER, "");
        return false;
    }
    line->verb_size = next_piece(&text);
    line->verb = text;
    if (line->verb_size == 0) {
        fail(line, VAULT_LINE_EMPTY, "");
        return false;
    }
    text += line->verb_size;
    for (size_t size = next_piece(&text); size > 0; size = next_piece(&text)) {
        char *word = text;

        text += size;
        if (!take_word(line, word, size)) {
            return false;
        }
    }
    return true;
}

static struct vault_word *get(struct vault_line *line, const char *key)
{
    struct vault_word *word = find(line, key, strlen(key));

    if (word != NULL) {
        word->wanted = true;
    }
    return word;
}

/* The word, which has to be there. */
static const struct vault_word *need(struct vault_line *line, const char *key)
{
    const struct vault_word *word = get(line, key);

    if (word == NULL) {
        fail(line, VAULT_LINE_MISSING_WORD, key);
    }
    return word;
}

bool vault_line_has(struct vault_line *line, const char *key)
{
    return get(line, key) != NULL;
}

void vault_line_refuse(struct vault_line *line, const char *key, enum vault_line_error error)
{
    fail(line, error, key);
}

struct vault_bytes vault_line_optional_bytes(struct vault_line *line, const char *key, size_t min, size_t max)
{
    const struct vault_word *word = get(line, key);

    if (word == NULL) {
        return (struct vault_bytes){ NULL, 0 };
    }
    if (word->value.size < min || word->value.size > max) {
        vault_line_refuse(line, key, VAULT_LINE_BAD_SIZE);
        return (struct vault_bytes){ NULL, 0 };
    }
    return word->value;
}

struct vault_bytes vault_line_bytes(struct vault_line *line, const char *key, size_t min, size_t max)
{
    need(line, key);
    return vault_line_optional_bytes(line, key, min, max);
}

bool vault_parse_number(const char *text, size_t size, uint64_t max, uint64_t *number)
{
    uint64_t sum = 0;

    *number = 0;
    for (size_t i = 0; i < size; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');

        if (text[i] < '0' || text[i] > '9' || sum > max / 10 || digit > max - sum * 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *number = sum;
    return size > 0;
}

static const char *text_of(const struct vault_word *word)
{
    return (const char *)word->value.at;
}

uint64_t vault_line_optional_number(struct vault_line *line, const char *key, uint64_t max, uint64_t absent)
{
    const struct vault_word *word = get(line, key);
    uint64_t number = absent;

    if (word != NULL && !vault_parse_number(text_of(word), word->value.size, max, &number)) {
        vault_line_refuse(line, key, VAULT_LINE_BAD_NUMBER);
        return absent;
    }
    return number;
}

uint64_t vault_line_number(struct vault_line *line, const char *key, uint64_t max)
{
    need(line, key);
    return vault_line_optional_number(line, key, max, 0);
}

uint32_t vault_line_optional_name(struct vault_line *line, const char *key, const struct vault_name *names, uint32_t absent)
{
    const struct vault_word *word = get(line, key);
    uint32_t number = absent;

    if (word != NULL && !vault_number_of(names, text_of(word), word->value.size, &number)) {
        vault_line_refuse(line, key, VAULT_LINE_BAD_VALUE);
        return absent;
    }
    return number;
}

uint32_t vault_line_name(struct vault_line *line, const char *key, const struct vault_name *names)
{
    need(line, key);
    return vault_line_optional_name(line, key, names, 0);
}

static size_t until(const char *text, size_t size, char end)
{
    size_t length = 0;

    while (length < size && text[length] != end) {
        length++;
    }
    return length;
}

uint32_t vault_line_set(struct vault_line *line, const char *key, const struct vault_name *names)
{
    const struct vault_word *word = need(line, key);
    const char *text = word != NULL ? text_of(word) : "";
    size_t left = word != NULL ? word->value.size : 0;
    uint32_t set = 0;

    while (word != NULL) {
        size_t length = until(text, left, ',');
        uint32_t number;

        if (!vault_number_of(names, text, length, &number) || (set & number) != 0) {
            vault_line_refuse(line, key, VAULT_LINE_BAD_VALUE);
            return 0;
        }
        set |= number;
        if (length == left) {
            break;
        }
        text += length + 1;
        left -= length + 1;
    }
    return set;
}

void vault_line_pair(struct vault_line *line, const char *key, uint32_t *first, uint32_t *second)
{
    const struct vault_word *word = need(line, key);
    uint64_t a = 0, b = 0;
    size_t slash;

    *first = *second = 0;
    if (word == NULL) {
        return;
    }
    slash = until(text_of(word), word->value.size, '/');
    if (slash == word->value.size || !vault_parse_number(text_of(word), slash, UINT32_MAX, &a) ||
        !vault_parse_number(text_of(word) + slash + 1, word->value.size - slash - 1, UINT32_MAX, &b) || a == 0 || b == 0) {
        vault_line_refuse(line, key, VAULT_LINE_BAD_NUMBER);
        return;
    }
    *first = (uint32_t)a;
    *second = (uint32_t)b;
}

bool vault_line_yes(struct vault_line *line, const char *key)
{
    static const struct vault_name yes[] = { { "yes", 1 }, { NULL, 0 } };

    return vault_line_optional_name(line, key, yes, 0) == 1;
}

bool vault_line_end(struct vault_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        if (!line->words[i].wanted) {
            fail(line, VAULT_LINE_UNKNOWN_WORD, "");
        }
    }
    return line->error == VAULT_LINE_GOOD;
}

struct vault_words vault_line_error_words(enum vault_line_error error)
{
    static const struct vault_words words[] = {
        [VAULT_LINE_GOOD] = { "none", "nothing is wrong with the line" },
        [VAULT_LINE_EMPTY] = { "empty", "there is no verb" },
        [VAULT_LINE_UNKNOWN_VERB] = { "unknown-verb", "there is no such verb" },
        [VAULT_LINE_BAD_CHARACTER] = { "bad-character", "there is a control character in the line" },
        [VAULT_LINE_BAD_WORD] = { "bad-word", "a word is not of the form key=value" },
        [VAULT_LINE_BAD_HEX] = { "bad-hex", "what follows hex: is not pairs of hexadecimal digits" },
        [VAULT_LINE_REPEATED_WORD] = { "repeated-word", "a word is there twice" },
        [VAULT_LINE_TOO_MANY_WORDS] = { "too-many-words", "there are too many words" },
        [VAULT_LINE_UNKNOWN_WORD] = { "unknown-word", "the verb does not take this word" },
        [VAULT_LINE_MISSING_WORD] = { "missing-word", "the verb needs this word" },
        [VAULT_LINE_BAD_NUMBER] = { "bad-number", "the value is no number, or out of range" },
        [VAULT_LINE_BAD_SIZE] = { "bad-size", "the value has too few or too many bytes" },
        [VAULT_LINE_BAD_VALUE] = { "bad-value", "the value is none of the names that may stand there" },
        [VAULT_LINE_TOO_LONG] = { "too-long", "the line is too long" },
        [VAULT_LINE_NO_REQUEST] = { "no-request", "the line does not begin with OVSM-VAULT and a number" },
    };

    return words[error];
}

char *vault_request_words(char *line, uint32_t *id)
{
    static const char mark[] = "OVSM-VAULT ";
    size_t size = strlen(line), head = sizeof(mark) - 1, digits;
    uint64_t number;

    if (size < head || memcmp(line, mark, head) != 0) {
        return NULL;
    }
    digits = until(line + head, size - head, ' ');
    if (head + digits == size || !vault_parse_number(line + head, digits, UINT32_MAX, &number)) {
        return NULL;
    }
    *id = (uint32_t)number;
    return line + head + digits + 1;
}
