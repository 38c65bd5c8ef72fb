/*
 * openvsm-validate: would this file run as a trustlet, and if not, why not:
 * every gate that it fails, in words. Exit code 0, 1 when a gate failed, 2 for
 * a wrong command line.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "gates.h"
#include "report.h"
#include "words.h"

struct validate_options {
    struct gate_rules rules;
    struct image_owner owner;
    bool json;
};

static const struct option long_options[] = {
    { "owner", required_argument, NULL, 'o' },
    { "floor", required_argument, NULL, 'f' },
    { "json", no_argument, NULL, 'j' },
    { 0 },
};

static int usage(void)
{
    fputs("usage: openvsm-validate [--owner PUBFILE] [--floor N] [--json] FILE\n", stderr);
    return 2;
}

static bool take_option(struct validate_options *options, int option)
{
    struct public_key key;
    uint64_t floor;

    switch (option) {
    case 'o':
        key = key_read_public(optarg);
        options->owner = key_owner(&key);
        options->rules.owner = &options->owner;
        return true;
    case 'f':
        if (!number_parse(optarg, UINT32_MAX, &floor)) {
            fail("--floor: '%s' is not a 32-bit number", optarg);
        }
        options->rules.floor = (uint32_t)floor;
        return true;
    case 'j':
        options->json = true;
        return true;
    default:
        return false;
    }
}

static void print_text(const char *path, const struct gate_failures *failures)
{
    for (unsigned i = 0; i < failures->count; i++) {
        printf("%s: %s: %s\n", path, failures->failures[i].gate, failures->failures[i].text);
    }
    if (failures->count == 0) {
        printf("%s: passes every gate\n", path);
    } else {
        printf("%s: refused, failed gates: %u\n", path, failures->count);
    }
}

static void print_json(const char *path, const struct gate_failures *failures)
{
    report_begin(true);
    report_text("file", path);
    report_flag("accepted", failures->count == 0);
    report_list_begin("gates");
    for (unsigned i = 0; i < failures->count; i++) {
        report_item(failures->failures[i].gate);
    }
    report_list_end();
    report_list_begin("reasons");
    for (unsigned i = 0; i < failures->count; i++) {
        report_item(failures->failures[i].text);
    }
    report_list_end();
    report_end();
}

int main(int argc, char **argv)
{
    struct validate_options options = { 0 };
    struct gate_failures failures;
    struct buffer file;
    int option;

    if (sodium_init() < 0) {
        return 2;
    }
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!take_option(&options, option)) {
            return usage();
        }
    }
    if (argc - optind != 1) {
        return usage();
    }
    file = read_file(argv[optind], SIGNED_IMAGE_MAX_SIZE + 1);
    gates_check(&file, &options.rules, &failures);
    (options.json ? print_json : print_text)(argv[optind], &failures);
    free(file.data);
    return failures.count == 0 ? 0 : 1;
}
