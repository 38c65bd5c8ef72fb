#include <vtl0/options.h>

#include <lib/string.h>

#define DEFAULT_CALLS 100u
#define MAX_CALLS     100000000u

enum option_key { KEY_MODE, KEY_ONLY, KEY_CALLS, KEY_SEED, KEY_CALL, KEY_STORE, KEY_COUNT };

struct word {
    const char *text;
    size_t length;
};

static bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(word.text, text, word.length) == 0;
}

static bool parse_mode(struct word value, struct kernel_options *options)
{
    static const char names[][20] = {
        [MODE_DEMO] = "demo", [MODE_ATTACK] = "attack", [MODE_CONSOLE] = "console", [MODE_TEST] = "test",
        [MODE_CALL] = "call",
        [MODE_DELAY] = "delay",
        [MODE_FUZZ] = "fuzz",
        [MODE_FUZZ_SYSCALLS] = "fuzz-syscalls",
        [MODE_IMAGES] = "images",
        [MODE_NORMAL_CALLS] = "normal-calls",
        [MODE_SECURE_PROCESSES] = "secure-processes",
        [MODE_THREADS] = "threads",
        [MODE_TPM] = "tpm",
        [MODE_TRUSTLETS] = "trustlets",
        [MODE_VAULT] = "vault",
        [MODE_VAULT_SCAN] = "vault-scan",
        [MODE_VECTORS] = "vectors",
        [MODE_VSM_INFO] = "vsm-info",
    };

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (word_is(value, names[i])) {
            options->mode = (enum kernel_mode)i;
            return true;
        }
    }
    return false;
}

/* Text of 1 to size - 1 characters. */
static bool parse_text(struct word value, char *text, size_t size)
{
    if (value.length == 0 || value.length >= size) {
        return false;
    }
    memcpy(text, value.text, value.length);
    text[value.length] = '\0';
    return true;
}

/* A decimal number from 1 to most. */
static bool parse_number(struct word value, uint32_t most, uint32_t *number)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < value.length; i++) {
        if (value.text[i] < '0' || value.text[i] > '9' || sum > most) {
            return false;
        }
        sum = sum * 10 + (uint64_t)(value.text[i] - '0');
    }
    *number = (uint32_t)sum;
    return sum > 0 && sum <= most;
}

static bool parse_value(enum option_key key, struct word value, struct kernel_options *options)
{
    switch (key) {
    case KEY_MODE:
        return parse_mode(value, options);
    case KEY_ONLY:
        return parse_text(value, options->only, sizeof(options->only));
    case KEY_CALLS:
        return parse_number(value, MAX_CALLS, &options->calls);
    case KEY_CALL:
        return parse_text(value, options->call, sizeof(options->call));
    case KEY_STORE:
        options->store_on_com1 = true;
        return word_is(value, "com1");
    default:
        return parse_number(value, UINT32_MAX, &options->seed);
    }
}

static bool parse_word(struct word word, struct kernel_options *options, bool seen[KEY_COUNT])
{
    static const char keys[KEY_COUNT][8] = { [KEY_MODE] = "mode=", [KEY_ONLY] = "only=", [KEY_CALLS] = "calls=", [KEY_SEED] = "seed=",
                                            [KEY_CALL] = "call=", [KEY_STORE] = "store=" };

    for (unsigned i = 0; i < KEY_COUNT; i++) {
        size_t length = strlen(keys[i]);

        if (word.length >= length && memcmp(word.text, keys[i], length) == 0 && !seen[i]) {
            seen[i] = true;
            return parse_value((enum option_key)i, (struct word){ word.text + length, word.length - length }, options);
        }
    }
    return false;
}

/* The next word at *text, of length 0 at the end. */
static struct word next_word(const char **text)
{
    struct word word;

    while (**text == ' ') {
        ++*text;
    }
    word = (struct word){ *text, 0 };
    while (word.text[word.length] != ' ' && word.text[word.length] != '\0') {
        word.length++;
    }
    *text += word.length;
    return word;
}

static bool is_program_name(struct word word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (word.text[i] == '=') {
            return false;
        }
    }
    return true;
}

bool options_parse(const char *text, struct kernel_options *options, const char **bad)
{
    bool seen[KEY_COUNT] = { false };
    bool first = true;

    *options = (struct kernel_options){ .mode = MODE_DEMO, .calls = DEFAULT_CALLS };
    for (struct word word = next_word(&text); word.length > 0; word = next_word(&text), first = false) {
        if (first && is_program_name(word)) {
            continue;
        }
        if (!parse_word(word, options, seen)) {
            *bad = word.text;
            return false;
        }
    }
    return true;
}
