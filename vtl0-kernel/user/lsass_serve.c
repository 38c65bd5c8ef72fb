/* The vault's console: one line of a person's, or all lines of a tool. */
#include "lsass.h"

#include <lib/string.h>

#include "calls.h"

#define LINE_SIZE 8192u

int64_t lsass_vault(char *argument)
{
    lsass.console.for_people = true;
    vault_console_run(&lsass.console, argument);
    lsass.console.for_people = false;
    return 0;
}

/* False: it was the last one. */
static bool serve(char *line, size_t length)
{
    char *words = vault_request_words(line, &lsass.console.id);

    if (words == NULL) {
        lsass.console.id = 0;
        vault_console_refuse(&lsass.console, VAULT_LINE_NO_REQUEST);
    } else if (length + 1 == LINE_SIZE) {
        vault_console_refuse(&lsass.console, VAULT_LINE_TOO_LONG); /* cut: what is missing could change what it says */
    } else if (strcmp(words, "end") == 0) {
        return false;
    } else {
        vault_console_run(&lsass.console, words);
    }
    return true;
}

int64_t lsass_serve(char *argument)
{
    static char line[LINE_SIZE];
    int64_t length;
    bool more = true;

    (void)argument;
    print("@openvsm vault ready\n");
    while (more) {
        length = user_read_line(line, sizeof(line));
        if (length < 0) {
            print("error: lsass: a line could not be read\n");
            return 1;
        }
        more = serve(line, (size_t)length);
        secure_zero(line, sizeof(line));
    }
    lsass.console.id = 0;
    return 0;
}
