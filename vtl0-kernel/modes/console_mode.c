/* A line console for people: one command a line. */
#include <vtl0/modes.h>

#include <lib/format.h>
#include <lib/string.h>
#include <vtl0/attack.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/lsass_process.h>
#include <vtl0/power.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>

#define LINE_SIZE 4608u /* a wrapped RSA key in hexadecimal, and the words around it */

typedef void console_command(const struct mode_context *context, const char *argument);

static bool leave;

static console_command help;

static void info(const struct mode_context *context, const char *argument)
{
    struct secure_info secure;

    (void)context;
    (void)argument;
    console_printf("processors: %u, timer ticks: %lu\n", processor_count(), this_processor()->ticks);
    console_printf("VSM: %s\n", vsm_state_text(vsm_state()));
    if (vsm_state() == VSM_READY && secure_get_info(&secure)) {
        console_printf("VTL1: region %lx size %lx, trustlets %u, calls %lu, intercepts %lu\n", secure.region_base,
                       secure.region_size, secure.trustlet_count, secure.calls, secure.intercept_count);
    }
}

static void vault(const struct mode_context *context, const char *argument)
{
    static char command[LINE_SIZE];

    (void)context;
    if (vsm_state() != VSM_READY) {
        console_printf("error: no vault: %s\n", vsm_state_text(vsm_state()));
        return;
    }
    format(command, sizeof(command), "vault %s", argument);
    lsass_command(command); /* its answer is LSASS's to print */
    secure_zero(command, sizeof(command));
}

static void attack(const struct mode_context *context, const char *argument)
{
    if (*argument == '\0') {
        attack_list();
    } else {
        attack_run(context->boot, strcmp(argument, "all") == 0 ? "" : argument, true);
    }
}

static void power(const struct mode_context *context, const char *argument)
{
    (void)context;
    (void)argument;
    leave = true;
}

static void reset(const struct mode_context *context, const char *argument)
{
    (void)context;
    (void)argument;
    power_reset();
    console_printf("the reset was refused\n");
}

static const struct {
    const char *name;
    console_command *command;
    const char *text;
} commands[] = {
    { "help", help, "this list" },
    { "info", info, "processors, VSM, counters" },
    { "vault", vault, "vault VERB key=value ...: info, list, add, hmac and what else docs/vtl0-kernel.md has" },
    { "attack", attack, "attack ID, attack all; without ID: the list" },
    { "poweroff", power, "end" },
    { "reset", reset, "ask the chipset for a reset" },
};

static void help(const struct mode_context *context, const char *argument)
{
    (void)context;
    (void)argument;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        console_printf("%s: %s\n", commands[i].name, commands[i].text);
    }
}

/* Cuts the first word off; returns what follows it. */
static const char *split(char *line)
{
    while (*line != ' ' && *line != '\0') {
        line++;
    }
    if (*line != '\0') {
        *line++ = '\0';
    }
    while (*line == ' ') {
        line++;
    }
    return line;
}

static void run(const struct mode_context *context, char *line)
{
    const char *argument = split(line);

    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(line, commands[i].name) == 0) {
            commands[i].command(context, argument);
            return;
        }
    }
    console_printf("unknown command, try help\n");
}

int mode_console(const struct mode_context *context)
{
    static char line[LINE_SIZE];

    while (!leave) {
        console_printf("vtl0> ");
        if (console_read_line(line, sizeof(line), true) > 0) {
            run(context, line);
            secure_zero(line, sizeof(line)); /* a password may have been in it */
        }
    }
    return 0;
}
