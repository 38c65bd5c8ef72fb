/* Lines of the vault's console: every form, every reason to refuse one, and random ones, which must only not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vault_line.h"

/* The line stays in memory of its own size until the next one. */
static bool parse(const char *text, struct vault_line *line)
{
    static char *copy;

    free(copy);
    copy = text != NULL ? strdup(text) : NULL;
    return copy != NULL && vault_line_parse(copy, line);
}

static void words_and_values(void **state)
{
    struct vault_line line;
    struct vault_bytes bytes;

    (void)state;
    assert_true(parse("  add  type=p256 label=hex:00ff empty= n=18446744073709551615 x=a=b ", &line));
    assert_int_equal(line.verb_size, 3);
    assert_memory_equal(line.verb, "add", 3);
    assert_int_equal(vault_line_name(&line, "type", vault_types), CREDVAULT_P256);
    bytes = vault_line_bytes(&line, "label", 1, 2);
    assert_int_equal(bytes.size, 2);
    assert_memory_equal(bytes.at, "\x00\xff", 2);
    assert_int_equal(vault_line_bytes(&line, "empty", 0, 0).size, 0);
    assert_true(vault_line_number(&line, "n", UINT64_MAX) == UINT64_MAX);
    bytes = vault_line_bytes(&line, "x", 0, 3);
    assert_memory_equal(bytes.at, "a=b", 3);
    assert_true(vault_line_end(&line));
}

static void absent_words(void **state)
{
    struct vault_line line;

    (void)state;
    assert_true(parse("list", &line));
    assert_false(vault_line_has(&line, "id"));
    assert_int_equal(vault_line_optional_number(&line, "id", 9, 7), 7);
    assert_int_equal(vault_line_optional_name(&line, "type", vault_types, 3), 3);
    assert_null(vault_line_optional_bytes(&line, "message", 1, 2).at);
    assert_false(vault_line_yes(&line, "confirm"));
    assert_true(vault_line_end(&line));
}

static void sets_and_pairs(void **state)
{
    struct vault_line line;
    uint32_t a, b;

    (void)state;
    assert_true(parse("x allow=sign,agree rate=3/4294967295", &line));
    assert_int_equal(vault_line_set(&line, "allow", vault_operations), CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_AGREE);
    vault_line_pair(&line, "rate", &a, &b);
    assert_int_equal(a, 3);
    assert_true(b == UINT32_MAX);
    assert_true(vault_line_end(&line));
}

static void lines_that_are_none(void **state)
{
    static const struct {
        const char *text;
        enum vault_line_error error;
    } rows[] = {
        { "", VAULT_LINE_EMPTY },
        { "   ", VAULT_LINE_EMPTY },
        { "info\tid=1", VAULT_LINE_BAD_CHARACTER },
        { "info \x7f", VAULT_LINE_BAD_CHARACTER },
        { "info \x1b[2J", VAULT_LINE_BAD_CHARACTER },
        { "info id", VAULT_LINE_BAD_WORD },
        { "info =1", VAULT_LINE_BAD_WORD },
        { "info ID=1", VAULT_LINE_BAD_WORD },
        { "info -d=1", VAULT_LINE_BAD_WORD },
        { "info 1d=1", VAULT_LINE_BAD_WORD },
        { "info i d=1", VAULT_LINE_BAD_WORD },
        { "info id=hex:0", VAULT_LINE_BAD_HEX },
        { "info id=hex:0x", VAULT_LINE_BAD_HEX },
        { "info id=1 id=1", VAULT_LINE_REPEATED_WORD },
        { "info id=1 n=2 id=", VAULT_LINE_REPEATED_WORD },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vault_line line;

        assert_false(parse(rows[i].text, &line));
        assert_int_equal(line.error, rows[i].error);
        assert_string_equal(line.error_key, ""); /* nothing of the line is told again */
    }
}

static void too_many_words(void **state)
{
    char text[VAULT_LINE_WORDS * 8 + 32] = "info";
    struct vault_line line;

    (void)state;
    for (unsigned i = 0; i < VAULT_LINE_WORDS; i++) {
        sprintf(text + strlen(text), " k%u=1", i);
    }
    assert_true(parse(text, &line));
    strcat(text, " more=1");
    assert_false(parse(text, &line));
    assert_int_equal(line.error, VAULT_LINE_TOO_MANY_WORDS);
}

enum kind { NUMBER, BYTES, NAME, SET, PAIR, YES, NOTHING };

static void ask(struct vault_line *line, enum kind kind)
{
    uint32_t a, b;

    switch (kind) {
    case NUMBER:
        assert_int_equal(vault_line_number(line, "k", 4294967295), 0);
        break;
    case BYTES:
        assert_int_equal(vault_line_bytes(line, "k", 2, 3).size, 0);
        break;
    case NAME:
        assert_int_equal(vault_line_name(line, "k", vault_types), 0);
        break;
    case SET:
        assert_int_equal(vault_line_set(line, "k", vault_operations), 0);
        break;
    case PAIR:
        vault_line_pair(line, "k", &a, &b);
        assert_true(a == 0 && b == 0);
        break;
    case YES:
        assert_false(vault_line_yes(line, "k"));
        break;
    case NOTHING:
        break;
    }
}

static void values_that_are_none(void **state)
{
    static const struct {
        const char *text;
        enum kind kind;
        enum vault_line_error error;
        const char *key;
    } rows[] = {
        { "v", NUMBER, VAULT_LINE_MISSING_WORD, "k" },
        { "v", BYTES, VAULT_LINE_MISSING_WORD, "k" },
        { "v", NAME, VAULT_LINE_MISSING_WORD, "k" },
        { "v", SET, VAULT_LINE_MISSING_WORD, "k" },
        { "v", PAIR, VAULT_LINE_MISSING_WORD, "k" },
        { "v k=", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=4294967296", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=99999999999999999999", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=-1", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=1x", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=0x1", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=hex:00", NUMBER, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=a", BYTES, VAULT_LINE_BAD_SIZE, "k" },
        { "v k=abcd", BYTES, VAULT_LINE_BAD_SIZE, "k" },
        { "v k=p257", NAME, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=", NAME, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=p25", NAME, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=", SET, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=sign,", SET, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=,sign", SET, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=sign,sign", SET, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=sign,everything", SET, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=1", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=1/", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=/1", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=0/1", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=1/0", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=1/2/3", PAIR, VAULT_LINE_BAD_NUMBER, "k" },
        { "v k=no", YES, VAULT_LINE_BAD_VALUE, "k" },
        { "v k=1", NOTHING, VAULT_LINE_UNKNOWN_WORD, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vault_line line;

        assert_true(parse(rows[i].text, &line));
        ask(&line, rows[i].kind);
        assert_false(vault_line_end(&line));
        assert_int_equal(line.error, rows[i].error);
        assert_string_equal(line.error_key, rows[i].key);
    }
}

static void a_tools_lines(void **state)
{
    static const char *const bad[] = {
        "", "OVSM-VAULT", "OVSM-VAULT ", "OVSM-VAULT 1", "OVSM-VAULT  info", "OVSM-VAULT x info", "ovsm-vault 1 info",
        "OVSM-VAULT 4294967296 info", "OVSM-VAULTS 1 info",
    };
    char good[] = "OVSM-VAULT 4294967295 info id=1";
    uint32_t id = 0;

    (void)state;
    assert_string_equal(vault_request_words(good, &id), "info id=1");
    assert_true(id == UINT32_MAX);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *line = strdup(bad[i]);

        assert_null(vault_request_words(line, &id));
        free(line);
    }
}

/* Of characters that lines are made of: whatever they come to, every value lies inside the line. */
static void random_lines(void **state)
{
    static const char characters[] = "abk=  hex:0f,/19\t\xc3-";

    (void)state;
    srand(1);
    for (unsigned round = 0; round < 200000; round++) {
        char text[48];
        size_t size = (size_t)rand() % sizeof(text);
        struct vault_line line;
        char *copy;

        for (size_t i = 0; i < size; i++) {
            text[i] = characters[(size_t)rand() % (sizeof(characters) - 1)];
        }
        copy = malloc(size + 1);
        memcpy(copy, text, size);
        copy[size] = '\0';
        if (vault_line_parse(copy, &line)) {
            assert_int_equal(line.error, VAULT_LINE_GOOD);
            for (size_t i = 0; i < line.count; i++) {
                assert_true((const char *)line.words[i].value.at > copy);
                assert_true((const char *)line.words[i].value.at + line.words[i].value.size <= copy + size);
            }
        } else {
            assert_int_not_equal(line.error, VAULT_LINE_GOOD);
        }
        free(copy);
    }
}

static void every_error_has_words(void **state)
{
    (void)state;
    for (unsigned i = VAULT_LINE_GOOD; i <= VAULT_LINE_NO_REQUEST; i++) {
        assert_non_null(vault_line_error_words((enum vault_line_error)i).name);
        assert_non_null(vault_line_error_words((enum vault_line_error)i).text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_values),
        cmocka_unit_test(absent_words),
        cmocka_unit_test(sets_and_pairs),
        cmocka_unit_test(lines_that_are_none),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(values_that_are_none),
        cmocka_unit_test(a_tools_lines),
        cmocka_unit_test(random_lines),
        cmocka_unit_test(every_error_has_words),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    parse(NULL, NULL);
    return failed;
}
