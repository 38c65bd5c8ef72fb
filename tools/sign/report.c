#include "report.h"

#include <inttypes.h>
#include <stdio.h>

static struct {
    bool json;
    unsigned fields, items;
} state;

/* Printable ASCII only: names come from files that nobody vouches for. */
static void put_value(const char *value)
{
    if (state.json) {
        putchar('"');
    }
    for (; *value != '\0'; value++) {
        if (state.json && (*value == '"' || *value == '\\')) {
            putchar('\\');
        }
        putchar(*value >= ' ' && *value <= '~' ? *value : '?');
    }
    if (state.json) {
        putchar('"');
    }
}

static void put_name(const char *name)
{
    if (state.json) {
        printf("%s\n  \"%s\": ", state.fields++ != 0 ? "," : "", name);
    } else {
        printf("%-18s", name);
    }
}

static void end_of_field(void)
{
    if (!state.json) {
        putchar('\n');
    }
}

void report_begin(bool json)
{
    state.json = json;
    state.fields = 0;
    if (json) {
        putchar('{');
    }
}

void report_text(const char *name, const char *value)
{
    put_name(name);
    put_value(value);
    end_of_field();
}

void report_number(const char *name, uint64_t value)
{
    put_name(name);
    printf("%" PRIu64, value);
    end_of_field();
}

void report_flag(const char *name, bool value)
{
    put_name(name);
    printf("%s", state.json ? value ? "true" : "false" : value ? "yes" : "no");
    end_of_field();
}

void report_list_begin(const char *name)
{
    put_name(name);
    state.items = 0;
    if (state.json) {
        putchar('[');
    }
}

void report_item(const char *value)
{
    if (state.items++ != 0) {
        printf("%s", state.json ? ", " : " ");
    }
    put_value(value);
}

void report_list_end(void)
{
    if (state.json) {
        putchar(']');
    }
    end_of_field();
}

void report_end(void)
{
    if (state.json) {
        printf("\n}\n");
    }
}
