#include "vault_console.h"

#include <lib/format.h>
#include <lib/string.h>
#include <vtl0/hex.h>

#define PART 64u

static const struct {
    const char *name;
    vault_verb *run;
} verbs[] = {
    { "info", vault_verb_info },         { "list", vault_verb_list },       { "audit", vault_verb_audit },
    { "reset", vault_verb_reset },       { "add", vault_verb_add },         { "generate", vault_verb_generate },
    { "import", vault_verb_import },     { "remove", vault_verb_remove },   { "public", vault_verb_public },
    { "policy", vault_verb_policy },     { "unlock", vault_verb_unlock },   { "confirm", vault_verb_confirm },
    { "respond", vault_verb_respond },   { "hmac", vault_verb_hmac },       { "otp", vault_verb_otp },
    { "sign", vault_verb_sign },         { "agree", vault_verb_agree },     { "wrap", vault_verb_wrap },
    { "preauth", vault_verb_preauth },   { "as-rep", vault_verb_as_rep },   { "tgs-rep", vault_verb_tgs_rep },
    { "authenticator", vault_verb_authenticator }, { "checksum", vault_verb_checksum }, { "raw", vault_verb_raw },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void say(struct vault_console *console, const char *text)
{
    console->write(text, strlen(text));
}

/* "key=" or, for people, "  key: " on a line of its own. */
static void begin_field(struct vault_console *console, const char *key)
{
    say(console, console->for_people ? "\n  " : " ");
    say(console, key);
    say(console, console->for_people ? ": " : "=");
}

void vault_tell_word(struct vault_console *console, const char *key, const char *word)
{
    begin_field(console, key);
    say(console, word);
}

void vault_tell_number(struct vault_console *console, const char *key, uint64_t number)
{
    char digits[24];

    format(digits, sizeof(digits), "%lu", (unsigned long)number);
    vault_tell_word(console, key, digits);
}

void vault_tell_bytes(struct vault_console *console, const char *key, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    char digits[2 * PART];

    begin_field(console, key);
    while (size > 0) {
        size_t part = size < PART ? size : PART;

        hex_encode(from, part, digits);
        console->write(digits, 2 * part);
        from += part;
        size -= part;
    }
    secure_zero(digits, sizeof(digits));
}

void vault_tell_text(struct vault_console *console, const char *key, const void *text, size_t size)
{
    const char *from = text;

    if (!console->for_people) {
        vault_tell_bytes(console, key, text, size);
        return;
    }
    begin_field(console, key);
    for (size_t i = 0; i < size; i++) {
        bool control = (unsigned char)from[i] < ' ' || from[i] == 0x7F;

        console->write(control ? "?" : &from[i], 1);
    }
}

void vault_tell_set(struct vault_console *console, const char *key, const struct vault_name *names, uint32_t set)
{
    const char *before = "";

    vault_tell_word(console, key, set == 0 ? "none" : "");
    for (; names->name != NULL; names++) {
        if ((set & names->number) != 0) {
            say(console, before);
            say(console, names->name);
            before = ",";
        }
    }
}

void vault_tell_row(struct vault_console *console, const char *name)
{
    if (console->for_people) {
        say(console, name);
        return;
    }
    say(console, "@openvsm ");
    say(console, name);
    vault_tell_number(console, "id", console->id);
}

void vault_tell_row_end(struct vault_console *console)
{
    say(console, "\n");
}

/* VERBS: there is no such verb. */
static size_t find_verb(const struct vault_line *line)
{
    size_t i = 0;

    while (i < VERBS && (strlen(verbs[i].name) != line->verb_size || memcmp(verbs[i].name, line->verb, line->verb_size) != 0)) {
        i++;
    }
    return i;
}

/* "none" for one that there is not: it could be anything, a password with a blank in it too. */
static const char *verb_name(const struct vault_line *line)
{
    size_t verb = find_verb(line);

    return verb < VERBS ? verbs[verb].name : "none";
}

static void tell_sentence(struct vault_console *console, struct vault_result result)
{
    char number[32];

    if (vault_succeeded(result)) {
        say(console, "done");
        return;
    }
    say(console, vault_origin_text(result.origin));
    say(console, ": ");
    say(console, vault_status_words(result).text);
    format(number, sizeof(number), " (status %u)", result.status);
    say(console, number);
}

bool vault_tell(struct vault_console *console, const struct vault_line *line, struct vault_result result)
{
    if (console->for_people) {
        tell_sentence(console, result);
    } else {
        vault_tell_row(console, "vault");
        vault_tell_word(console, "verb", verb_name(line));
        vault_tell_number(console, "status", result.status);
        vault_tell_word(console, "name", vault_status_words(result).name);
        vault_tell_word(console, "origin", vault_origin_name(result.origin));
    }
    return vault_succeeded(result);
}

static void tell_line_error(struct vault_console *console, const struct vault_line *line)
{
    const struct vault_words words = vault_line_error_words(line->error);

    vault_tell(console, line, (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_LINE_BAD });
    vault_tell_word(console, "error", console->for_people ? words.text : words.name);
    if (line->error_key[0] != '\0') {
        vault_tell_word(console, "word", line->error_key);
    }
}

bool vault_tell_line_end(struct vault_console *console, struct vault_line *line)
{
    if (vault_line_end(line)) {
        return true;
    }
    tell_line_error(console, line);
    return false;
}

static bool parse(char *text, struct vault_line *line)
{
    if (!vault_line_parse(text, line)) {
        return false;
    }
    if (find_verb(line) == VERBS) {
        vault_line_refuse(line, "", VAULT_LINE_UNKNOWN_VERB);
        return false;
    }
    return true;
}

void vault_console_run(struct vault_console *console, char *text)
{
    size_t size = strlen(text);
    struct vault_line line;

    if (parse(text, &line)) {
        verbs[find_verb(&line)].run(console, &line);
    } else {
        tell_line_error(console, &line);
    }
    vault_tell_row_end(console);
    secure_zero(text, size);
    secure_zero(&line, sizeof(line));
}

void vault_console_refuse(struct vault_console *console, enum vault_line_error error)
{
    const struct vault_line line = { .verb = "", .error = error, .error_key = "" };

    tell_line_error(console, &line);
    vault_tell_row_end(console);
}
